package realnvp_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/janpfeifer/must"

	"flowbook/data"
	"flowbook/realnvp"
	"flowbook/realnvp/bijector"
	"flowbook/realnvp/preset"
)

// halves is the normal with mean (5, −1) and standard deviation 2 in each direction: a flow without a parameter.
func halves() *realnvp.Model {
	flow := bijector.Chain{{Name: "standardize", Bijector: bijector.Affine{Shift: []float64{5, -1}, Scale: []float64{2, 2}}}}
	return must.M1(realnvp.New(flow, realnvp.Vector(2)))
}

// New builds a model of a preset, or of any chain; its options say what a sample is.
func ExampleNew() {
	model := must.M1(realnvp.New(preset.Plane(), realnvp.Vector(2), realnvp.Seed(1)))
	fmt.Println(model.Dim(), "numbers a sample;", len(model.Flow().(bijector.Chain)), "layers")
	// Output: 2 numbers a sample; 6 layers
}

// log p is in nats of the data's own unit: at the mean of a normal with deviation 2 it is −log(2π·2²).
func ExampleModel_LogProb() {
	logp := must.M1(halves().LogProb(context.Background(), []float32{5, -1, 7, -1}))
	fmt.Printf("%.4f %.4f\n", logp[0], logp[1])
	// Output: -3.2242 -3.7242
}

// Encode and Decode are each other's inverse.
func ExampleModel_Encode() {
	ctx, model := context.Background(), halves()
	z := must.M1(model.Encode(ctx, []float32{7, -1}))
	fmt.Println(z, must.M1(model.Decode(ctx, z)))
	// Output: [1 0] [7 -1]
}

// The same seed gives the same samples; a temperature below 1 keeps them nearer to the centre.
func ExampleModel_Sample() {
	ctx, model := context.Background(), halves()
	x := must.M1(model.Sample(ctx, 3, realnvp.SampleConfig{Seed: 1}))
	again := must.M1(model.Sample(ctx, 3, realnvp.SampleConfig{Seed: 1}))
	still := must.M1(model.Sample(ctx, 1, realnvp.SampleConfig{Seed: 1, Temperature: 1e-9}))
	fmt.Println(len(x), x[0] == again[0], still)
	// Output: 6 true [5 -1]
}

// From one sample to another along an arc of the latent space, which keeps its distance from the centre.
func ExampleModel_Interpolate() {
	x := must.M1(halves().Interpolate(context.Background(), []float32{7, -1}, []float32{5, 1}, 3))
	fmt.Printf("%.3f\n", x)
	// Output: [7.000 -1.000 6.414 0.414 5.000 1.000]
}

// A training goes on where it stopped, also in another process.
func ExampleModel_Train() {
	ctx := context.Background()
	path := filepath.Join(must.M1(os.MkdirTemp("", "")), "moons.safetensors")
	defer os.RemoveAll(filepath.Dir(path))
	train, _ := must.M2(data.Moons(0.05).Split(1000, 200, 1))
	batches := must.M1(train.Batches(200, 1))

	model := must.M1(realnvp.New(preset.Toy2DRobust()[:2], realnvp.Vector(2)))
	must.M1(model.Train(ctx, batches.Source(), realnvp.TrainConfig{Steps: 20, LearningRate: 1e-2, Checkpoint: path}))

	model = must.M1(realnvp.Load(path))
	result := must.M1(model.Train(ctx, batches.Source(), realnvp.TrainConfig{MoreSteps: 5, LearningRate: 1e-2}))
	fmt.Println(result.Step, "steps")
	// Output: 25 steps
}

// p(x | label): every net of the flow sees the label, in training, scoring and sampling.
func ExampleClasses() {
	ctx := context.Background()
	x, labels := []float32{}, []int{} // class 0 lies about (−2, −2), class 1 about (2, 2)
	for i := range 200 {
		side := float32(4*(i%2) - 2)
		x, labels = append(x, side+float32(i%7)/10, side+float32(i%5)/10), append(labels, i%2)
	}
	model := must.M1(realnvp.New(preset.Toy2DRobust()[:4], realnvp.Vector(2), realnvp.Classes(2)))
	must.M1(model.Train(ctx, must.M1(realnvp.NewPoints(x, labels, 2, 100, 1)), realnvp.TrainConfig{Steps: 100, LearningRate: 1e-2, ClipNorm: 1}))

	drawn := must.M1(model.Sample(ctx, 2, realnvp.SampleConfig{Seed: 1, Temperature: 0.5, Labels: []int{0, 1}}))
	right := must.M1(model.LogProb(ctx, x[:2], realnvp.WithLabels(0)))
	wrong := must.M1(model.LogProb(ctx, x[:2], realnvp.WithLabels(1)))
	fmt.Println(drawn[0] < 0, drawn[2] > 0, right[0] > wrong[0])
	// Output: true true true
}

// p(x | u): what each sample comes with is a vector of numbers.
func ExampleGiven() {
	ctx := context.Background()
	x, u := []float32{}, []float32{} // x lies about (u, −u)
	for i := range 200 {
		v := float32(i%21-10) / 5
		x, u = append(x, v+float32(i%7)/10, -v+float32(i%5)/10), append(u, v)
	}
	model := must.M1(realnvp.New(preset.Toy2DRobust()[:4], realnvp.Vector(2), realnvp.Given(1)))
	source := must.M1(must.M1(realnvp.NewPoints(x, nil, 2, 100, 1)).WithVectors(u))
	must.M1(model.Train(ctx, source, realnvp.TrainConfig{Steps: 100, LearningRate: 1e-2, ClipNorm: 1}))

	drawn := must.M1(model.Sample(ctx, 2, realnvp.SampleConfig{Seed: 1, Temperature: 0.5, Vectors: []float32{-2, 2}}))
	fmt.Println(drawn[0] < 0, drawn[2] > 0)
	// Output: true true
}
