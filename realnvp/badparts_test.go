package realnvp_test

import (
	"context"
	"math"
	"testing"

	"flowbook/realnvp"
	"flowbook/realnvp/base"
	"flowbook/realnvp/bijector"
	"flowbook/realnvp/net"
	"flowbook/realnvp/transform"
)

// TestPartsThatCannotBe: New refuses a flow with a part whose fields make no sense, and names the part and what it has.
func TestPartsThatCannotBe(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	mlp, even := net.MLP{Hidden: []int{4}}, bijector.Alternating(2, true)
	affine := transform.Affine{}
	coupling := func(n net.Net, tr transform.Transform, m bijector.Mask) bijector.Bijector {
		return &bijector.Coupling{Mask: m, Net: n, Transform: tr}
	}
	for name, c := range map[string]struct {
		part  bijector.Bijector
		words []string
	}{
		"no bijector":         {nil, []string{"no bijector"}},
		"no net":              {coupling(nil, affine, even), []string{"coupling", "part", "no Net"}},
		"no transform":        {coupling(mlp, nil, even), []string{"coupling", "no Transform"}},
		"half a pair":         {coupling(net.Pair{S: mlp}, affine, even), []string{"Pair", "S and T"}},
		"no feature":          {coupling(net.OneFeature{Feature: 5, Net: mlp}, affine, even), []string{"feature 5"}},
		"net of no feature":   {coupling(net.OneFeature{}, affine, even), []string{"give it a Net"}},
		"no mask":             {coupling(mlp, affine, bijector.Mask{}), []string{"mask"}},
		"mask of three":       {coupling(mlp, affine, bijector.Alternating(3, true)), []string{"mask", "[3]"}},
		"layer of none":       {coupling(net.MLP{Hidden: []int{4, 0}}, affine, even), []string{"hidden layer of 0"}},
		"net for images":      {coupling(net.ResNet{Planes: 4}, affine, even), []string{"ResNet wants images"}},
		"one bin":             {coupling(mlp, transform.Spline{Bins: 1}, even), []string{"1 bins"}},
		"bins without end":    {coupling(mlp, transform.Spline{Bins: 1200}, even), []string{"1200 bins", "128"}},
		"bound NaN":           {coupling(mlp, transform.Spline{Bins: 4, Bound: nan}, even), []string{"NaN"}},
		"bound infinite":      {coupling(mlp, transform.Spline{Bins: 4, Bound: inf}, even), []string{"+Inf"}},
		"affine's bound NaN":  {coupling(mlp, transform.Affine{Bound: nan}, even), []string{"bound NaN"}},
		"affine's bound < 0":  {coupling(mlp, transform.Affine{Bound: -1}, even), []string{"bound -1"}},
		"affine's gain":       {coupling(mlp, transform.Affine{Gain: inf}, even), []string{"gain +Inf"}},
		"start":               {coupling(mlp, transform.Affine{ScaleStart: "x"}, even), []string{"start", `"x"`}},
		"shift NaN":           {bijector.Affine{Shift: []float64{nan}, Scale: []float64{1}}, []string{"shift 0 is NaN"}},
		"scale infinite":      {bijector.Affine{Shift: []float64{0, 0}, Scale: []float64{1, inf}}, []string{"1 is 0", "+Inf"}},
		"scale 0":             {bijector.Affine{Shift: []float64{0}, Scale: []float64{0}}, []string{"scale 0"}},
		"scale of none":       {bijector.Scale{}, []string{"By 0"}},
		"logit":               {bijector.Logit{Alpha: nan, Levels: 256}, []string{"alpha NaN"}},
		"momentum 0":          {&bijector.BatchNorm{Epsilon: 1e-5}, []string{"momentum 0"}},
		"momentum NaN":        {&bijector.BatchNorm{Momentum: nan}, []string{"momentum NaN"}},
		"epsilon < 0":         {&bijector.BatchNorm{Momentum: 0.1, Epsilon: -1}, []string{"epsilon -1"}},
		"order":               {bijector.Permute{Order: []int{0, 0}}, []string{"[0 0]"}},
		"squeeze of a vector": {bijector.Squeeze2x2{}, []string{"wants images"}},
	} {
		m, err := realnvp.New(bijector.Chain{{Name: "part", Bijector: c.part}}, realnvp.Vector(2))
		wants(t, name, err, c.words...)
		if m != nil {
			t.Errorf("%s: a model beside the error", name)
		}
	}
	for name, c := range map[string]struct {
		rest  bijector.Bijector
		words []string
	}{
		"no rest":          {nil, []string{"factor-out of 2 channels has no Rest"}},
		"rest of an image": {bijector.Chain{}, []string{"bijector.Chain", "[2, 2, 2, 1]", "[2, 4]", "bijector.Flatten"}},
	} {
		_, err := realnvp.New(bijector.Chain{{Name: "out", Bijector: bijector.FactorOut{Height: 2, Width: 2, Channels: 2, Rest: c.rest}}}, realnvp.Image(2, 2, 2))
		wants(t, name, err, append(c.words, `layer "out"`)...)
	}
	good := bijector.Chain{{Name: "part", Bijector: coupling(mlp, affine, even)}}
	for name, b := range map[string]base.Base{"PerClass": base.PerClass{}, "StudentT": base.StudentT{Start: nan}} {
		_, err := realnvp.New(good, realnvp.Vector(2), realnvp.Base(b))
		wants(t, "base", err, name)
	}
	_, err := realnvp.New(good, realnvp.Vector(2), nil)
	wants(t, "nil option", err, "option 1")
	nothing := mustNew(t, bijector.Chain{}, realnvp.Vector(2))
	_, err = nothing.Train(context.Background(), points(t, gaussian(40, 1), 2, 20), realnvp.TrainConfig{Steps: 1})
	wants(t, "nothing to train", err, "no parameters to train")
}

// TestSourcesThatAreNotTheModels: before the first step, by the row of the data.
func TestSourcesThatAreNotTheModels(t *testing.T) {
	labels := make([]int, 100)
	labels[57] = 7
	train := func(src realnvp.Source, tc realnvp.TrainConfig, opts ...realnvp.Option) error {
		tc.Steps = 2
		_, err := mustNew(t, givenFlow(), append(opts, realnvp.Vector(2))...).Train(context.Background(), src, tc)
		return err
	}
	of := func(dim int, labels []int) realnvp.Source {
		p, err := realnvp.NewPoints(gaussian(300, 1)[:100*dim], labels, dim, 20, 1)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	wants(t, "other samples", train(of(4, nil), realnvp.TrainConfig{}), "samples of 4 numbers", "= 2")
	wants(t, "a label out of range", train(of(2, labels), realnvp.TrainConfig{}, realnvp.Classes(3)), "label 7 of row 57", "0…2")
	wants(t, "no labels", train(of(2, nil), realnvp.TrainConfig{}, realnvp.Classes(3)), "0 labels for 100 samples", "NewPoints")
	wants(t, "nil", train(nil, realnvp.TrainConfig{}), "source is nil")
	wants(t, "labels of nothing", train(of(2, nil), realnvp.TrainConfig{ValidationLabels: []int{1}}), "ValidationLabels")
	wants(t, "both validations", train(of(2, nil), realnvp.TrainConfig{Validation: []float32{1, 2}, Validation64: []float64{1, 2}}), "Validation64")
	wants(t, "validation NaN", train(of(2, nil), realnvp.TrainConfig{Validation64: []float64{1, 2, 3, math.NaN()}}), "Validation64", "sample 1", "NaN")
}

// TestFarOutIsNeverNaN: log p of points so far out that their squares overflow float32 is a number or −Inf, under each base
// density. (At 3e38 a net itself overflows; such a log p is NaN, and counted.)
func TestFarOutIsNeverNaN(t *testing.T) {
	for name, b := range map[string]base.Base{"normal": base.Normal{}, "logistic": base.Logistic{}, "student": base.StudentT{}, "independent": base.StudentT{Independent: true}} {
		m := mustNew(t, givenFlow(), realnvp.Vector(2), realnvp.Base(b))
		logp, err := m.LogProb(t.Context(), []float32{0.5, 1e30, 1e20, -1e20, -1e30, 0.2, 1e18, 1, -1e25, -1e25})
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range logp {
			if math.IsNaN(v) || v > 0 {
				t.Errorf("%s: log p of point %d is %v", name, i, v)
			}
		}
	}
}

// TestValidation64 scores held-out data with digits that float32 does not hold.
func TestValidation64(t *testing.T) {
	far := bijector.Chain{{Name: "far", Bijector: bijector.Affine{Shift: []float64{1.7e9}, Scale: []float64{1}}}}
	held := []float64{1.7e9 + 0.25, 1.7e9 - 0.5, 1.7e9 + 1, 1.7e9}
	m := mustNew(t, append(far, givenFlow()...), realnvp.Vector(2), realnvp.Float64())
	src, err := realnvp.NewPoints64(held, nil, 2, 2, 1)
	if err != nil {
		t.Fatal(err)
	}
	result, err := m.Train(context.Background(), src, realnvp.TrainConfig{Steps: 1, Validation64: held})
	if err != nil {
		t.Fatal(err)
	}
	if want, _, err := m.Wide().NLL(t.Context(), held); err != nil || result.Last.NLL != want {
		t.Errorf("the validation scores %v, the same points %v: %v", result.Last.NLL, want, err)
	}
}
