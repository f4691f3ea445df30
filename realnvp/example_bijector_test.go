package realnvp_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/janpfeifer/must"

	"flowbook/data"
	"flowbook/realnvp"
	"flowbook/realnvp/arch"
	"flowbook/realnvp/bijector"
	"flowbook/realnvp/param"
	"flowbook/realnvp/preset"
)

// swirl is a bijector of one's own: it turns each point of the plane about the origin by an angle that it learns, times
// the point's distance from there. A turn keeps areas, so log|det J| = 0. Shapes: [batch, 2].
type swirl struct{}

func (s swirl) Forward(c *bijector.Context, x *Node) (z, logDet *Node) { return s.turn(c, x, 1) }
func (s swirl) Inverse(c *bijector.Context, z *Node) (x, logDet *Node) { return s.turn(c, z, -1) }

func (swirl) turn(c *bijector.Context, x *Node, sign float64) (*Node, *Node) {
	a, b := Slice(x, AxisRange(), AxisElem(0)), Slice(x, AxisRange(), AxisElem(1))
	distance := Sqrt(AddScalar(Add(Square(a), Square(b)), 1e-6))
	angle := MulScalar(Mul(distance, c.Value(x, "turn", param.Constant(0.1))), sign)
	turned := Concatenate([]*Node{Sub(Mul(a, Cos(angle)), Mul(b, Sin(angle))), Add(Mul(a, Sin(angle)), Mul(b, Cos(angle)))}, -1)
	return turned, ReduceSum(ZerosLike(x), -1)
}

func init() { arch.Register("own.swirl", swirl{}) } // so that checkpoints can name it

// A bijector of one's own is two methods. It goes into a chain as this module's do.
func Example_ownBijector() {
	ctx := context.Background()
	train, test := must.M2(data.Moons(0.05).Split(1000, 200, 1))
	flow := append(bijector.Chain{{Name: "swirl", Bijector: swirl{}}}, preset.Toy2DRobust()[:2]...)
	model := must.M1(realnvp.New(flow, realnvp.Vector(2)))
	source := must.M1(train.Batches(200, 1)).Source()
	result := must.M1(model.Train(ctx, source, realnvp.TrainConfig{Steps: 30, LearningRate: 1e-2}))

	path := filepath.Join(os.TempDir(), "swirl.safetensors")
	defer os.Remove(path)
	must.M(model.Save(path))
	loaded := must.M1(realnvp.Load(path))
	before, after := must.M1(model.LogProb(ctx, test.X)), must.M1(loaded.LogProb(ctx, test.X))
	fmt.Println(result.Step, "steps; the same when loaded:", before[0] == after[0])
	// Output: 30 steps; the same when loaded: true
}
