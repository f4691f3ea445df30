package realnvp

import (
	"context"
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/stat"

	"flowbook/realnvp/bijector"
	"flowbook/realnvp/doctor"
)

// Examine has package doctor examine the flow on samples of real data: n·D numbers, pixels 0…255 where the model is of
// pixels. only names the checks to make, such as doctor.CheckLogDet; without it they are all. A flow that is conditioned
// on labels or vectors (WithLabels, WithVectors in opts) is examined under what the first sample has.
// It ends between two checks where ctx is done, with ctx's cause.
func (m *Model) Examine(ctx context.Context, x []float32, only []string, opts ...EvalOption) (*doctor.Report, error) {
	return examine(ctx, m, x, only, opts)
}

func examine[T float32 | float64](ctx context.Context, m *Model, x []T, only []string, opts []EvalOption) (*doctor.Report, error) {
	if err := checkSamples(m, "examine", x); err != nil {
		return nil, err
	}
	n := len(x) / m.Dim()
	conditions, err := m.conditions(n, opts)
	if err != nil {
		return nil, err
	}
	options := doctor.Options{Scope: FlowScope, AtStart: m.Step() == 0, Only: only, Base: func(z *graph.Node) *graph.Node {
		c := m.context(model.GetStore(z.Graph()).RootScope(), m.constants(conditions, z)...)
		return m.baseLogProb(c.In(baseScope), z)
	}}
	if m.settings.Pixels {
		pixels := slices.Clone(converted[float32](x))
		if err := checkPixels(m, "examine", pixels); err != nil {
			return nil, err
		}
		Dequantize(pixels, 1)
		x, options.Levels = converted[T](pixels), 256
	}
	options.Given = func(c *bijector.Context, x *graph.Node) {
		first := m.context(c.Scope(), m.constants(conditions, x)...)
		c.Labels, c.Vector = first.Labels, first.Vector
	}
	store, err := m.copyOf(m.evaluated)
	if err != nil {
		return nil, err
	}
	return doctor.Examine(ctx, m.backend, store, m.flow, tensorOfNumbers(m, x, append([]int{n}, m.settings.Sample...)...), options)
}

// constants are the nodes of what sample 0 is conditioned on, a row for each sample of x.
func (m *Model) constants(g given, x *graph.Node) []*graph.Node {
	var nodes []*graph.Node
	for i, width := range m.settings.widths() {
		row := graph.ConstAsDType(x.Graph(), x.DType(), g[i][:width])
		nodes = append(nodes, graph.BroadcastToDims(graph.InsertAxes(row, 0), x.Shape().Dim(0), width))
	}
	return nodes
}

// Quantile is the log p, in nats, under which a share p of held-out samples lies, 0.01 for one of a hundred: samples
// with less are unusual at that rate. It takes heldOut as LogProb takes samples. It fails as LogProb does, for a p
// outside [0, 1], and for samples whose log p is NaN.
func (m *Model) Quantile(ctx context.Context, p float64, heldOut []float32, opts ...EvalOption) (float64, error) {
	return quantile(ctx, m, p, heldOut, opts)
}

func quantile[T float32 | float64](ctx context.Context, m *Model, p float64, heldOut []T, opts []EvalOption) (float64, error) {
	if !(p >= 0 && p <= 1) {
		return 0, fmt.Errorf("realnvp: quantile %v; it must be a share, 0 to 1", p)
	}
	logp, err := logProbs(ctx, m, heldOut, opts)
	if err != nil {
		return 0, err
	}
	if i := slices.IndexFunc(logp, isNaN); i >= 0 {
		return 0, fmt.Errorf("realnvp: quantile: log p of sample %d is NaN", i)
	}
	slices.Sort(logp)
	return stat.Quantile(p, stat.Empirical, logp, nil), nil
}

func isNaN(v float64) bool { return v != v }
