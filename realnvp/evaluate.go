package realnvp

import (
	"context"
	"fmt"
	"math"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"flowbook/realnvp/param"
)

// EvalOption says more about the samples of one call.
type EvalOption func(*evalOptions)

type evalOptions struct{ labels []int }

// WithLabels gives each sample its class, 0…Classes−1, for a class-conditional model; one label stands for all samples.
func WithLabels(labels ...int) EvalOption { return func(o *evalOptions) { o.labels = labels } }

// LogProb is log p of each sample of x, in nats of the data's own unit (Dinh et al. 2016, eq. 2-3).
// x holds n·D numbers and the result n. Pixels are taken as they are, dequantized already or not: see BitsPerDim.
func (m *Model) LogProb(x []float32, opts ...EvalOption) ([]float64, error) {
	return m.logProbs(context.Background(), x, opts...)
}

func (m *Model) logProbs(ctx context.Context, x []float32, opts ...EvalOption) ([]float64, error) {
	return m.evaluate(ctx, "log p", x, m.config.sampleDims(), opts, func(c *param.Context, x *graph.Node) *graph.Node {
		return graph.ConvertDType(m.logProb(c, x), dtypeFloat64)
	})
}

// Encode maps samples to their latents z = f(x): n·D numbers to n·D. The latent's order is that of LatentParts.
func (m *Model) Encode(x []float32, opts ...EvalOption) ([]float32, error) {
	out, err := m.evaluate(context.Background(), "encode", x, m.config.sampleDims(), opts, func(c *param.Context, x *graph.Node) *graph.Node {
		z, _ := m.flow.Forward(c, x)
		return graph.ConvertDType(z, dtypeFloat64)
	})
	return narrow(out), err
}

// Decode maps latents to samples x = f⁻¹(z): n·D numbers to n·D, in the data's unit. Decode(Encode(x)) is x.
func (m *Model) Decode(z []float32, opts ...EvalOption) ([]float32, error) {
	out, err := m.evaluate(context.Background(), "decode", z, []int{m.Dim()}, opts, func(c *param.Context, z *graph.Node) *graph.Node {
		x, _ := m.flow.Inverse(c, z)
		return graph.ConvertDType(x, dtypeFloat64)
	})
	return narrow(out), err
}

// evaluate runs compiled graph code over samples in chunks of m.batch; the last chunk is filled up with copies of its
// last sample, whose results are dropped. It ends between two chunks where ctx is done.
func (m *Model) evaluate(ctx context.Context, name string, x []float32, dims []int, opts []EvalOption, fn func(c *param.Context, x *graph.Node) *graph.Node) ([]float64, error) {
	dim := m.Dim()
	if err := m.checkSamples(name, x); err != nil {
		return nil, err
	}
	n := len(x) / dim
	labels, err := m.labels(n, opts)
	if err != nil {
		return nil, err
	}
	chunk := min(m.batch, roundUp(n))
	var out []float64
	err = try(name, func() error {
		exec, err := m.exec(name, func(s *model.Scope, in []*graph.Node) []*graph.Node {
			return []*graph.Node{fn(m.context(s, in[1:]...), in[0])}
		})
		if err != nil {
			return err
		}
		for from := 0; from < n; from += chunk {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			to := min(n, from+chunk)
			args := []any{m.tensor(filled(x[from*dim:to*dim], dim, chunk), append([]int{chunk}, dims...)...)}
			if labels != nil {
				args = append(args, m.oneHot(labels[from:to], chunk))
			}
			result, err := exec.Call(args...)
			if err != nil {
				return err
			}
			values, err := tensors.CopyFlatData[float64](result[0])
			if err != nil {
				return err
			}
			result[0].MustFinalizeAll()
			out = append(out, values[:len(values)/chunk*(to-from)]...)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// roundUp is the smallest of 1, 2, 4, 8, … that holds n, so that few sizes are compiled.
func roundUp(n int) int {
	size := 1
	for size < n {
		size *= 2
	}
	return size
}

// filled repeats the last sample until there are n.
func filled(x []float32, dim, n int) []float32 {
	out := append(make([]float32, 0, n*dim), x...)
	last := x[len(x)-dim:]
	for len(out) < n*dim {
		out = append(out, last...)
	}
	return out
}

// checkSamples says what is wrong with samples: none, not a multiple of D, not finite.
func (m *Model) checkSamples(what string, x []float32) error {
	dim := m.Dim()
	if len(x) == 0 {
		return fmt.Errorf("realnvp: %s: no samples given", what)
	}
	if len(x)%dim != 0 {
		return fmt.Errorf("realnvp: %s: %d numbers are not a whole number of samples of %v = %d numbers each", what, len(x), m.config.sampleDims(), dim)
	}
	for i, v := range x {
		if f := float64(v); math.IsNaN(f) || math.IsInf(f, 0) {
			return fmt.Errorf("realnvp: %s: sample %d holds %v at position %d; remove or repair it", what, i/dim, v, i%dim)
		}
	}
	return nil
}

// labels gives each of n samples its label; nil for a model without classes.
func (m *Model) labels(n int, opts []EvalOption) ([]int, error) {
	var o evalOptions
	for _, opt := range opts {
		opt(&o)
	}
	if m.config.Classes == 0 {
		if o.labels != nil {
			return nil, fmt.Errorf("realnvp: labels given to a model without classes; set Config.Classes")
		}
		return nil, nil
	}
	labels := o.labels
	if len(labels) == 1 {
		labels = make([]int, n)
		for i := range labels {
			labels[i] = o.labels[0]
		}
	}
	return labels, m.checkLabels(labels, n)
}

func (m *Model) checkLabels(labels []int, n int) error {
	if len(labels) != n {
		return fmt.Errorf("realnvp: %d labels for %d samples; a class-conditional model wants WithLabels, one for all or one each", len(labels), n)
	}
	for i, l := range labels {
		if l < 0 || l >= m.config.Classes {
			return fmt.Errorf("realnvp: label %d of sample %d is not in 0…%d", l, i, m.config.Classes-1)
		}
	}
	return nil
}

// oneHot makes n rows of labels; rows past the given ones repeat the last.
func (m *Model) oneHot(labels []int, n int) *tensors.Tensor {
	flat := make([]float32, n*m.config.Classes)
	for i := range n {
		flat[i*m.config.Classes+labels[min(i, len(labels)-1)]] = 1
	}
	return m.tensor(flat, n, m.config.Classes)
}

func narrow(x []float64) []float32 {
	if x == nil {
		return nil
	}
	out := make([]float32, len(x))
	for i, v := range x {
		out[i] = float32(v)
	}
	return out
}
