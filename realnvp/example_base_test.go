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
	"flowbook/realnvp/base"
	"flowbook/realnvp/doctor"
	"flowbook/realnvp/preset"
)

// laplace is a base density of one's own: exp(−|z|/b)/2b for each number of the latent, with one b that is learned.
type laplace struct{}

func (laplace) LogProb(c *base.Context, z *Node) *Node {
	logB := c.Value(z, "log_b", nil) // which starts at 0
	return ReduceSum(Neg(Add(Div(Abs(z), Exp(logB)), AddScalar(logB, math.Ln2))), -1)
}

func (laplace) Draw(d base.Drawing, z []float64) {
	b := math.Exp(d.Parameter("log_b")[0])
	for i := range z {
		z[i] = d.Temperature * b * (d.Rng.ExpFloat64() - d.Rng.ExpFloat64())
	}
}

func init() { arch.Register("own.laplace", laplace{}) }

// A base density of one's own is two methods: log p in graph code, and a draw in plain Go.
func Example_ownBase() {
	ctx := context.Background()
	train, test := must.M2(data.Moons(0.05).Split(1000, 200, 1))
	model := must.M1(realnvp.New(preset.Toy2DRobust()[:2], realnvp.Vector(2), realnvp.Base(laplace{})))
	source := must.M1(train.Batches(200, 1)).Source()
	must.M1(model.Train(ctx, source, realnvp.TrainConfig{Steps: 30, LearningRate: 1e-2}))

	report := must.M1(model.Examine(ctx, test.X, []string{doctor.CheckLogDet, doctor.CheckInvertible}))
	points := must.M1(model.Sample(ctx, 5, realnvp.SampleConfig{Seed: 1}))
	fmt.Println(len(report.Bad()), "checks failed;", len(points)/2, "points drawn")
	// Output: 0 checks failed; 5 points drawn
}
