package figures

import (
	"errors"
	"fmt"
	"image/color"

	"gonum.org/v1/plot/vg/draw"
)

// MaskFigure is what Masks draws: the masks of an image and of its squeezed form,
// as the code under study makes them.
type MaskFigure struct {
	Title string

	// Height and Width of the image, one channel; both even, 2 to 8.
	Height, Width int

	// Checkerboard is the mask over the image, Height·Width values of 0 and 1.
	Checkerboard []float32

	// Squeezed is what the squeeze makes of the image whose pixels are numbered
	// 1, 2, 3, … row by row: Height/2 × Width/2 × 4 values, channels last.
	Squeezed []float32

	// Channel is the mask over the squeezed image, of its size and layout.
	Channel []float32
}

// Masks draws the two masks of Real NVP and the squeeze between them (figure 3 of
// Dinh et al. 2016): on the left the image with its pixels numbered and coloured
// by the checkerboard mask, on the right the four channels that the squeeze makes
// of it, coloured by the channel mask. The numbers show where each pixel went.
func Masks(m MaskFigure) (*Figure, error) {
	if err := m.check(); err != nil {
		return nil, err
	}
	const gap, middle, margin = 20.0, 96.0, 8.0
	h, w := m.Height, m.Width
	cell := min(44, (690-2*margin-middle-3*gap)/float64(3*w))
	f := newDiagram("masks", 700, 76+cell*float64(h), func(p pen) {
		p = p.moved(margin, 26)
		x := cell * float64(w)
		p.text(x/2, -14, 12.5, Ink, "image, checkerboard mask")
		for i, b := range m.Checkerboard {
			maskCell(p, float64(i%w)*cell, float64(i/w)*cell, cell, b, float32(i+1))
		}
		y := cell * float64(h) / 2
		p.arrow(Ink, x+14, y, x+middle-14, y)
		p.text(x+middle/2, y-12, 12.5, Ink, "squeeze")
		x += middle
		plane := cell * float64(w) / 2
		top := y - cell*float64(h)/4
		p.text(x+2*plane+1.5*gap, top-40, 12.5, Ink, "squeezed image, channel mask")
		for c := range 4 {
			left := x + float64(c)*(plane+gap)
			p.text(left+plane/2, top-15, 12, Ink, fmt.Sprintf("channel %d", c))
			for i := range h / 2 * (w / 2) {
				maskCell(p, left+float64(i%(w/2))*cell, top+float64(i/(w/2))*cell, cell, m.Channel[4*i+c], m.Squeezed[4*i+c])
			}
		}
	})
	f.Title.Text = m.Title
	f.addKey("b = 1: passes unchanged, feeds s and t", swatch{Blue, draw.LineStyle{Color: Frame, Width: Px}})
	f.addKey("b = 0: is scaled and shifted", swatch{color.NRGBA{}, draw.LineStyle{Color: Frame, Width: Px}})
	if m.Title != "" {
		f.Height += 24 * Px
	}
	return f, nil
}

func maskCell(p pen, x, y, size float64, mask, value float32) {
	fill, ink := color.NRGBA{}, Ink
	if mask != 0 {
		fill, ink = Blue, Paper
	}
	p.box(x, y, size, size, fill, Frame)
	p.text(x+size/2, y+size/2, min(15, size*0.45), ink, fmt.Sprint(value))
}

func (m MaskFigure) check() error {
	even := func(n int) bool { return n >= 2 && n <= 8 && n%2 == 0 }
	if !even(m.Height) || !even(m.Width) {
		return fmt.Errorf("figures: masks: an image of %d × %d: both sides must be even, 2 to 8", m.Height, m.Width)
	}
	for _, s := range []struct {
		name   string
		values []float32
		isMask bool
	}{{"Checkerboard", m.Checkerboard, true}, {"Squeezed", m.Squeezed, false}, {"Channel", m.Channel, true}} {
		if len(s.values) != m.Height*m.Width {
			return fmt.Errorf("figures: masks: %s has %d values: it needs %d", s.name, len(s.values), m.Height*m.Width)
		}
		for _, v := range s.values {
			if s.isMask && v != 0 && v != 1 {
				return fmt.Errorf("figures: masks: %s holds %v: a mask holds 0 and 1", s.name, v)
			}
			if !s.isMask && !(v >= 1 && int(v) <= len(s.values) && v == float32(int(v))) {
				return errors.New("figures: masks: Squeezed must hold the numbers of the image's pixels, 1, 2, 3, …")
			}
		}
	}
	return nil
}
