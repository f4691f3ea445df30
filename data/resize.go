package data

import (
	"image"
	"image/color"
)

// rgb is the part r of a picture as bytes [h, w, 3]. A grey picture gives three equal values; transparency is laid on
// black.
func rgb(m image.Image, r image.Rectangle) []uint8 {
	out := make([]uint8, 0, r.Dx()*r.Dy()*3)
	switch m := m.(type) {
	case *image.YCbCr: // what a colour JPEG decodes to
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				i, j := m.YOffset(x, y), m.COffset(x, y)
				red, green, blue := color.YCbCrToRGB(m.Y[i], m.Cb[j], m.Cr[j])
				out = append(out, red, green, blue)
			}
		}
	case *image.Gray:
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				v := m.Pix[m.PixOffset(x, y)]
				out = append(out, v, v, v)
			}
		}
	default:
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				red, green, blue, _ := m.At(x, y).RGBA()
				out = append(out, uint8(red>>8), uint8(green>>8), uint8(blue>>8))
			}
		}
	}
	return out
}

// shrink resizes src [h, w, c] to [toH, toW, c] by area: each new pixel is the mean of the old ones it covers, those at
// its edges counting with the part covered. It is exact but for one rounding, and does not enlarge.
func shrink(src []uint8, h, w, c, toH, toW int) []uint8 {
	if h == toH && w == toW {
		return src
	}
	// In units where an old pixel is toH (toW) wide, a new one is h (w) wide, and every overlap is a whole number.
	rows := make([]uint32, toH*w*c) // sums over old rows, times overlap
	for y := range toH {
		acc := rows[y*w*c : (y+1)*w*c]
		overlaps(y, h, toH, func(old, part int) {
			for i, v := range src[old*w*c : (old+1)*w*c] {
				acc[i] += uint32(part) * uint32(v)
			}
		})
	}
	out := make([]uint8, toH*toW*c)
	area := uint64(h) * uint64(w)
	for y := range toH {
		for x := range toW {
			for k := range c {
				sum := uint64(0)
				overlaps(x, w, toW, func(old, part int) { sum += uint64(part) * uint64(rows[(y*w+old)*c+k]) })
				out[(y*toW+x)*c+k] = uint8((sum + area/2) / area)
			}
		}
	}
	return out
}

// overlaps calls f for the old pixels that new pixel i covers, with the length covered, in units of 1/to of an old pixel.
func overlaps(i, from, to int, f func(old, part int)) {
	begin, end := i*from, (i+1)*from
	for old := begin / to; old*to < end; old++ {
		f(old, min(end, (old+1)*to)-max(begin, old*to))
	}
}

// grey is the luma of pictures [n, 3], by the weights of ITU-R BT.601 as image/color has them.
func grey(rgb []uint8) []uint8 {
	out := make([]uint8, len(rgb)/3)
	for i := range out {
		r, g, b := uint32(rgb[3*i]), uint32(rgb[3*i+1]), uint32(rgb[3*i+2])
		out[i] = uint8((19595*r + 38470*g + 7471*b + 1<<15) >> 16)
	}
	return out
}

// centre is the largest rectangle of the aspect h:w in the middle of r.
func centre(r image.Rectangle, h, w int) image.Rectangle {
	ch, cw := r.Dy(), r.Dy()*w/h
	if cw > r.Dx() {
		ch, cw = r.Dx()*h/w, r.Dx()
	}
	ch, cw = max(ch, 1), max(cw, 1)
	x, y := r.Min.X+(r.Dx()-cw)/2, r.Min.Y+(r.Dy()-ch)/2
	return image.Rect(x, y, x+cw, y+ch)
}
