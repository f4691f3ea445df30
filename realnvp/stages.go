package realnvp

import (
	"context"

	"github.com/gomlx/gomlx/core/graph"

	"flowbook/realnvp/bijector"
	"flowbook/realnvp/param"
)

// Stage is a batch as it leaves one layer of a flow's chain.
type Stage struct {
	// Name of the layer in its chain; empty for a flow that is no bijector.Chain.
	Name string
	// X holds n·D numbers, sample after sample, whatever shape the layer gives a sample.
	X []float32
}

// Stages is the way of samples through the flow, x to z, a composition of layers (Dinh et al. 2016, section 3.5): for
// each layer of the chain, first to last, what the batch is after it. x holds n·D numbers, and so does each stage;
// the last is Encode's result. A flow that is no bijector.Chain has one stage, and an empty Chain none. It fails as
// LogProb does.
func (m *Model) Stages(ctx context.Context, x []float32, opts ...EvalOption) ([]Stage, error) {
	g, err := m.conditions(len(x)/m.Dim(), opts)
	if err != nil {
		return nil, err
	}
	names := []string{""}
	chain, isChain := m.flow.(bijector.Chain)
	if isChain && len(chain) == 0 {
		return nil, nil
	} else if isChain {
		names = nil
		for _, layer := range chain {
			names = append(names, layer.Name)
		}
	}
	// A sample's stages one after the other: [batch, layers·D].
	out, err := evaluate(ctx, m, "stages", x, m.settings.Sample, g, func(c *param.Context, x *graph.Node) *graph.Node {
		if !isChain {
			z, _ := m.flow.Forward(c, x)
			return z
		}
		after := make([]*graph.Node, len(chain))
		for i, layer := range chain {
			x, _ = layer.Forward(c.In(layer.Name), x)
			after[i] = graph.Reshape(x, x.Shape().Dim(0), m.Dim())
		}
		return graph.Concatenate(after, 1)
	})
	if err != nil {
		return nil, err
	}
	stages := make([]Stage, len(names))
	for i, name := range names {
		stages[i].Name = name
		for at := i * m.Dim(); at < len(out); at += len(names) * m.Dim() {
			stages[i].X = append(stages[i].X, converted[float32](out[at:at+m.Dim()])...)
		}
	}
	return stages, nil
}
