package doctor_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/janpfeifer/must"

	"flowbook/realnvp/bijector"
	"flowbook/realnvp/doctor"
	"flowbook/realnvp/internal/goldentest"
	"flowbook/realnvp/net"
	"flowbook/realnvp/transform"
)

// patient is a flow with its variables and data drawn from its own density, so that it is as good as perfectly
// trained.
type patient struct {
	backend compute.Backend
	store   *model.Store
	flow    bijector.Bijector
	batch   *tensors.Tensor
	opts    doctor.Options
}

// examine runs the doctor, which must not give an error.
func (p patient) examine(t *testing.T) *doctor.Report {
	t.Helper()
	report, err := doctor.Examine(t.Context(), p.backend, p.store, p.flow, p.batch, p.opts)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// points2D is a healthy flow of the plane.
func points2D(t *testing.T, backend compute.Backend, dtype dtypes.DType) patient {
	return pointsOf(t, backend, dtype, 4)
}

func pointsOf(t *testing.T, backend compute.Backend, dtype dtypes.DType, couplings int) patient {
	p := patient{backend: backend, flow: bijector.Chain{}}
	chain := bijector.Chain{{Name: "standardize", Bijector: bijector.Affine{Shift: []float64{1, -2}, Scale: []float64{3, 0.5}}}}
	mlp := net.MLP{Hidden: []int{8}}
	for i := range couplings {
		chain = append(chain,
			bijector.Layer{Name: fmt.Sprintf("coupling%d", i), Bijector: &bijector.Coupling{
				Mask: bijector.Alternating(2, i%2 == 0), Net: net.Pair{S: mlp, T: mlp}, Transform: transform.Affine{PerElement: true},
			}},
			bijector.Layer{Name: fmt.Sprintf("norm%d", i), Bijector: norm()})
	}
	p.flow = chain
	p.store, p.batch = trained(t, backend, chain, dtype, 256, []int{2}, []int{2}, 0)
	return p
}

// pictures is a healthy flow of 8×8 images of one channel.
func pictures(t *testing.T, backend compute.Backend, dtype dtypes.DType) patient {
	return picturesOf(t, backend, dtype, net.ResNet{Planes: 4, WeightNorm: true, Norm: net.InstanceNorm})
}

func picturesOf(t *testing.T, backend compute.Backend, dtype dtypes.DType, resnet net.ResNet) patient {
	chain := pictureFlow(resnet)
	p := patient{backend: backend, flow: chain, opts: doctor.Options{Levels: 256}}
	p.store, p.batch = trained(t, backend, chain, dtype, 64, []int{64}, []int{8, 8, 1}, 256)
	return p
}

func pictureFlow(resnet net.ResNet) bijector.Chain {
	rest := bijector.Chain{
		imageCoupling("final0", resnet, bijector.Checkerboard(4, 4, 2, true)),
		{Name: "final_norm0", Bijector: norm()},
		imageCoupling("final1", resnet, bijector.Checkerboard(4, 4, 2, false)),
		{Name: "flatten", Bijector: bijector.Flatten{Height: 4, Width: 4, Channels: 2}},
	}
	return bijector.Chain{
		{Name: "logit", Bijector: bijector.Logit{Alpha: 0.05, Levels: 256}},
		imageCoupling("checkerboard0", resnet, bijector.Checkerboard(8, 8, 1, true)),
		{Name: "norm0", Bijector: norm()},
		{Name: "squeeze", Bijector: bijector.Squeeze2x2{}},
		imageCoupling("channel0", resnet, bijector.ChannelMask(4, 4, 4, true)),
		{Name: "norm1", Bijector: norm()},
		{Name: "factor_out", Bijector: bijector.FactorOut{Height: 4, Width: 4, Channels: 4, Rest: rest}},
	}
}

func imageCoupling(name string, n net.Net, mask bijector.Mask) bijector.Layer {
	return bijector.Layer{Name: name, Bijector: &bijector.Coupling{
		Mask: mask, Net: net.Pair{S: n, T: n}, Transform: transform.Affine{PerElement: true, Bound: 2},
	}}
}

func norm() *bijector.BatchNorm { return &bijector.BatchNorm{Momentum: 0.005, Epsilon: 1e-5} }

// trained gives a flow mild weights and draws n samples from it; levels above 0 keeps them within pixels.
func trained(t *testing.T, backend compute.Backend, flow bijector.Bijector, dtype dtypes.DType, n int, latent, dims []int, levels float64) (*model.Store, *tensors.Tensor) {
	t.Helper()
	store, rng := model.NewStore(), rand.New(rand.NewPCG(1, 2))
	store.SetParam("/"+model.ParamInitialSeed, int64(1))
	decode, err := model.NewExec(backend, store, func(s *model.Scope, in []*Node) []*Node {
		x, _ := flow.Inverse(bijector.NewContext(s), in[0])
		return []*Node{x}
	})
	if err != nil {
		t.Fatal(err)
	}
	z := make([]float64, n*product(latent))
	for i := range z {
		z[i] = rng.NormFloat64()
	}
	latents := tensorOf(z, dtype, append([]int{n}, latent...)...)
	if _, err := decode.Call(latents); err != nil { // makes the variables
		t.Fatal(err)
	}
	for v := range store.IterVariables() {
		center, spread := 0.0, 0.0
		switch name := v.Name(); {
		case name == "s_scale" || name == "t_scale" || name == "t_shift":
			spread = 0.2
		case name == bijector.RunningMean:
			spread = 0.1
		case name == bijector.RunningVar:
			center, spread = 1, 0.1
		default:
			continue
		}
		values := make([]float64, v.Shape().Size())
		for i := range values {
			values[i] = center + spread*(2*rng.Float64()-1)
		}
		must.M(v.SetValue(tensorOf(values, v.DType(), v.Shape().Dimensions...)))
	}
	out, err := decode.Call(latents)
	if err != nil {
		t.Fatal(err)
	}
	x := goldentest.Floats(t, out[0])
	for i := range x {
		if levels > 0 {
			x[i] = math.Min(math.Max(x[i], 0.01), levels-0.01)
		}
	}
	return store, tensorOf(x, dtype, append([]int{n}, dims...)...)
}

// copied is the patient with a store of its own.
func (p patient) copied(t *testing.T) patient {
	t.Helper()
	store, err := p.store.Clone()
	if err != nil {
		t.Fatal(err)
	}
	p.store = store
	return p
}

// set fills every variable whose path ends in suffix with a number.
func (p patient) set(t *testing.T, suffix string, value float64) {
	t.Helper()
	found := false
	for v := range p.store.IterVariables() {
		if strings.HasSuffix(v.Path(), suffix) {
			values := make([]float64, v.Shape().Size())
			for i := range values {
				values[i] = value
			}
			must.M(v.SetValue(tensorOf(values, v.DType(), v.Shape().Dimensions...)))
			found = true
		}
	}
	if !found {
		t.Fatalf("no variable ends in %s", suffix)
	}
}

// mapped is a batch with every number changed.
func mapped(t *testing.T, batch *tensors.Tensor, fn func(v float64) float64) *tensors.Tensor {
	t.Helper()
	values := goldentest.Floats(t, batch)
	for i := range values {
		values[i] = fn(values[i])
	}
	return tensorOf(values, batch.DType(), batch.Shape().Dimensions...)
}

// replaced is the flow with every layer whose path ends in suffix replaced.
func replaced(flow bijector.Bijector, suffix string, fn func(b bijector.Bijector) bijector.Bijector) bijector.Bijector {
	return bijector.Wrap(flow, func(path string, b bijector.Bijector) bijector.Bijector {
		if strings.HasSuffix(path, suffix) {
			return fn(b)
		}
		return b
	})
}

func tensorOf(values []float64, dtype dtypes.DType, dims ...int) *tensors.Tensor {
	return goldentest.Array{Shape: dims, Data: values}.Tensor(dtype)
}

func product(dims []int) int {
	n := 1
	for _, d := range dims {
		n *= d
	}
	return n
}
