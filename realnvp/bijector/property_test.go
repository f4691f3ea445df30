package bijector_test

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"flowbook/realnvp/bijector"
	"flowbook/realnvp/internal/goldentest"
	"flowbook/realnvp/xla"
)

const batchSize = 3

// TestMain asks for fewer trials than rapid's 100: each is on fresh parameters and data, and the time goes into
// compiling. Their seed is the clock's, and printed: -rapid.seed on the command line tries the same again, and
// -rapid.checks tries more.
func TestMain(m *testing.M) {
	xla.CompileFast()
	for name, value := range map[string]string{"rapid.checks": "12", "rapid.seed": fmt.Sprint(time.Now().UnixNano())} {
		if err := flag.Set(name, value); err != nil {
			panic(err)
		}
	}
	flag.Parse()
	fmt.Printf("rapid.seed=%s\n", flag.Lookup("rapid.seed").Value)
	m.Run()
}

// TestProperties runs every bijector through the same demands, on random shapes, parameters and data: Inverse∘Forward
// is the identity, the two log-determinants add to zero, and Forward's is that of the brute-force Jacobian.
func TestProperties(t *testing.T) {
	backend := goldentest.Backend(t)
	for _, s := range subjects {
		t.Run(s.name, func(t *testing.T) {
			for _, dtype := range []dtypes.DType{dtypes.Float64, dtypes.Float32} {
				t.Run(dtype.String(), func(t *testing.T) { checkProperties(t, backend, s, dtype) })
			}
		})
	}
}

func checkProperties(t *testing.T, backend compute.Backend, s subject, dtype dtypes.DType) {
	if dtype == dtypes.Float32 {
		s.dims = s.dims[:1] // the shapes are float64's business
	}
	trials := map[string]*trial{}
	rapid.Check(t, func(rt *rapid.T) {
		dims := rapid.SampledFrom(s.dims).Draw(rt, "dims")
		seed := rapid.Uint64().Draw(rt, "seed")
		key := fmt.Sprint(dims)
		if trials[key] == nil {
			trials[key] = newTrial(t, backend, s, dims, dtype)
		}
		trials[key].check(rt, seed)
	})
	for _, trial := range trials {
		trial.exec.Finalize()
	}
}

// trial is a subject compiled for one sample shape: its parameters and data change, its graph does not.
type trial struct {
	subject
	dims  []int
	size  int
	dtype dtypes.DType
	store *model.Store
	exec  *model.Exec
}

func newTrial(t *testing.T, backend compute.Backend, s subject, dims []int, dtype dtypes.DType) *trial {
	tr := &trial{subject: s, dims: dims, size: product(dims), dtype: dtype, store: model.NewStore()}
	b := s.build(dims)
	jacobian := dtype == dtypes.Float64 && !s.training
	exec, err := model.NewExec(backend, tr.store, func(scope *model.Scope, x *Node) []*Node {
		c := bijector.NewContext(scope)
		c.Training = s.training
		z, logDet := b.Forward(c, x)
		back, inverseLogDet := b.Inverse(c, z)
		out := []*Node{z, logDet, back, inverseLogDet}
		if s.training {
			z, logDet = b.Forward(bijector.NewContext(scope), x)
			return append(out, z, logDet)
		}
		if jacobian {
			out = append(out, jacobianOfFirst(c, b, x))
		}
		return out
	})
	if err != nil {
		t.Fatal(err)
	}
	tr.exec = exec
	if _, err := exec.Call(tr.data(rand.New(rand.NewPCG(1, 1)))); err != nil { // makes the variables
		t.Fatalf("shape %v: %v", dims, err)
	}
	return tr
}

// jacobianOfFirst gives ∂z/∂x of the first sample, [D, D], row by row: D copies of the sample make a batch, of which
// copy i contributes its output number i alone.
func jacobianOfFirst(c *bijector.Context, b bijector.Bijector, x *Node) *Node {
	first := Slice(x, AxisElem(0))
	d := first.Shape().Size()
	dims := append([]int{d}, x.Shape().Dimensions[1:]...)
	copies := BroadcastToDims(first, dims...)
	z, _ := b.Forward(c, copies)
	pick := ConvertDType(Diagonal(x.Graph(), d), z.DType())
	rows := Gradient(ReduceAllSum(Mul(Reshape(z, d, d), pick)), copies)[0]
	return Reshape(rows, d, d)
}

func (tr *trial) check(t *rapid.T, seed uint64) {
	rng := rand.New(rand.NewPCG(seed, 0))
	// In float32 the round trip's error grows with how much the layers stretch: 1e-4 is asked of moderate ones.
	spread := 0.6
	if tr.dtype == dtypes.Float32 {
		spread = 0.2
	}
	randomize(t, tr.store, rng, spread)
	x := tr.data(rng)
	out, err := tr.exec.Call(x)
	if err != nil {
		t.Fatal(err)
	}
	values := make([][]float64, len(out))
	for i := range out {
		values[i] = floats(out[i])
	}
	z, logDet, back, inverseLogDet := values[0], values[1], values[2], values[3]

	tolerance := 1e-10
	if tr.dtype == dtypes.Float32 {
		tolerance = 1e-4
	}
	near(t, "Inverse∘Forward", back, floats(x), tolerance)
	if len(logDet) != batchSize || len(inverseLogDet) != batchSize {
		t.Fatalf("log-determinants of shape [%d] and [%d], want [%d]", len(logDet), len(inverseLogDet), batchSize)
	}
	negated := make([]float64, batchSize)
	for i, v := range inverseLogDet {
		negated[i] = -v
	}
	near(t, "log-determinants of Inverse and Forward", negated, logDet, tolerance)
	switch {
	case tr.training:
		near(t, "z of evaluation with the moments that training has just moved", values[4], z, tolerance)
		near(t, "log-determinant of the same", values[5], logDet, tolerance)
	case tr.dtype == dtypes.Float64:
		var lu mat.LU
		lu.Factorize(mat.NewDense(tr.size, tr.size, values[4]))
		want, _ := lu.LogDet()
		near(t, "log-determinant against the Jacobian", logDet[:1], []float64{want}, 1e-10)
	}
}

// data draws one batch.
func (tr *trial) data(rng *rand.Rand) *tensors.Tensor {
	values := make([]float64, batchSize*tr.size)
	for i := range values {
		if tr.pixels {
			values[i] = 256 * rng.Float64()
		} else {
			values[i] = rng.NormFloat64()
		}
	}
	return tensorOf(values, tr.dtype, append([]int{batchSize}, tr.dims...)...)
}

// randomize moves every variable away from where it starts, which for many is zero, the identity.
func randomize(t *rapid.T, store *model.Store, rng *rand.Rand, spread float64) {
	for v := range store.IterVariables() {
		if !v.DType().IsFloat() {
			continue // the random state
		}
		if !v.Trainable && !strings.Contains(v.Name(), "running_") {
			continue // fixed, such as a permutation
		}
		values := make([]float64, v.Shape().Size())
		for i := range values {
			switch {
			case strings.HasSuffix(v.Path(), bijector.RunningVar):
				values[i] = math.Exp(spread / 0.6 * rng.NormFloat64())
			case strings.HasSuffix(v.Path(), bijector.RunningCount):
				values[i] = float64(rng.IntN(50))
			default:
				values[i] = spread * rng.NormFloat64()
			}
		}
		if err := v.SetValue(tensorOf(values, v.DType(), v.Shape().Dimensions...)); err != nil {
			t.Fatal(err)
		}
	}
}

// near compares relative to the largest magnitude, and to 1.
func near(t *rapid.T, what string, got, want []float64, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d values, want %d", what, len(got), len(want))
	}
	largest := 1.0
	for _, v := range want {
		largest = math.Max(largest, math.Abs(v))
	}
	for i := range got {
		if !(math.Abs(got[i]-want[i]) <= tolerance*largest) {
			t.Fatalf("%s: value %d is %.17g, want %.17g", what, i, got[i], want[i])
		}
	}
}

func tensorOf(values []float64, dtype dtypes.DType, dims ...int) *tensors.Tensor {
	return goldentest.Array{Shape: dims, Data: values}.Tensor(dtype)
}

func floats(t *tensors.Tensor) []float64 {
	if t.DType() == dtypes.Float64 {
		return tensors.MustCopyFlatData[float64](t)
	}
	narrow := tensors.MustCopyFlatData[float32](t)
	out := make([]float64, len(narrow))
	for i, v := range narrow {
		out[i] = float64(v)
	}
	return out
}
