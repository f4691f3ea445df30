package figures

import (
	"cmp"
	"image"
	"image/color"
	"slices"
)

// paletted reduces a picture to so many colours (at most 256) by median cut (Heckbert 1982), which
// makes its PNG two to three times smaller and is not seen in a figure. Paper
// stays exactly paper. The picture must be opaque.
func paletted(img *image.RGBA, colors int) *image.Paletted {
	const bits, cells = 6, 1 << 18 // colours are gathered in cells of 6 bits a channel
	cell := func(p []uint8) int {
		return int(p[0]>>(8-bits))<<(2*bits) | int(p[1]>>(8-bits))<<bits | int(p[2]>>(8-bits))
	}
	var table [cells]shadeCount
	for i := 0; i < len(img.Pix); i += 4 {
		p := img.Pix[i : i+3]
		c := &table[cell(p)]
		c.n++
		for k := range 3 {
			c.sum[k] += int(p[k])
		}
	}
	var used box
	for i := range table {
		if c := &table[i]; c.n > 0 {
			c.mean = [3]float64{float64(c.sum[0]) / float64(c.n), float64(c.sum[1]) / float64(c.n), float64(c.sum[2]) / float64(c.n)}
			used = append(used, c)
		}
	}
	boxes := []box{used}
	for len(boxes) < colors-1 {
		i := widest(boxes)
		if len(boxes[i]) < 2 {
			break
		}
		a, b := boxes[i].split()
		boxes[i] = a
		boxes = append(boxes, b)
	}
	pal := color.Palette{Paper}
	for i, b := range boxes {
		pal = append(pal, b.mean())
		for _, c := range b {
			c.index = uint8(i + 1)
		}
	}
	out := image.NewPaletted(img.Rect, pal)
	for i := range out.Pix {
		p := img.Pix[4*i : 4*i+3]
		if p[0] != Paper.R || p[1] != Paper.G || p[2] != Paper.B {
			out.Pix[i] = table[cell(p)].index
		}
	}
	return out
}

// shadeCount is the pixels whose colours share a cell.
type shadeCount struct {
	n     int
	sum   [3]int
	mean  [3]float64
	index uint8
}

// box is a set of cells that share one colour of the palette.
type box []*shadeCount

// spread is the channel in which the box's colours differ most, and by how much.
func (b box) spread() (channel int, by float64) {
	for k := range 3 {
		lo, hi := b[0].mean[k], b[0].mean[k]
		for _, c := range b {
			lo, hi = min(lo, c.mean[k]), max(hi, c.mean[k])
		}
		if hi-lo > by {
			channel, by = k, hi-lo
		}
	}
	return channel, by
}

// widest is the box whose split gains most: many pixels, far apart.
func widest(boxes []box) int {
	best, most := 0, -1.0
	for i, b := range boxes {
		if len(b) < 2 {
			continue
		}
		if _, by := b.spread(); by*by*float64(b.pixels()) > most {
			best, most = i, by*by*float64(b.pixels())
		}
	}
	return best
}

// split cuts the box in two of about as many pixels.
func (b box) split() (box, box) {
	k, _ := b.spread()
	slices.SortStableFunc(b, func(x, y *shadeCount) int { return cmp.Compare(x.mean[k], y.mean[k]) })
	half, n := b.pixels()/2, 0
	for i, c := range b {
		n += c.n
		if n >= half || i == len(b)-2 {
			return b[:i+1], b[i+1:]
		}
	}
	return b, nil
}

func (b box) pixels() int {
	n := 0
	for _, c := range b {
		n += c.n
	}
	return n
}

func (b box) mean() color.NRGBA {
	var sum [3]int
	for _, c := range b {
		for k := range 3 {
			sum[k] += c.sum[k]
		}
	}
	n := b.pixels()
	round := func(s int) uint8 { return uint8((s + n/2) / n) }
	return color.NRGBA{R: round(sum[0]), G: round(sum[1]), B: round(sum[2]), A: 255}
}
