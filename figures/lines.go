package figures

import (
	"image/color"
	"slices"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

type lineStyle = draw.LineStyle

// dot is a filled circle of the given radius in CSS pixels.
func dot(c color.Color, radius float64) draw.GlyphStyle {
	return draw.GlyphStyle{Color: c, Radius: vg.Length(radius) * Px, Shape: draw.CircleGlyph{}}
}

// thin keeps at most about budget points of a line: of each run of neighbours
// the least and the greatest, in their order, so that no spike is lost.
func thin(line plotter.XYs, budget int) plotter.XYs {
	if len(line) <= budget {
		return line
	}
	buckets := max(1, budget/2)
	kept := make(plotter.XYs, 0, 2*buckets+2)
	kept = append(kept, line[0])
	for b := range buckets {
		from, to := b*len(line)/buckets, (b+1)*len(line)/buckets
		least, greatest := from, from
		for i := from; i < to; i++ {
			if line[i].Y < line[least].Y {
				least = i
			}
			if line[i].Y > line[greatest].Y {
				greatest = i
			}
		}
		kept = append(kept, line[min(least, greatest)])
		if least != greatest {
			kept = append(kept, line[max(least, greatest)])
		}
	}
	return append(kept, line[len(line)-1])
}

// bulk is the range that shows values well: all of it, unless a few lie far
// outside the middle 96 %, in which case those are hidden. It needs 20 values to
// judge and at least one value.
func bulk(values []float64) (lo, hi float64, hidden int) {
	lo, hi = extent(values)
	if len(values) < 20 {
		return lo, hi, 0
	}
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	low, high := sorted[len(sorted)*2/100], sorted[len(sorted)-1-len(sorted)*2/100]
	span := high - low
	if span == 0 {
		return lo, hi, 0
	}
	if lo < low-2*span {
		lo = low - span/2
	}
	if hi > high+2*span {
		hi = high + span/2
	}
	for _, v := range values {
		if v < lo || v > hi {
			hidden++
		}
	}
	return lo, hi, hidden
}
