package figures

import (
	"cmp"
	"image"
	"image/color"
	"slices"
)

// paletted reduces a picture to so many colours (at most 256) by median cut (Heckbert 1982), which
// makes its PNG two to three times smaller and is not seen in a figure. What is empty stays exactly so.
func paletted(img *image.RGBA, colors int) *image.Paletted {
	const bits, cells = 5, 1 << 20 // colours are gathered in cells of 5 bits a channel
	cell := func(p []uint8) (at int) {
		for _, v := range p {
			at = at<<bits | int(v>>(8-bits))
		}
		return at
	}
	table := make([]*shadeCount, cells)
	var used box
	for i := 0; i < len(img.Pix); i += 4 {
		p := img.Pix[i : i+4]
		if p[3] == 0 {
			continue
		}
		at := cell(p)
		if table[at] == nil {
			table[at] = &shadeCount{}
			used = append(used, table[at])
		}
		table[at].add(p)
	}
	for _, c := range used {
		for k := range c.mean {
			c.mean[k] = float64(c.sum[k]) / float64(c.n)
		}
	}
	if len(used) == 0 {
		return image.NewPaletted(img.Rect, color.Palette{color.Transparent})
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
	pal := color.Palette{color.Transparent}
	for i, b := range boxes {
		pal = append(pal, b.mean())
		for _, c := range b {
			c.index = uint8(i + 1)
		}
	}
	out := image.NewPaletted(img.Rect, pal)
	for i := range out.Pix {
		if p := img.Pix[4*i : 4*i+4]; p[3] != 0 {
			out.Pix[i] = table[cell(p)].index
		}
	}
	return out
}

// shadeCount is the pixels whose colours share a cell: red, green, blue, each times the opacity, and the opacity.
type shadeCount struct {
	n     int
	sum   [4]int
	mean  [4]float64
	index uint8
}

func (c *shadeCount) add(pixel []uint8) {
	c.n++
	for k, v := range pixel {
		c.sum[k] += int(v)
	}
}

// box is a set of cells that share one colour of the palette.
type box []*shadeCount

// spread is the channel in which the box's colours differ most, and by how much.
func (b box) spread() (channel int, by float64) {
	for k := range b[0].mean {
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

func (b box) mean() color.RGBA {
	var sum [4]int
	for _, c := range b {
		for k, s := range c.sum {
			sum[k] += s
		}
	}
	n := b.pixels()
	round := func(s int) uint8 { return uint8((s + n/2) / n) }
	return color.RGBA{R: round(sum[0]), G: round(sum[1]), B: round(sum[2]), A: round(sum[3])}
}
