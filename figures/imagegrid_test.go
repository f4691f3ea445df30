package figures_test

import (
	"image"
	"image/color"
	"math"
	"testing"

	"flowbook/figures"
)

// Pixel values are rounded down and clipped, each pixel is a whole square, and a
// NaN is seen.
func TestImageGridPixels(t *testing.T) {
	nan := float32(math.NaN())
	img, err := figures.ImageGrid([]float32{0.9, 254.999, 255.7, -3, 300, nan}, 1, 2, 1, figures.GridOptions{Columns: 2, Scale: 3, Gap: 1})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := img.Bounds().Size(), image.Pt(2*(2*3+1)+1, 2*(3+1)+1); got != want {
		t.Fatalf("size %v, want %v", got, want)
	}
	nothing := color.NRGBA{}
	grey := func(v uint8) color.NRGBA { return color.NRGBA{R: v, G: v, B: v, A: 255} }
	for _, p := range []struct {
		x, y int
		want color.NRGBA
	}{
		{0, 0, nothing}, {1, 1, grey(0)}, {3, 3, grey(0)}, {4, 1, grey(254)}, {6, 3, grey(254)}, {7, 1, nothing},
		{8, 1, grey(255)}, {11, 1, grey(0)}, {1, 4, nothing}, {1, 5, grey(255)}, {4, 5, figures.Magenta}, {8, 5, nothing},
	} {
		if got := color.NRGBAModel.Convert(img.At(p.x, p.y)); got != p.want {
			t.Errorf("pixel (%d, %d) is %v, want %v", p.x, p.y, got, p.want)
		}
	}
}

// Channels last: the first pixel of an RGB image is its first three values.
func TestImageGridRGB(t *testing.T) {
	img, err := figures.ImageGrid([]uint8{1, 2, 3, 4, 5, 6}, 1, 2, 3, figures.GridOptions{Scale: 1, Gap: -1})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := img.At(1, 0), (color.NRGBA{R: 4, G: 5, B: 6, A: 255}); got != want {
		t.Errorf("second pixel is %v, want %v", got, want)
	}
	if got := figures.Doubled(img).Bounds().Size(); got != image.Pt(4, 2) {
		t.Errorf("doubled to %v, want 4 × 2", got)
	}
}
