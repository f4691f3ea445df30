package realnvp_test

import (
	"context"
	"fmt"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/janpfeifer/must"

	"flowbook/data"
	"flowbook/realnvp"
	"flowbook/realnvp/arch"
	"flowbook/realnvp/bijector"
	"flowbook/realnvp/net"
	"flowbook/realnvp/param"
	"flowbook/realnvp/transform"
)

// waves is a net of one's own: one hidden layer of sines. [batch, features] → [batch, out]. Its exported fields are what a
// checkpoint keeps of it.
type waves struct{ Width int }

func (w waves) Apply(c *param.Context, x *Node, out int) *Node {
	x = net.WithGiven(c, x) // the labels or the vector that the density is conditioned on, where there are some
	in := x.Shape().Dim(-1)
	hidden := Sin(Dot(x, c.Value(x, "in", param.Normal, in, w.Width)).Product())
	return Dot(hidden, c.Value(x, "out", param.FanIn(w.Width), w.Width, out)).Product()
}

func init() { arch.Register("own.waves", waves{}) }

// A net of one's own is one method, which any coupling takes.
func Example_ownNet() {
	ctx := context.Background()
	train, _ := must.M2(data.Moons(0.05).Split(1000, 200, 1))
	coupling := func(even bool) bijector.Bijector {
		return &bijector.Coupling{Mask: bijector.Alternating(2, even), Net: waves{Width: 16}, Transform: transform.Affine{Bound: 3}}
	}
	flow := bijector.Chain{{Name: "even", Bijector: coupling(true)}, {Name: "odd", Bijector: coupling(false)}}
	model := must.M1(realnvp.New(flow, realnvp.Vector(2)))
	source := must.M1(train.Batches(200, 1)).Source()
	must.M1(model.Train(ctx, source, realnvp.TrainConfig{Steps: 30, LearningRate: 1e-2}))
	points := must.M1(model.Sample(ctx, 5, realnvp.SampleConfig{Seed: 1}))
	fmt.Println(len(points)/2, "points drawn;", model.NumParameters(), "parameters")
	// Output: 5 points drawn; 202 parameters
}
