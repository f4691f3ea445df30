package figures_test

import (
	"image"
	"image/color"
	"log"

	"flowbook/figures"
)

// An image under a title, beside another of another shape.
func ExamplePicture() {
	var panels []*figures.Figure
	for k, height := range []int{60, 120} {
		img := image.NewNRGBA(image.Rect(0, 0, 120, height))
		for y := range height {
			for x := range 120 {
				img.SetNRGBA(x, y, color.NRGBA{R: uint8(2 * x), G: uint8(2 * y), A: uint8(255 * (x / 10 % 2))})
			}
		}
		f, err := figures.Picture(img, []string{"wide", "square"}[k], 300)
		if err != nil {
			log.Fatal(err)
		}
		panels = append(panels, f)
	}
	f, err := figures.Beside(2, panels...)
	if err != nil {
		log.Fatal(err)
	}
	if err := f.Save("picture.png"); err != nil {
		log.Fatal(err)
	}
}
