package figures

import (
	"fmt"
	"math"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg/draw"
)

// HistogramOptions says how Histogram draws.
type HistogramOptions struct {
	Title string
	X     string // label of the x axis with its unit; "" means "value"

	// Bins is the number of bars; 0 chooses it by Freedman and Diaconis's rule.
	Bins int

	// Name is the legend's name for the values; "" leaves the legend to the density.
	Name string

	// Density is drawn over the bars; nil draws none. StandardNormal is one.
	Density     func(x float64) float64
	DensityName string
}

// StandardNormal is the density of N(0, 1), exp(−x²/2)/√(2π).
func StandardNormal(x float64) float64 { return math.Exp(-x*x/2) / math.Sqrt(2*math.Pi) }

// Histogram draws the values' histogram, scaled to an area of 1, against a
// density. The bars cover all values unless a few lie far outside the others,
// which the note then counts.
func Histogram(values []float64, opt HistogramOptions) (*Figure, error) {
	if opt.Bins < 0 || opt.Bins > 1000 {
		return nil, fmt.Errorf("figures: histogram: %d bins: it must be 1 to 1000, or 0 to choose", opt.Bins)
	}
	kept, dropped, err := finiteValues("histogram", values)
	if err != nil {
		return nil, err
	}
	if opt.X == "" {
		opt.X = "value"
	}
	f := newFigure("histogram", 700, 340, opt.Title, opt.X, "density")
	lo, hi, hidden := bulk(kept)
	lo, hi = widen(lo, hi, 0)
	bars := &plotter.Histogram{
		Bins:      binned(kept, lo, hi, opt.Bins),
		FillColor: fade(Blue, 0.45),
		LineStyle: draw.LineStyle{Color: Blue, Width: 0.6 * Px},
	}
	bars.Width = bars.Bins[0].Max - bars.Bins[0].Min
	f.Add(bars)
	f.addKey(opt.Name, swatch{bars.FillColor, bars.LineStyle})
	if opt.Density != nil {
		line, err := densityLine(opt.Density, lo, hi)
		if err != nil {
			return nil, err
		}
		f.Add(line)
		f.addKey(opt.DensityName, line)
	}
	f.X.Min, f.X.Max = lo, hi
	f.Y.Min, f.Y.Max = 0, f.Y.Max*1.08
	f.Note = notes(leftOut(dropped, len(values), "values"), outsideNote(hidden, kept))
	return f, nil
}

// binned counts the values into equal bins over [lo, hi]; weights are densities.
func binned(values []float64, lo, hi float64, bins int) []plotter.HistogramBin {
	if bins == 0 {
		bins = chooseBins(values, lo, hi)
	}
	width := (hi - lo) / float64(bins)
	all := make([]plotter.HistogramBin, bins)
	for i := range all {
		all[i].Min, all[i].Max = lo+float64(i)*width, lo+float64(i+1)*width
	}
	for _, v := range values {
		if v < lo || v > hi {
			continue
		}
		i := min(int((v-lo)/width), bins-1)
		all[i].Weight += 1 / (width * float64(len(values)))
	}
	return all
}

// chooseBins is Freedman and Diaconis's rule, width 2·IQR/∛n, held to 1 … 120
// bars.
func chooseBins(values []float64, lo, hi float64) int {
	iqr := quantile(values, 0.75) - quantile(values, 0.25)
	if iqr == 0 {
		return 21 // odd: a constant is in the middle of a bar
	}
	width := 2 * iqr / math.Cbrt(float64(len(values)))
	return int(min(max(math.Ceil((hi-lo)/width), 1), 120))
}

// densityLine samples a density 400 times over [lo, hi].
func densityLine(density func(float64) float64, lo, hi float64) (*plotter.Line, error) {
	const samples = 400
	line := &plotter.Line{LineStyle: draw.LineStyle{Color: Red, Width: 1.8 * Px}}
	for i := range samples + 1 {
		x := lo + (hi-lo)*float64(i)/samples
		y := density(x)
		if !finite(y) {
			return nil, fmt.Errorf("figures: histogram: the density at %.4g is %v: it must be finite", x, y)
		}
		line.XYs = append(line.XYs, plotter.XY{X: x, Y: y})
	}
	return line, nil
}
