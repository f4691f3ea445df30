package figures

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
)

// Series is one curve: a metric of one run, one value a step.
type Series struct {
	Name string

	// X is the step of each value, in increasing order; nil means 1, 2, 3, ….
	X []float64

	// Y is the values. One that is not finite breaks the line.
	Y []float64
}

// Reference is something to measure the curves against, drawn dashed: a level
// (one value in Y and no X), or a curve with a value an epoch.
type Reference struct {
	Name string
	X, Y []float64
}

// Level is the reference of one number, such as a published result.
func Level(name string, value float64) Reference {
	return Reference{Name: name, Y: []float64{value}}
}

// CurveOptions says how LossCurves draws its curves.
type CurveOptions struct {
	Title string
	X     string // label of the x axis; "" means "step"
	Y     string // label of the y axis with its unit, such as "loss (nats)"; "" means "loss"

	// Smooth is the weight of the past in the moving average that is drawn over the
	// faint raw curve: 0 (none) up to, but not, 1. At 0.9 a value's influence halves
	// about every 7 steps. A run of fewer than 20 points is drawn as it is: there an
	// average would still be of its start.
	Smooth float64

	// References are drawn dashed over the curves.
	References []Reference
}

// LossCurves draws the metric of one or more runs against its step, each smoothed
// over its raw values, with dashed references. A few values far above or below
// all others (a first step, a spike) do not squeeze the rest: the axis and the
// average leave them out and the note says so.
//
// A million points are drawn by the least and greatest value of each pixel
// column, so that no spike is lost.
func LossCurves(runs []Series, opt CurveOptions) (*Figure, error) {
	if !(opt.Smooth >= 0 && opt.Smooth < 1) {
		return nil, fmt.Errorf("figures: loss curves: Smooth is %v: it must be at least 0 and less than 1", opt.Smooth)
	}
	const most, told = 200, 24 // runs; as many as lineOf tells apart
	const fewest = 20          // points to smooth
	if len(runs) > most {
		return nil, fmt.Errorf("figures: loss curves: %s runs: at most %d can be seen in one figure", count(len(runs)), most)
	}
	f := newFigure("loss-curves", 700, 340, opt.Title, or(opt.X, "step"), or(opt.Y, "loss"))
	curves := make([][]plotter.XYs, len(runs))
	var heights []float64
	all, dropped := 0, 0
	for i, run := range runs {
		pieces, lost, err := linePieces(run.Name, run.X, run.Y)
		if err != nil {
			return nil, err
		}
		curves[i], all, dropped = pieces, all+len(run.Y), dropped+lost
		for _, p := range pieces {
			heights = append(heights, ys(p)...)
		}
	}
	if err := noneLeft("loss curves", "values", all-dropped, all); err != nil {
		return nil, err
	}
	lo, hi, hidden := bulk(heights)
	budget := 6000 / len(runs)
	for i, pieces := range curves {
		style := lineOf(i)
		if opt.Smooth > 0 && len(runs[i].Y) >= fewest {
			raw := style
			raw.Color, raw.Width, raw.Dashes = fade(cycle[i%len(cycle)], 0.25), Px, nil
			addLines(f.Plot, pieces, raw, budget/2)
			pieces = smooth(pieces, opt.Smooth, lo, hi)
		}
		if line := addLines(f.Plot, pieces, style, budget); line != nil && i < told {
			f.addKey(runs[i].Name, line)
		}
	}
	lo, hi, err := addReferences(f, opt.References, lo, hi)
	if err != nil {
		return nil, err
	}
	f.Y.Min, f.Y.Max = widen(lo, hi, 0.05)
	f.X.Min, f.X.Max = widen(f.X.Min, f.X.Max, 0)
	f.Note = notes(leftOut(dropped, all, "values"), outsideNote(hidden, heights))
	if len(runs) > told {
		f.Note = notes(f.Note, fmt.Sprintf("The key names %d of %d runs.", told, len(runs)))
	}
	return f, nil
}

// addReferences draws the references dashed and returns the range widened to
// show them.
func addReferences(f *Figure, refs []Reference, lo, hi float64) (float64, float64, error) {
	for i, ref := range refs {
		if len(ref.Y) == 1 && len(ref.X) == 0 {
			if !finite(ref.Y[0]) {
				return 0, 0, fmt.Errorf("figures: reference %q is %v: it must be a finite number", ref.Name, ref.Y[0])
			}
			ref.X, ref.Y = []float64{f.X.Min, f.X.Max}, []float64{ref.Y[0], ref.Y[0]}
		}
		pieces, lost, err := linePieces(ref.Name, ref.X, ref.Y)
		if err != nil {
			return 0, 0, err
		}
		if err := noneLeft(fmt.Sprintf("reference %q", ref.Name), "values", len(ref.Y)-lost, len(ref.Y)); err != nil {
			return 0, 0, err
		}
		style := dashed(Ink)
		style.Dashes = dashes[1+i%(len(dashes)-1)]
		line := addLines(f.Plot, pieces, style, 1000)
		f.addKey(ref.Name, line)
		for _, p := range pieces {
			l, h := extent(ys(p))
			lo, hi = min(lo, l), max(hi, h)
		}
	}
	return lo, hi, nil
}

// addLines adds the pieces of one curve and returns a line for the legend; nil
// when there is nothing to draw. Gaps too many to be seen are drawn over.
func addLines(p *plot.Plot, pieces []plotter.XYs, style lineStyle, budget int) *plotter.Line {
	var last *plotter.Line
	if len(pieces) > max(8, budget/4) { // too many gaps to see any
		pieces = []plotter.XYs{slices.Concat(pieces...)}
	}
	for _, piece := range pieces {
		if x0, x1, y0, y1 := plotter.XYRange(piece); x0 == x1 && y0 == y1 { // a line of one point is invisible
			p.Add(&plotter.Scatter{XYs: piece[:1], GlyphStyle: dot(style.Color, 2.5)})
		}
		last = &plotter.Line{XYs: thin(piece, max(2, budget/len(pieces))), LineStyle: style}
		p.Add(last)
	}
	return last
}

// linePieces pairs x and y and cuts the curve where a value is not finite.
func linePieces(name string, x, y []float64) (pieces []plotter.XYs, dropped int, err error) {
	if x != nil && len(x) != len(y) {
		return nil, 0, fmt.Errorf("figures: curve %q has %d x values and %d y values: there must be as many", name, len(x), len(y))
	}
	var piece plotter.XYs
	for i, v := range y {
		at := float64(i + 1)
		if x != nil {
			at = x[i]
		}
		if finite(v) && finite(at) {
			piece = append(piece, plotter.XY{X: at, Y: v})
			continue
		}
		dropped++
		if piece != nil {
			pieces, piece = append(pieces, piece), nil
		}
	}
	if piece != nil {
		pieces = append(pieces, piece)
	}
	return pieces, dropped, nil
}

// smooth replaces each value by the exponential moving average of it and those
// before it, corrected for the start: Σ wᵏ·y₋ₖ / Σ wᵏ. It runs on across gaps;
// values outside [lo, hi], which the axis leaves out, do not enter it.
func smooth(pieces []plotter.XYs, weight, lo, hi float64) []plotter.XYs {
	var smoothed []plotter.XYs
	sum, norm := 0.0, 0.0
	for _, piece := range pieces {
		var line plotter.XYs
		for _, p := range piece {
			if p.Y >= lo && p.Y <= hi {
				sum, norm = weight*sum+p.Y, weight*norm+1
				line = append(line, plotter.XY{X: p.X, Y: sum / norm})
			}
		}
		if line != nil {
			smoothed = append(smoothed, line)
		}
	}
	return smoothed
}

func ys(piece plotter.XYs) []float64 {
	y := make([]float64, len(piece))
	for i, p := range piece {
		y[i] = p.Y
	}
	return y
}

func outsideNote(hidden int, heights []float64) string {
	if hidden == 0 {
		return ""
	}
	lo, hi := extent(heights)
	return fmt.Sprintf("%s of %s values lie outside the axis (least %.4g, greatest %.4g).",
		count(hidden), count(len(heights)), math.Round(lo*1e4)/1e4, math.Round(hi*1e4)/1e4)
}
