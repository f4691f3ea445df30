package experiment

import (
	"math"
	"slices"
	"testing"

	"flowbook/realnvp"
	"flowbook/realnvp/bijector"
	"flowbook/realnvp/net"
	"flowbook/realnvp/preset"
	"flowbook/realnvp/transform"
)

// small is a flow of two levels for images of 4×4×2.
func small(t *testing.T) *realnvp.Model {
	t.Helper()
	levels := preset.MultiScale{Scales: 2, Checkerboards: 1, Channels: 1, Planes: 2, Coupling: func(mask bijector.Mask, planes int) bijector.Bijector {
		n := net.ResNet{Planes: planes, WeightNorm: true, Norm: net.InstanceNorm}
		return &bijector.Coupling{Mask: mask, Net: net.Pair{S: n, T: n}, Transform: transform.Affine{PerElement: true}}
	}}
	scale := bijector.Layer{Name: "scale255", Bijector: bijector.Scale{By: 255}}
	m, err := realnvp.New(append(bijector.Chain{scale}, levels.Flow(4, 4, 2)...), realnvp.Image(4, 4, 2), realnvp.Pixels())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestLatentsOfImages(t *testing.T) {
	m := small(t)
	images := make([]float32, 3*m.Dim())
	for i := range images {
		images[i] = float32(i * 7 % 256)
	}
	order, bits, err := Likeliest(t.Context(), m, images, 1)
	if err != nil || len(order) != 3 || !(bits[order[0]] < bits[order[1]]) || !(bits[order[1]] < bits[order[2]]) {
		t.Errorf("order %v of %v, %v: not by bits", order, bits, err)
	}
	mean, largest, z, err := RoundTrip(t.Context(), m, images)
	if err != nil || len(z) != len(images) || !(largest < 0.01) || !(mean <= largest) {
		t.Errorf("round trip: mean %g, largest %g of %d, %v", mean, largest, len(z), err)
	}
	rows, names, err := Anew(t.Context(), m, images, realnvp.SampleConfig{Seed: 1})
	if err != nil || len(names) != 1+len(m.LatentParts()) || len(rows) != len(names)*len(images) {
		t.Fatalf("%d numbers, rows %v, %v", len(rows), names, err)
	}
	again, err := m.Encode(t.Context(), slices.Clone(rows))
	if err != nil {
		t.Fatal(err)
	}
	for k, part := range m.LatentParts() { // row k+1 has the images' latents but for its part
		for i := range m.Dim() {
			off := math.Abs(float64(again[(k+1)*len(images)+i] - float32(z[i])))
			if inside := i >= part.From && i < part.To; inside == (off < 1e-3) {
				t.Errorf("level %d anew: number %d, in the part: %v, differs by %g", k, i, inside, off)
			}
		}
	}
}
