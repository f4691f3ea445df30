package experiment

import (
	"math"
	"reflect"
	"slices"
	"testing"

	"flowbook/realnvp"
	"flowbook/realnvp/bijector"
)

// small is a flow of two levels for images of 4×4×2, of a Config and by hand.
func small(t *testing.T) (ofConfig, byHand *realnvp.Model, c realnvp.Config) {
	t.Helper()
	c = realnvp.MNIST()
	c.Height, c.Width, c.Channels, c.Scales, c.Planes, c.Blocks = 4, 4, 2, 2, 2, 0
	c.CheckerboardCouplings, c.ChannelCouplings, c.FinalCouplings = 1, 1, 0
	ofConfig, err := realnvp.New(c)
	if err == nil {
		byHand, err = realnvp.New(bijector.Chain(c.Children()), realnvp.Like(c))
	}
	if err != nil {
		t.Fatal(err)
	}
	return ofConfig, byHand, c
}

func TestLatentPartsAreTheConfigs(t *testing.T) {
	ofConfig, byHand, c := small(t)
	for _, m := range []*realnvp.Model{ofConfig, byHand} {
		if got := LatentParts(m); !reflect.DeepEqual(got, c.LatentParts()) {
			t.Errorf("%v, want %v", got, c.LatentParts())
		}
	}
}

func TestLatentsOfImages(t *testing.T) {
	_, m, c := small(t)
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
	if err != nil || len(names) != 1+len(c.LatentParts()) || len(rows) != len(names)*len(images) {
		t.Fatalf("%d numbers, rows %v, %v", len(rows), names, err)
	}
	again, err := m.Encode(t.Context(), slices.Clone(rows))
	if err != nil {
		t.Fatal(err)
	}
	for k, part := range LatentParts(m) { // row k+1 has the images' latents but for its part
		for i := range m.Dim() {
			off := math.Abs(float64(again[(k+1)*len(images)+i] - float32(z[i])))
			if inside := i >= part.From && i < part.To; inside == (off < 1e-3) {
				t.Errorf("level %d anew: number %d, in the part: %v, differs by %g", k, i, inside, off)
			}
		}
	}
}
