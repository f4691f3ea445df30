package param

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
)

// Init gives the first value of a parameter of the given shape, row-major.
//
// The generator is seeded by the store's model.ParamInitialSeed and the parameter's own path, so the same seed gives
// the same weights on every backend, whatever else the model has and in whatever order its parameters are made.
type Init func(rng *rand.Rand, dims []int) []float64

// Zero starts at 0, in all numbers.
func Zero(_ *rand.Rand, dims []int) []float64 { return make([]float64, size(dims)) }

// One starts at 1, in all numbers.
func One(rng *rand.Rand, dims []int) []float64 { return Constant(1)(rng, dims) }

// Normal starts at draws from N(0, 1).
func Normal(rng *rand.Rand, dims []int) []float64 { return each(dims, rng.NormFloat64) }

// Uniform starts at draws from U(−limit, limit).
func Uniform(limit float64) Init {
	return func(rng *rand.Rand, dims []int) []float64 {
		return each(dims, func() float64 { return limit * (2*rng.Float64() - 1) })
	}
}

// FanIn starts at draws from U(−1/√inputs, 1/√inputs), PyTorch's default for weights and biases of linear and
// convolution layers; inputs is how many numbers each output is a sum over.
func FanIn(inputs int) Init { return Uniform(1 / math.Sqrt(float64(inputs))) }

// Constant starts at value, in all numbers.
func Constant(value float64) Init {
	return func(_ *rand.Rand, dims []int) []float64 { return each(dims, func() float64 { return value }) }
}

// Start names the first value of a parameter where an architecture says it, so that a checkpoint can hold it.
type Start string

// The starts.
const (
	// AtZero is 0, where nothing is said.
	AtZero Start = ""
	// AtOne is 1.
	AtOne Start = "one"
	// AtNormal is draws from N(0, 1).
	AtNormal Start = "normal"
)

// Init is what the Start names: Zero, One or Normal. It panics for another name.
func (s Start) Init() Init {
	switch s {
	case AtZero:
		return Zero
	case AtOne:
		return One
	case AtNormal:
		return Normal
	}
	panic(fmt.Errorf("param: unknown start %q; there are \"\" (zero), %q and %q", string(s), AtOne, AtNormal))
}

// Variable finds the variable name of the Context's scope, or makes it, trainable, with init's first values (nil is
// Zero), which have to be finite. The type is float32 or float64.
func (c *Context) Variable(name string, init Init, shape shapes.Shape) *model.Variable {
	if c.scope.GetVariable(name) != nil {
		return c.scope.VariableWithShape(name, shape) // which checks the shape
	}
	if init == nil {
		init = Zero
	}
	values := init(c.rng(name), shape.Dimensions)
	for i, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			panic(fmt.Errorf("param: variable %s starts at %v in number %d of %s; the Init gives finite numbers", c.Path(name), v, i, shape))
		}
	}
	switch shape.DType {
	case dtypes.Float64:
		return c.scope.VariableWithValue(name, tensors.FromFlatDataAndDimensions(values, shape.Dimensions...))
	case dtypes.Float32:
		narrow := make([]float32, len(values))
		for i, v := range values {
			narrow[i] = float32(v)
		}
		return c.scope.VariableWithValue(name, tensors.FromFlatDataAndDimensions(narrow, shape.Dimensions...))
	}
	panic(fmt.Errorf("param: variable %s of type %s; parameters are float32 or float64", c.Path(name), shape.DType))
}

// rng is the generator that draws the first value of a parameter.
func (c *Context) rng(name string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(c.Path(name)))
	return rand.New(rand.NewPCG(uint64(model.GetParamOr(c.scope, model.ParamInitialSeed, int64(0))), h.Sum64()))
}

func each(dims []int, draw func() float64) []float64 {
	values := make([]float64, size(dims))
	for i := range values {
		values[i] = draw()
	}
	return values
}

func size(dims []int) int {
	n := 1
	for _, d := range dims {
		n *= d
	}
	return n
}

// Seeded makes parameters that must start as parts of one whole: each Init it is given draws from a generator of the
// whole's name, not of its own path.
func (c *Context) Seeded(name string) func(init Init) Init {
	return func(init Init) Init {
		return func(_ *rand.Rand, dims []int) []float64 { return init(c.rng(name), dims) }
	}
}

// Fixed is the value of a parameter that no optimizer moves; otherwise as Value.
func (c *Context) Fixed(like *graph.Node, name string, init Init, dims ...int) *graph.Node {
	return c.Variable(name, init, shapes.Make(like.DType(), dims...)).SetTrainable(false).NodeValue(like.Graph())
}
