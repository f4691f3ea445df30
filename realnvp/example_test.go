package realnvp_test

import (
	"context"
	"fmt"

	"github.com/janpfeifer/must"

	"flowbook/data"
	"flowbook/realnvp"
)

// A flow learns two moons, scores points it has not seen, and draws new ones.
func Example() {
	train, test := must.M2(data.Moons(0.05).Split(10000, 1000, 1))
	batches := must.M1(train.Batches(500, 1))
	config := realnvp.Toy2D()
	config.Couplings, config.SScale = 4, realnvp.SScaleZero
	model := must.M1(realnvp.New(config))
	must.M1(model.Train(context.Background(), batches.Source(), realnvp.TrainConfig{Steps: 200, LearningRate: 5e-3, ClipNorm: 1}))
	nll, _ := must.M2(model.NLL(test.X))
	points := must.M1(model.Sample(5, realnvp.SampleConfig{Seed: 1}))
	fmt.Printf("better than a normal: %v; %d points drawn\n", nll < 2.7, len(points)/2)
	// Output: better than a normal: true; 5 points drawn
}
