package realnvp_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"flowbook/realnvp/bijector"
	"flowbook/realnvp/internal/goldentest"
	"flowbook/realnvp/net"
	"flowbook/realnvp/param"
	"flowbook/realnvp/transform"
)

type flow2dFile struct {
	Couplings []struct {
		SNet   []struct{ W, B array } `json:"s_net"`
		TNet   []struct{ W, B array } `json:"t_net"`
		SScale array                  `json:"s_scale"`
		TScale array                  `json:"t_scale"`
		TBias  array                  `json:"t_bias"`
	}
	X, Z      array
	LogDet    array `json:"logdet"`
	LogProb   array `json:"log_prob"`
	Base      array `json:"base_points"`
	Inverse   array `json:"inverse_of_base_points"`
	MeanNLL   array `json:"mean_nll"`
	Gradients map[string]array
}

func TestGoldenFlow2D(t *testing.T) {
	for _, name := range []string{"h_flow2d_masked.json", "h_flow2d_scalar.json"} {
		var file flow2dFile
		goldentest.Load(t, name, &file)
		t.Run(name, func(t *testing.T) {
			inBothTypes(t, func(t *testing.T, backend compute.Backend, dtype dtypes.DType) {
				checkFlow2D(t, backend, dtype, file, strings.Contains(name, "scalar"))
			})
		})
	}
}

func checkFlow2D(t *testing.T, backend compute.Backend, dtype dtypes.DType, file flow2dFile, scalar bool) {
	store := model.NewStore()
	flow := bijector.Chain{}
	paths := map[string]string{} // golden name of a gradient → variable
	set := func(golden, path string, a array) {
		goldentest.Set(t, store, path, a, dtype)
		paths[golden] = path
	}
	for i, c := range file.Couplings {
		layer := fmt.Sprintf("coupling%d", i)
		for k := range c.SNet {
			set(fmt.Sprintf("%s.s_net.layer%d.w", layer, k), fmt.Sprintf("/%s/s/layer%d/w", layer, k), c.SNet[k].W)
			set(fmt.Sprintf("%s.s_net.layer%d.b", layer, k), fmt.Sprintf("/%s/s/layer%d/b", layer, k), c.SNet[k].B)
		}
		for k := range c.TNet {
			set(fmt.Sprintf("%s.t_net.layer%d.w", layer, k), fmt.Sprintf("/%s/t/layer%d/w", layer, k), c.TNet[k].W)
			set(fmt.Sprintf("%s.t_net.layer%d.b", layer, k), fmt.Sprintf("/%s/t/layer%d/b", layer, k), c.TNet[k].B)
		}
		set(layer+".s_scale", "/"+layer+"/s_scale", c.SScale)
		var hidden []int
		for _, l := range c.SNet[:len(c.SNet)-1] {
			hidden = append(hidden, l.W.Shape[1])
		}
		coupling := &bijector.Coupling{Mask: bijector.Alternating(file.X.Shape[1], i%2 == 0)}
		var n net.Net = net.MLP{Hidden: hidden}
		if scalar {
			n = net.OneFeature{Feature: i % 2, Net: n}
			coupling.Transform = transform.Affine{Translation: transform.TanhTranslation}
		} else {
			coupling.Transform = transform.Affine{PerElement: true}
			set(layer+".t_scale", "/"+layer+"/t_scale", c.TScale)
			set(layer+".t_bias", "/"+layer+"/t_shift", c.TBias)
		}
		coupling.Net = net.Pair{S: n, T: n}
		flow = append(flow, bijector.Layer{Name: layer, Bijector: coupling})
	}

	var names []string
	out := goldentest.Run(t, backend, store, func(s *model.Scope, in []*Node) []*Node {
		g := in[0].Graph()
		z, logDet := flow.Forward(param.New(s), in[0])
		logProb := Add(bijector.StandardNormal(z), logDet)
		x, _ := flow.Inverse(param.New(s), in[1])
		nll := Neg(ReduceAllMean(logProb))
		var values []*Node
		names = nil
		for name, path := range paths {
			names = append(names, name)
			values = append(values, store.GetVariable(path).NodeValue(g))
		}
		return append([]*Node{z, logDet, logProb, x, nll}, Gradient(nll, values...)...)
	}, file.X.Tensor(dtype), file.Base.Tensor(dtype))
	goldentest.Check(t, "z", out[0], file.Z)
	goldentest.Check(t, "logdet", out[1], file.LogDet)
	goldentest.Check(t, "log_prob", out[2], file.LogProb)
	goldentest.Check(t, "inverse of base points", out[3], file.Inverse)
	goldentest.Check(t, "mean NLL", out[4], file.MeanNLL)
	for i, name := range names {
		if _, ok := file.Gradients[name]; !ok {
			t.Errorf("the golden file has no gradient of %s", name)
		}
		checkGradient(t, name, out[5+i], file.Gradients[name])
	}
	if len(names) != len(file.Gradients) {
		t.Errorf("%d gradients computed, the golden file has %d", len(names), len(file.Gradients))
	}
}

// checkGradient allows float32 an absolute error of 1e-5 where a gradient is tiny by cancellation.
func checkGradient(t *testing.T, name string, got *tensors.Tensor, want array) {
	t.Helper()
	if got.DType() == dtypes.Float64 {
		goldentest.Check(t, "gradient of "+name, got, want)
		return
	}
	goldentest.Close(t, "gradient of "+name, goldentest.Floats(t, got), want.Data, 2e-5)
}

func repeat(v float64, n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = v
	}
	return out
}

func variableValue(store *model.Store, name string) *tensors.Tensor {
	return store.GetVariable("/" + name).MustValue()
}
