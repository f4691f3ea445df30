package realnvp_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	"flowbook/realnvp"
	"flowbook/realnvp/bijector"
	"flowbook/realnvp/doctor"
	"flowbook/realnvp/net"
	"flowbook/realnvp/transform"
)

func givenFlow() bijector.Chain {
	coupling := func(first bool) bijector.Bijector {
		return &bijector.Coupling{Mask: bijector.Alternating(2, first), Net: net.MLP{Hidden: []int{16}}, Transform: transform.Affine{Bound: 3, Translation: transform.RawTranslation}}
	}
	return bijector.Chain{{Name: "c0", Bijector: coupling(true)}, {Name: "c1", Bijector: coupling(false)}}
}

// around draws points about (4·u, 2·label₀ + label₁): u a vector of one number, two labels of 2 and 3 classes.
type around struct {
	rng     *rand.Rand
	vectors []float32
}

func (a *around) Next() (x []float32, labels []int, position []byte, err error) {
	a.vectors = a.vectors[:0]
	for range 100 {
		u, l0, l1 := a.rng.Float32(), a.rng.IntN(2), a.rng.IntN(3)
		x = append(x, 4*u+0.1*float32(a.rng.NormFloat64()), float32(2*l0+l1)+0.1*float32(a.rng.NormFloat64()))
		labels = append(labels, l0, l1)
		a.vectors = append(a.vectors, u)
	}
	return x, labels, []byte("{}"), nil
}
func (a *around) Seek([]byte) error  { return nil }
func (a *around) Vectors() []float32 { return a.vectors }

// TestConditionedOnLabelsAndVectors trains, scores, samples with one condition a sample, saves, and interpolates.
func TestConditionedOnLabelsAndVectors(t *testing.T) {
	m := mustNew(t, givenFlow(), realnvp.Vector(2), realnvp.Classes(2, 3), realnvp.Given(1))
	src := &around{rng: rand.New(rand.NewPCG(1, 1))}
	path := filepath.Join(t.TempDir(), "c")
	if _, err := m.Train(context.Background(), src, realnvp.TrainConfig{Steps: 500, LearningRate: 1e-2, Schedule: realnvp.Cosine, ClipNorm: 1, Checkpoint: path,
		Validation: []float32{2, 3}, ValidationLabels: []int{1, 1}, ValidationVectors: []float32{0.5}}); err != nil {
		t.Fatal(err)
	}
	m, err := realnvp.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	labels, vectors := []int{0, 0, 1, 2, 1, 0}, []float32{0, 1, 0.5}
	centres := []float32{0, 0, 4, 4, 2, 2}
	x, err := m.Sample(t.Context(), 3, realnvp.SampleConfig{Seed: 1, Temperature: 0.1, Labels: labels, Vectors: vectors})
	if err != nil {
		t.Fatal(err)
	}
	near := func(what string, x, want []float32) {
		t.Helper()
		for i := range want {
			if math.Abs(float64(x[i]-want[i])) > 0.5 {
				t.Errorf("%s: %v, want about %v", what, x, want)
				return
			}
		}
	}
	near("samples of three conditions", x, centres)
	right, err := m.LogProb(t.Context(), centres, realnvp.WithLabels(labels...), realnvp.WithVectors(vectors...))
	if err != nil {
		t.Fatal(err)
	}
	wrong, err := m.LogProb(t.Context(), centres, realnvp.WithLabels(1, 2), realnvp.WithVectors(0)) // of one sample, for all
	if err != nil || !(right[0] > wrong[0]+1 && right[2] > wrong[2]+1) {
		t.Errorf("log p %v under its own, %v under others' conditions: %v", right, wrong, err)
	}
	between, err := m.Interpolate(t.Context(), centres[:2], centres[2:4], 3, realnvp.WithLabels(0, 0, 1, 2), realnvp.WithVectors(0, 1))
	if err != nil {
		t.Fatal(err)
	}
	near("interpolation's ends", slices.Concat(between[:2], between[4:]), centres[:4])
	for name, opts := range map[string][]realnvp.EvalOption{
		"a label too few": {realnvp.WithLabels(0), realnvp.WithVectors(0)},
		"no vector":       {realnvp.WithLabels(0, 0)},
		"out of range":    {realnvp.WithLabels(0, 3), realnvp.WithVectors(0)},
		"NaN":             {realnvp.WithLabels(0, 0), realnvp.WithVectors(float32(math.NaN()))},
	} {
		if _, err := m.LogProb(t.Context(), centres, opts...); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	_, err = m.Train(t.Context(), failing{centres}, realnvp.TrainConfig{MoreSteps: 1, Start: realnvp.OtherSource})
	wants(t, "a source without labels", err, "0 labels for 3 samples", "the source", "Next")
	plain := newToy(t)
	_, err = plain.Sample(t.Context(), 2, realnvp.SampleConfig{Labels: []int{1}})
	wants(t, "a label without classes", err, "model without classes")
	_, err = mustNew(t, givenFlow(), realnvp.Vector(2), realnvp.Classes(3)).Sample(t.Context(), 2, realnvp.SampleConfig{})
	wants(t, "no label", err, "SampleConfig.Labels")
	_, err = plain.LogProb(t.Context(), centres, realnvp.WithVectors(1))
	wants(t, "a vector without Given", err, "Given")
}

// TestPointsWithVectors: in-memory samples come with their own vectors and labels, whatever the shuffling.
func TestPointsWithVectors(t *testing.T) {
	x, labels, vectors := []float64{}, []int{}, []float32{}
	for i := range 10 {
		x = append(x, float64(i), 1e9+float64(i))
		labels = append(labels, i%2, i%3)
		vectors = append(vectors, float32(i), float32(-i), 1)
	}
	p, err := realnvp.NewPoints64(x, labels, 2, 4, 1)
	if err == nil {
		p, err = p.WithVectors(vectors)
	}
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		got, l, _, err := p.Next()
		if err != nil || len(p.Float64()) != 8 || len(p.Vectors()) != 12 || len(l) != 8 {
			t.Fatalf("%d numbers, %d labels, %d of vectors: %v", len(p.Float64()), len(l), len(p.Vectors()), err)
		}
		for k := range 4 {
			i := int(got[2*k])
			if p.Float64()[2*k+1] != 1e9+float64(i) || l[2*k] != i%2 || l[2*k+1] != i%3 || p.Vectors()[3*k+1] != float32(-i) {
				t.Errorf("row %d comes with %v, %v, %v", i, p.Float64()[2*k:2*k+2], l[2*k:2*k+2], p.Vectors()[3*k:3*k+3])
			}
		}
	}
	_, err = p.WithVectors(vectors[:29])
	wants(t, "too few", err, "29 numbers", "10 samples")
}

// precise are points about 1.7e9 that float32 would round to one another.
type precise struct {
	rng  *rand.Rand
	wide []float64
}

func (p *precise) Next() (x []float32, labels []int, position []byte, err error) {
	p.wide = p.wide[:0]
	for range 200 {
		v := 1.7e9 + 3*p.rng.NormFloat64()
		p.wide = append(p.wide, v)
		x = append(x, float32(v))
	}
	return x, nil, []byte("{}"), nil
}
func (p *precise) Seek([]byte) error  { return nil }
func (p *precise) Float64() []float64 { return p.wide }

// TestFloat64Samples: a model in float64 takes and gives samples with their digits.
func TestFloat64Samples(t *testing.T) {
	unit := bijector.Layer{Name: "unit", Bijector: bijector.Affine{Shift: []float64{1.7e9}, Scale: []float64{1}}}
	m := mustNew(t, append(bijector.Chain{unit}, affine(2, 4)...), realnvp.Vector(2), realnvp.Float64())
	x := []float64{1.7e9 + 1, 1.7e9, 1.7e9 + 30, 1.7e9}
	logp, err := m.Wide().LogProb(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{-math.Log(2*math.Pi) - 0.5, -math.Log(2*math.Pi) - 450} {
		if math.Abs(logp[i]-want) > 1e-9 {
			t.Errorf("log p of sample %d is %v, want %v", i, logp[i], want)
		}
	}
	z, err := m.Wide().Encode(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	if back, err := m.Wide().Decode(t.Context(), z); err != nil || back[0] != x[0] || back[2] != x[2] {
		t.Errorf("%v went there and back to %v: %v", x, back, err)
	}
	drawn, err := m.Wide().Sample(t.Context(), 1000, realnvp.SampleConfig{Seed: 1})
	if err != nil || math.Abs(drawn[0]-1.7e9) > 10 || drawn[0] == math.Round(drawn[0]) {
		t.Errorf("drawn %v: %v", drawn[:2], err)
	}
	z, err = m.Wide().Latent(2, realnvp.SampleConfig{Seed: 1})
	if err != nil || float64(float32(z[0])) == z[0] {
		t.Errorf("latents %v: %v", z, err)
	}
	if least, err := m.Wide().Quantile(t.Context(), 0, x); err != nil || least != logp[1] {
		t.Errorf("none of %v is below %v: %v", logp, least, err)
	}
	report, err := m.Wide().Examine(t.Context(), x, []string{doctor.CheckInvertible})
	if err != nil || len(report.Bad()) > 0 {
		t.Errorf("examined: %v, %v", report, err)
	}
	if _, err := m.Train(context.Background(), &precise{rng: rand.New(rand.NewPCG(1, 1))}, realnvp.TrainConfig{Steps: 400, LearningRate: 3e-2, ClipNorm: 1}); err != nil {
		t.Fatal(err)
	}
	entropy := math.Log(2*math.Pi*math.E) + 2*math.Log(3)
	test := &precise{rng: rand.New(rand.NewPCG(2, 1))}
	if _, _, _, err := test.Next(); err != nil {
		t.Fatal(err)
	}
	if got, _, err := m.Wide().NLL(t.Context(), test.wide); err != nil || math.Abs(got-entropy) > 0.4 {
		t.Errorf("NLL %v after training, entropy %v: %v", got, entropy, err)
	}
}

// TestSamplesInBatches gives what Sample gives, in parts, and stops where it is told to.
func TestSamplesInBatches(t *testing.T) {
	m := newToy(t, realnvp.WithEvalBatch(64))
	c := realnvp.SampleConfig{Seed: 5, Temperature: 0.8}
	want, err := m.Sample(t.Context(), 200, c)
	if err != nil {
		t.Fatal(err)
	}
	var got []float32
	parts := 0
	for x, err := range m.Samples(context.Background(), 200, c) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, x...)
		parts++
	}
	if parts != 4 || !slices.Equal(got, want) {
		t.Errorf("%d parts, the same: %v", parts, slices.Equal(got, want))
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	enough := errors.New("enough")
	n := 0
	for _, err := range m.Samples(ctx, 1<<30, c) { // which would not fit in memory
		if n++; err != nil {
			if !errors.Is(err, enough) {
				t.Error(err)
			}
			break
		}
		cancel(enough)
	}
	if n != 2 {
		t.Errorf("%d parts", n)
	}
}
