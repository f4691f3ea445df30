package bijector

import (
	"hash/fnv"
	"math/rand/v2"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
)

// Init draws one number of a variable's first value.
//
// The generator is seeded by the store's model.ParamInitialSeed and the variable's own path, so the same seed gives
// the same weights on every backend, whatever else the model has and in whatever order its variables are made.
type Init func(rng *rand.Rand) float64

// InitZero starts at 0.
func InitZero(*rand.Rand) float64 { return 0 }

// InitOne starts at 1.
func InitOne(*rand.Rand) float64 { return 1 }

// InitNormal starts at draws from N(0, 1).
func InitNormal(rng *rand.Rand) float64 { return rng.NormFloat64() }

// InitUniform starts at draws from U(−limit, limit).
func InitUniform(limit float64) Init {
	return func(rng *rand.Rand) float64 { return limit * (2*rng.Float64() - 1) }
}

// InitConstant starts at value.
func InitConstant(value float64) Init { return func(*rand.Rand) float64 { return value } }

const valuesKey = "flowbook_values"

// SetValues makes Variable give these values in graph g, by the variables' paths, and not look for a variable.
func SetValues(g *Graph, values map[string]*Node) {
	model.SetGraphParam(g, model.JoinPath(model.RootScopePath, valuesKey), values)
}

// Variable finds the trainable variable name in scope s, or makes it, and gives its value in graph g.
// A nil init is InitZero. The type is float32 or float64.
func Variable(s *model.Scope, g *Graph, name string, shape shapes.Shape, init Init) *Node {
	if value := model.GetGraphParamOr[map[string]*Node](s, g, valuesKey, nil)[model.JoinPath(s.Scope(), name)]; value != nil {
		return value
	}
	return variable(s, name, shape, init).NodeValue(g)
}

func variable(s *model.Scope, name string, shape shapes.Shape, init Init) *model.Variable {
	if s.GetVariable(name) != nil {
		return s.VariableWithShape(name, shape) // which checks the shape
	}
	if init == nil {
		init = InitZero
	}
	h := fnv.New64a()
	h.Write([]byte(model.JoinPath(s.Scope(), name)))
	rng := rand.New(rand.NewPCG(uint64(model.GetParamOr(s, model.ParamInitialSeed, int64(0))), h.Sum64()))
	switch shape.DType {
	case dtypes.Float64:
		return s.VariableWithValue(name, drawn[float64](rng, shape, init))
	case dtypes.Float32:
		return s.VariableWithValue(name, drawn[float32](rng, shape, init))
	}
	panicf("variable %s of type %s; parameters are float32 or float64", name, shape.DType)
	return nil
}

func drawn[T float32 | float64](rng *rand.Rand, shape shapes.Shape, init Init) *tensors.Tensor {
	values := make([]T, shape.Size())
	for i := range values {
		values[i] = T(init(rng))
	}
	return tensors.FromFlatDataAndDimensions(values, shape.Dimensions...)
}
