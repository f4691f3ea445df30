package realnvp

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"flowbook/realnvp/param"
)

// LogProb is log p(x) = log p_Z(f(x)) + log|det ∂f/∂x| of each sample of x, in nats of the data's own unit (Dinh et
// al. 2016, eq. 2-3). x holds n·D numbers and the result n; a sample where the density is zero has −Inf. Pixels are
// taken as they are, dequantized already or not: see BitsPerDim.
//
// It fails for no samples, for numbers that are not a whole number of samples or not finite, and for labels or
// vectors that are not the model's. It ends between two chunks (WithEvalBatch) where ctx is done, with ctx's cause.
func (m *Model) LogProb(ctx context.Context, x []float32, opts ...EvalOption) ([]float64, error) {
	return logProbs(ctx, m, x, opts)
}

// Encode maps samples to their latents z = f(x): n·D numbers to n·D. The latent's order is that of LatentParts. It
// fails as LogProb does.
func (m *Model) Encode(ctx context.Context, x []float32, opts ...EvalOption) ([]float32, error) {
	return encode(ctx, m, x, opts)
}

// Decode maps latents to samples x = f⁻¹(z): n·D numbers to n·D, in the data's unit. Decode(Encode(x)) is x, up to
// rounding. It fails as LogProb does.
func (m *Model) Decode(ctx context.Context, z []float32, opts ...EvalOption) ([]float32, error) {
	return decode(ctx, m, z, opts)
}

func logProbs[T float32 | float64](ctx context.Context, m *Model, x []T, opts []EvalOption) ([]float64, error) {
	g, err := m.conditions(len(x)/m.Dim(), opts)
	if err != nil {
		return nil, err
	}
	return evaluate(ctx, m, "log p", x, m.settings.Sample, g, m.logProb)
}

func encode[T float32 | float64](ctx context.Context, m *Model, x []T, opts []EvalOption) ([]T, error) {
	g, err := m.conditions(len(x)/m.Dim(), opts)
	if err != nil {
		return nil, err
	}
	out, err := evaluate(ctx, m, "encode", x, m.settings.Sample, g, func(c *param.Context, x *graph.Node) *graph.Node {
		z, _ := m.flow.Forward(c, x)
		return z
	})
	return converted[T](out), err
}

func decode[T float32 | float64](ctx context.Context, m *Model, z []T, opts []EvalOption) ([]T, error) {
	g, err := m.conditions(len(z)/m.Dim(), opts)
	if err != nil {
		return nil, err
	}
	return decodeGiven(ctx, m, z, g)
}

func decodeGiven[T float32 | float64](ctx context.Context, m *Model, z []T, g given) ([]T, error) {
	out, err := evaluate(ctx, m, "decode", z, []int{m.Dim()}, g, func(c *param.Context, z *graph.Node) *graph.Node {
		x, _ := m.flow.Inverse(c, z)
		return x
	})
	return converted[T](out), err
}

// evaluate runs compiled graph code over samples in chunks of m.batch; the last chunk is filled up with copies of its
// last sample, whose results are dropped. It ends between two chunks where ctx is done.
func evaluate[T float32 | float64](ctx context.Context, m *Model, name string, x []T, dims []int, g given, fn func(c *param.Context, x *graph.Node) *graph.Node) ([]float64, error) {
	dim := m.Dim()
	if err := cmp.Or(checkContext(ctx), checkSamples(m, name, x)); err != nil {
		return nil, err
	}
	m.still.RLock()
	defer m.still.RUnlock()
	n := len(x) / dim
	chunk := min(m.batch, roundUp(n))
	var out []float64
	err := try(name, func() error {
		inputs := []shapes.Shape{shapes.Make(m.settings.dtype(), append([]int{chunk}, dims...)...)}
		for _, width := range m.settings.widths() {
			inputs = append(inputs, shapes.Make(m.settings.dtype(), chunk, width))
		}
		exec, err := m.exec(name, inputs, func(s *model.Scope, in []*graph.Node) []*graph.Node {
			out := fn(m.context(s, in[1:]...), in[0])
			if out == in[0] { // an input, which the Go backend cannot give back
				out = graph.Identity(out)
			}
			return []*graph.Node{graph.ConvertDType(out, dtypeFloat64)}
		})
		if err != nil {
			return err
		}
		for from := 0; from < n; from += chunk {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			to := min(n, from+chunk)
			args := []any{tensorOfNumbers(m, filled(x[from*dim:to*dim], dim, chunk), append([]int{chunk}, dims...)...)}
			args = append(args, m.givenTensors(g, from, to, chunk)...)
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

// roundUp is the smallest of 1, 4, 16, 64, … that holds n, so that few sizes are compiled: to compile one takes longer than
// to compute some samples more.
func roundUp(n int) int {
	size := 1
	for size < n {
		size *= 4
	}
	return size
}

// filled repeats the last sample until there are n.
func filled[T float32 | float64](x []T, dim, n int) []T {
	out := append(make([]T, 0, n*dim), x...)
	last := x[len(x)-dim:]
	for len(out) < n*dim {
		out = append(out, last...)
	}
	return out
}

// checkContext refuses the context that none gave.
func checkContext(ctx context.Context) error {
	if ctx == nil {
		return errors.New("realnvp: the context is nil; give context.Background()")
	}
	return nil
}

// checkSamples says what is wrong with samples: none, not a multiple of D, not finite, or beyond the model's type.
func checkSamples[T float32 | float64](m *Model, what string, x []T) error {
	dim := m.Dim()
	if len(x) == 0 {
		return fmt.Errorf("realnvp: %s: no samples given", what)
	}
	if len(x)%dim != 0 {
		return fmt.Errorf("realnvp: %s: %d numbers are not a whole number of samples of %v = %d numbers each", what, len(x), m.settings.Sample, dim)
	}
	single := m.settings.DType != "float64"
	for i, v := range x {
		switch {
		case !finite(float64(v)):
			return fmt.Errorf("realnvp: %s: sample %d holds %v at position %d; remove or repair it", what, i/dim, v, i%dim)
		case single && !finite(float64(float32(v))):
			return fmt.Errorf("realnvp: %s: sample %d holds %v at position %d, which is too large for float32, the model's type; give New the option Float64", what, i/dim, v, i%dim)
		}
	}
	return nil
}
