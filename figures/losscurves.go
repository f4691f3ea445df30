package figures

import (
	"fmt"
	"math"

	"flowbook/figures/chart"
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
	curves := make([]chart.Curve, len(runs))
	var heights []float64
	all, dropped := 0, 0
	for i, run := range runs {
		c, err := newCurve(run.Name, run.X, run.Y)
		if err != nil {
			return nil, err
		}
		drawn := finiteOf(c.Y)
		curves[i], heights, all, dropped = c, append(heights, drawn...), all+len(run.Y), dropped+len(run.Y)-len(drawn)
	}
	if err := noneLeft("loss curves", "values", all-dropped, all); err != nil {
		return nil, err
	}
	lo, hi, hidden := bulk(heights)
	frame := span(curves, 1500/len(runs))
	for i, c := range curves {
		style := lineOf(i)
		if opt.Smooth > 0 && len(c.Y) >= fewest {
			raw := style
			raw.Color, raw.Width, raw.Dashes = fade(cycle[i%len(cycle)], 0.25), Px, nil
			frame.add(f.Plot, c, raw)
			c = c.Smoothed(opt.Smooth, lo, hi)
		}
		if line := frame.add(f.Plot, c, style); line != nil && i < told {
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
		c, err := newCurve(ref.Name, ref.X, ref.Y)
		if err != nil {
			return 0, 0, err
		}
		drawn := finiteOf(c.Y)
		if err := noneLeft(fmt.Sprintf("reference %q", ref.Name), "values", len(drawn), len(c.Y)); err != nil {
			return 0, 0, err
		}
		f.addKey(ref.Name, span([]chart.Curve{c}, 250).add(f.Plot, c, dashedLike(i)))
		l, h := extent(drawn)
		lo, hi = min(lo, l), max(hi, h)
	}
	return lo, hi, nil
}

func outsideNote(hidden int, heights []float64) string {
	if hidden == 0 {
		return ""
	}
	lo, hi := extent(heights)
	return fmt.Sprintf("%s of %s values lie outside the axis (least %.4g, greatest %.4g).",
		count(hidden), count(len(heights)), math.Round(lo*1e4)/1e4, math.Round(hi*1e4)/1e4)
}
