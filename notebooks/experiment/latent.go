package experiment

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"flowbook/realnvp"
)

// Anew keeps the latents of images and draws one of their parts anew at a temperature, part after part (the paper's
// appendix D). It gives the images themselves, and then a row of as many for each part, with a name for each row.
func Anew(ctx context.Context, model *realnvp.Model, images []float32, c realnvp.SampleConfig) (rows []float32, names []string, err error) {
	n, d := len(images)/model.Dim(), model.Dim()
	z, err := model.Encode(ctx, images)
	if err != nil {
		return nil, nil, err
	}
	fresh, err := model.Latent(n, c)
	if err != nil {
		return nil, nil, err
	}
	mixed, names := slices.Clone(z), []string{"test images"}
	for _, part := range model.LatentParts() {
		at := len(mixed)
		mixed = append(mixed, z...)
		for i := 0; i < n*d; i += d {
			copy(mixed[at+i+part.From:at+i+part.To], fresh[i+part.From:])
		}
		names = append(names, fmt.Sprintf("level %d anew", part.Level))
	}
	rows, err = model.Decode(ctx, mixed)
	return rows, names, err
}

// RoundTrip encodes and decodes images and gives the mean and the largest error of a number, in their unit, and the
// latents.
func RoundTrip(ctx context.Context, model *realnvp.Model, images []float32) (mean, largest float64, z []float64, err error) {
	latent, err := model.Encode(ctx, images)
	if err != nil {
		return 0, 0, nil, err
	}
	back, err := model.Decode(ctx, latent)
	if err != nil {
		return 0, 0, nil, err
	}
	for i, v := range images {
		off := math.Abs(float64(v - back[i]))
		mean, largest = mean+off/float64(len(images)), max(largest, off)
		z = append(z, float64(latent[i]))
	}
	return mean, largest, z, nil
}

// Likeliest ranks images, 0 … 255, by what a model says of them: their numbers, the likeliest first, and the bits per
// dimension of each image, under one draw of the dequantization noise. An image whose density is not finite comes last.
func Likeliest(ctx context.Context, model *realnvp.Model, images []float32, seed uint64) (order []int, bits []float64, err error) {
	x := slices.Clone(images)
	realnvp.Dequantize(x, seed)
	logp, err := model.LogProb(ctx, x)
	if err != nil {
		return nil, nil, err
	}
	for i, v := range logp {
		order, bits = append(order, i), append(bits, -v/(float64(model.Dim())*math.Ln2))
	}
	rank := func(i int) float64 {
		if math.IsNaN(bits[i]) {
			return math.Inf(1)
		}
		return bits[i]
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(rank(a), rank(b)) })
	return order, bits, nil
}
