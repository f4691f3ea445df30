// Command toys prints how far flows of the plane score above the true density on held-out points: the gap, in nats a
// point, of each toy set, by seeds. Flows are trained on 10,000 points, by batches of 1,000.
//
//	go run ./realnvp/bench/toys                        # preset.Plane, splines, on the article's four sets
//	go run ./realnvp/bench/toys -flow robust -steps 2000 -rate 5e-3 -schedule cosine -ema 0 # preset.Toy2DRobust, affine couplings
//	go run ./realnvp/bench/toys -sets student -seeds 5 # Student-t of two degrees of freedom, by the base of that name
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"math"
	"math/rand/v2"
	"strings"
	"time"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"flowbook/data"
	"flowbook/realnvp"
	"flowbook/realnvp/base"
	"flowbook/realnvp/bijector"
	"flowbook/realnvp/preset"
)

var (
	flow  = flag.String("flow", "plane", "preset to train: plane or robust")
	sets  = flag.String("sets", "circles,moons,blobs,random", "sets, of package data, or student")
	seeds = flag.Int("seeds", 5, "how many seeds, of data and of weights")
	steps = flag.Int("steps", 1000, "optimizer steps")
	rate  = flag.Float64("rate", 1e-2, "learning rate")
	fall  = flag.String("schedule", string(realnvp.Constant), "schedule of the learning rate: constant or cosine")
	ema   = flag.Float64("ema", 0.998, "decay of the averaged weights; 0 for none")
)

const points = 10000

func main() {
	flag.Parse()
	fmt.Printf("%-10s %8s %8s  %s\n", "set", "gap", "floor", "gap of each seed (seconds)")
	for _, set := range strings.Split(*sets, ",") {
		var gaps, floors []float64
		var each []string
		for seed := range *seeds {
			begin := time.Now()
			nll, floor, err := train(set, uint64(seed)+1)
			if err != nil {
				log.Fatal(err)
			}
			gaps, floors = append(gaps, nll-floor), append(floors, floor)
			each = append(each, fmt.Sprintf("%.4f (%.0f)", nll-floor, time.Since(begin).Seconds()))
		}
		fmt.Printf("%-10s %8.4f %8.4f  %s\n", set, stat.Mean(gaps, nil), stat.Mean(floors, nil), strings.Join(each, " "))
	}
}

// train gives the held-out score of a flow that was trained on a set, and what the true density scores.
func train(set string, seed uint64) (nll, floor float64, err error) {
	x, held, floor, err := draw(set, seed)
	if err != nil {
		return 0, 0, err
	}
	opts := []realnvp.Option{realnvp.Vector(2), realnvp.Seed(seed)}
	if set == "student" {
		opts = append(opts, realnvp.Base(base.StudentT{}))
	}
	m, err := realnvp.New(chosen(), opts...)
	if err != nil {
		return 0, 0, err
	}
	source, err := realnvp.NewPoints(x, nil, 2, 1000, seed)
	if err != nil {
		return 0, 0, err
	}
	_, err = m.Train(context.Background(), source, realnvp.TrainConfig{
		Steps: *steps, LearningRate: *rate, Schedule: realnvp.Schedule(*fall), ClipNorm: 1, EMA: *ema, Seed: seed,
	})
	if err != nil {
		return 0, 0, err
	}
	nll, _, err = m.NLL(context.Background(), held)
	return nll, floor, err
}

func chosen() bijector.Chain {
	switch *flow {
	case "plane":
		return preset.Plane()
	case "robust":
		return preset.Toy2DRobust()
	}
	log.Fatalf("no flow is named %q; there are plane and robust", *flow)
	return nil
}

// draw gives training and held-out points, and the score of the true density on the latter.
func draw(set string, seed uint64) (x, held []float32, floor float64, err error) {
	if set == "student" {
		rng := rand.New(rand.NewPCG(seed, 2))
		// The entropy is the floor; so many held-out points score within 0.006 of it by chance.
		return student(rng, points), student(rng, 10*points), math.Log(2*math.Pi) + 2, nil
	}
	toy, err := data.ToyNamed(set)
	if err != nil {
		return nil, nil, 0, err
	}
	train, test, err := toy.Split(points, points, seed)
	if err != nil {
		return nil, nil, 0, err
	}
	return train.X, test.X, toy.NLL(test), nil
}

// student draws from the t distribution of the plane with two degrees of freedom, whose entropy is log 2π + 2 = 3.838.
func student(rng *rand.Rand, n int) []float32 {
	chi := distuv.ChiSquared{K: 2, Src: rng}
	x := make([]float32, 0, 2*n)
	for range n {
		stretch := 1 / math.Sqrt(chi.Rand()/2)
		x = append(x, float32(rng.NormFloat64()*stretch), float32(rng.NormFloat64()*stretch))
	}
	return x
}
