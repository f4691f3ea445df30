package figures

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Score is one number to compare with others, such as a model's bits/dim.
type Score struct {
	Name  string
	Value float64
	Error float64 // standard error, drawn as ± one; 0 draws none
}

// ScoreOptions says how Scores draws.
type ScoreOptions struct {
	Title      string
	X          string // what is scored, with its unit, such as "bits/dim"; "" means "score"
	References []Score
}

// Scores draws numbers as dots on a common axis, one a row, first on top, with
// their standard errors, and references as dashed vertical lines: results of
// ours beside published ones. A dot, unlike a bar, needs no zero, so small
// differences are seen. A value that is not finite leaves its row empty, and the
// row says so.
func Scores(scores []Score, opt ScoreOptions) (*Figure, error) {
	const most = 60
	if len(scores) > most {
		return nil, fmt.Errorf("figures: scores: %s scores: at most %d fit in a figure", count(len(scores)), most)
	}
	var ends []float64
	finiteScores := 0
	for _, s := range append(append([]Score{}, scores...), opt.References...) {
		if !finite(s.Value) {
			continue
		}
		if !(s.Error >= 0) || !finite(s.Error) {
			return nil, fmt.Errorf("figures: scores: the standard error of %q is %v: it must be finite and not negative", s.Name, s.Error)
		}
		ends = append(ends, s.Value-s.Error, s.Value+s.Error)
	}
	for _, s := range scores {
		if finite(s.Value) {
			finiteScores++
		}
	}
	if err := noneLeft("scores", "scores", finiteScores, len(scores)); err != nil {
		return nil, err
	}
	f := newFigure("scores", 700, 96+26*float64(len(scores)), opt.Title, or(opt.X, "score"), "")
	if opt.Title != "" {
		f.Height += 24 * Px
	}
	lo, hi := extent(ends)
	f.X.Min, f.X.Max = widen(lo, hi, 0.08)
	f.X.Max += 0.12 * (f.X.Max - f.X.Min) // room for the number beside the last dot
	names := make([]string, len(scores))
	for i, s := range scores {
		names[i] = s.Name
	}
	f.rows(names)
	for i, r := range opt.References {
		if !finite(r.Value) {
			return nil, fmt.Errorf("figures: scores: reference %q is %v: it must be a finite number", r.Name, r.Value)
		}
		line := f.vertical(r.Value, i)
		f.addKey(r.Name+" "+significant(r.Value, 0), line)
	}
	if len(f.keys) > 0 {
		f.Height += 22 * Px
	}
	f.Add(scoreDots(scores))
	return f, nil
}

// scoreDots draws the dots, whiskers and numbers.
type scoreDots []Score

// Plot implements plot.Plotter.
func (s scoreDots) Plot(c draw.Canvas, p *plot.Plot) {
	tx, ty := p.Transforms(&c)
	whisker := draw.LineStyle{Color: Blue, Width: 1.6 * Px}
	for i, score := range s {
		y := ty(float64(len(s) - 1 - i))
		if !finite(score.Value) {
			c.FillText(textStyle(11.5, Ink), vg.Point{X: c.Min.X + 8*Px, Y: y - 4*Px}, "not finite")
			continue
		}
		label := significant(score.Value, score.Error)
		if score.Error > 0 {
			label += " ± " + significant(score.Error, score.Error)
			c.StrokeLine2(whisker, tx(score.Value-score.Error), y, tx(score.Value+score.Error), y)
		}
		c.DrawGlyphNoClip(dot(Blue, 4), vg.Point{X: tx(score.Value), Y: y})
		sty := textStyle(11.5, Ink)
		at := vg.Point{X: tx(score.Value+score.Error) + 8*Px, Y: y - 4*Px}
		c.FillText(sty, at, label)
	}
}

// significant writes v to the second digit of its error, or to four digits.
func significant(v, err float64) string {
	s := strconv.FormatFloat(v, 'g', 4, 64)
	if err > 0 && finite(math.Log10(err)) {
		if decimals := 1 - int(math.Floor(math.Log10(err))); decimals >= 0 && decimals <= 12 {
			s = strconv.FormatFloat(v, 'f', decimals, 64)
		}
	}
	return strings.ReplaceAll(s, "-", "−")
}

// shorten cuts a text to so many characters.
func shorten(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}
