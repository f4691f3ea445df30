package realnvp_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/janpfeifer/must"

	"flowbook/data"
	"flowbook/realnvp"
	"flowbook/realnvp/base"
	"flowbook/realnvp/bijector"
	"flowbook/realnvp/net"
	"flowbook/realnvp/preset"
	"flowbook/realnvp/transform"
)

// A flow learns two moons, scores points it has not seen, and draws new ones.
func Example() {
	ctx := context.Background()
	train, test := must.M2(data.Moons(0.05).Split(10000, 1000, 1))
	batches := must.M1(train.Batches(500, 1))
	flow := preset.Toy2DRobust()[:4] // four of its twelve couplings
	model := must.M1(realnvp.New(flow, realnvp.Vector(2)))
	must.M1(model.Train(ctx, batches.Source(), realnvp.TrainConfig{Steps: 200, LearningRate: 5e-3, ClipNorm: 1}))
	nll, _ := must.M2(model.NLL(ctx, test.X))
	points := must.M1(model.Sample(ctx, 5, realnvp.SampleConfig{Seed: 1}))
	fmt.Printf("better than a normal: %v; %d points drawn\n", nll < 2.7, len(points)/2)
	// Output: better than a normal: true; 5 points drawn
}

// Any flow: a chain of layers, each a bijector; a coupling is a mask, a net and a transform; the latent has a density of choice.
func Example_anyFlow() {
	ctx := context.Background()
	half := func(even bool) bijector.Bijector {
		return &bijector.Coupling{Mask: bijector.Alternating(2, even), Net: net.MLP{Hidden: []int{32}}, Transform: transform.Spline{Bins: 8}}
	}
	flow := bijector.Chain{
		{Name: "turn", Bijector: bijector.Conv1x1{}},
		{Name: "even", Bijector: half(true)},
		{Name: "odd", Bijector: half(false)},
	}
	model := must.M1(realnvp.New(flow, realnvp.Vector(2), realnvp.Base(base.StudentT{})))
	x := must.M1(model.Sample(ctx, 3, realnvp.SampleConfig{Seed: 1}))
	fmt.Println(len(must.M1(model.LogProb(ctx, x))), "points drawn and scored")
	// Output: 3 points drawn and scored
}

// TestREADMEHasTheExamples: the project's README shows what this file runs.
func TestREADMEHasTheExamples(t *testing.T) {
	source := strings.Split(string(must.M1(os.ReadFile("example_test.go"))), "\nfunc Example")[1:]
	readme := string(must.M1(os.ReadFile("../README.md")))
	for _, example := range source {
		_, body, _ := strings.Cut(example, "{\n")
		body, _, _ = strings.Cut(body, "\t// Output:")
		if body = strings.ReplaceAll("\n"+body, "\n\t", "\n"); !strings.Contains(readme, "```go"+body+"```\n") {
			t.Errorf("README.md has not%s", body)
		}
	}
}
