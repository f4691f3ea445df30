package realnvp_test

import (
	"context"
	"fmt"
	"math"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/janpfeifer/must"

	"flowbook/data"
	"flowbook/realnvp"
	"flowbook/realnvp/arch"
	"flowbook/realnvp/bijector"
	"flowbook/realnvp/net"
	"flowbook/realnvp/transform"
)

// shift is a transform of one's own: y = x + θ, with the one number θ that a net computes for each x. Its slope is 1, so
// log|∂y/∂x| = 0: the additive coupling of NICE (Dinh et al. 2014, arXiv:1410.8516).
type shift struct{}

func (shift) Params() int { return 1 }

func (shift) Forward(_ *transform.Context, x *Node, theta transform.Theta) (y, logSlope *Node) {
	return Add(x, theta.At(0)), ZerosLike(x)
}

func (shift) Inverse(_ *transform.Context, y *Node, theta transform.Theta) (x, logSlope *Node) {
	return Sub(y, theta.At(0)), ZerosLike(y)
}

func init() { arch.Register("own.shift", shift{}) }

// A transform of one's own is three methods, which any coupling takes.
func Example_ownTransform() {
	ctx := context.Background()
	train, test := must.M2(data.Moons(0.05).Split(1000, 200, 1))
	coupling := func(even bool) bijector.Bijector {
		return &bijector.Coupling{Mask: bijector.Alternating(2, even), Net: net.MLP{Hidden: []int{16}}, Transform: shift{}}
	}
	flow := bijector.Chain{{Name: "even", Bijector: coupling(true)}, {Name: "odd", Bijector: coupling(false)}}
	model := must.M1(realnvp.New(flow, realnvp.Vector(2)))
	source := must.M1(train.Batches(200, 1)).Source()
	must.M1(model.Train(ctx, source, realnvp.TrainConfig{Steps: 30, LearningRate: 1e-2}))

	x := test.X[:2]
	back := must.M1(model.Decode(ctx, must.M1(model.Encode(ctx, x))))
	fmt.Println("there and back:", math.Abs(float64(back[0]-x[0])) < 1e-5 && math.Abs(float64(back[1]-x[1])) < 1e-5)
	// Output: there and back: true
}
