package doctor

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sort"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/stat"

	"flowbook/realnvp/bijector"
)

// base is the log-density of the latent.
func (e *exam) base(z *Node) *Node {
	if e.opts.Base != nil {
		return e.opts.Base(z)
	}
	return bijector.StandardNormal(z)
}

// checkBase compares Options.Base with the log-density of N(0, I) at draws from it. Their difference is a constant
// where a constant was forgotten; in any case exp(base − N) must average to 1, or the base is no density.
func (e *exam) checkBase() []Check {
	line := Check{Name: CheckBase, Verdict: Skipped, Value: none, Limit: 1e-3}
	if e.opts.Base == nil {
		line.Detail = "no Options.Base given; N(0, I) by bijector.StandardNormal"
		return []Check{line}
	}
	const draws = 256
	rng := rand.New(rand.NewPCG(2, 2))
	z := make([]float64, draws*e.size)
	for i := range z {
		z[i] = rng.NormFloat64()
	}
	s, _ := e.bestSide()
	diffs := e.compile(s.store, func(_ *model.Scope, in []*Node) []*Node {
		return []*Node{Sub(e.opts.Base(in[0]), bijector.StandardNormal(in[0]))}
	}).call(s.batchOf(z, e.latent))[0]
	center := stat.Mean(diffs, nil)
	spread := 0.0
	for _, d := range diffs {
		spread = math.Max(spread, math.Abs(d-center))
	}
	perDim := center / float64(e.size)
	line.Value = math.Abs(perDim)
	switch {
	case spread <= 1e-5*float64(e.size) && line.Value <= line.Limit:
		line.Verdict, line.Detail = OK, "log-density of N(0, I), nats per dimension off"
	case spread <= 1e-5*float64(e.size):
		line.Verdict = Fail
		line.Detail = fmt.Sprintf("off that of N(0, I) by %+.4f nats in each dimension, everywhere", perDim)
		if math.Abs(perDim-0.5*math.Log(2*math.Pi)) < 1e-3 {
			line.Detail += ": ½·log 2π is missing"
		}
		line.Remedy = "log N(z; 0, I) = −½·|z|² − (D/2)·log 2π"
	default:
		line.Detail = "the base is not N(0, I); whether it integrates to 1 is not measured"
	}
	return []Check{line}
}

// checkIntegral adds up the density on a grid of the box that holds the data and the decoded latent ball |z| ≤ 5.
// It does so on a grid of half the points too, and says nothing where the two differ.
func (e *exam) checkIntegral() []Check {
	line := Check{Name: CheckIntegral, Verdict: Skipped, Value: none, Limit: 1e-2}
	if e.size > 2 {
		line.Detail = "for flows of one or two dimensions"
		return []Check{line}
	}
	lo, hi := e.box()
	const points = 512 // a side; even, so that every second point is a grid too
	s, _ := e.bestSide()
	run := e.compile(s.store, func(_ *model.Scope, in []*Node) []*Node {
		z, logDet := e.flow.Forward(e.context(s.store, in[0]), in[0])
		return []*Node{Exp(Add(e.base(z), logDet))}
	})
	var fine, coarse float64
	step := make([]float64, e.size)
	for d := range step {
		step[d] = (hi[d] - lo[d]) / points
	}
	lines := 1
	if e.size == 2 {
		lines = 64 // grid lines a call
	}
	for first := 0; first < points; first += lines {
		grid := make([]float64, 0, lines*points*e.size)
		for row := first; row < first+lines; row++ {
			for col := range points {
				grid = append(grid, lo[0]+(float64(col)+0.5)*step[0])
				if e.size == 2 {
					grid = append(grid, lo[1]+(float64(row)+0.5)*step[1])
				}
			}
		}
		for i, p := range run.call(s.batchOf(grid, e.dims))[0] {
			fine += p
			if i%2 == 0 && (e.size == 1 || (i/points)%2 == 0) {
				coarse += p
			}
		}
		if e.size == 1 {
			break
		}
	}
	cell := step[0]
	share := 2.0
	if e.size == 2 {
		cell, share = cell*step[1], 4
	}
	fine, coarse = fine*cell, coarse*cell*share
	line.Value = math.Abs(fine - 1)
	line.Detail = fmt.Sprintf("∫p = %.5f on %d points a side", fine, points)
	switch {
	case !isFinite(fine):
		line.Verdict, line.Remedy = Fail, "the density is not finite somewhere near the data; see the check of finiteness"
	case math.Abs(fine-coarse) > line.Limit/2:
		line.Detail = fmt.Sprintf("the density is too uneven for a grid: ∫p = %.4f on %d points a side, %.4f on half of them", fine, points, coarse)
	case line.Value > line.Limit:
		line.Verdict, line.Remedy = Fail, "a log-determinant or a constant of the base density is missing, or the flow does not invert"
	default:
		line.Verdict = OK
	}
	return []Check{line}
}

// box bounds the data and what the latents of |z| ≤ 5 decode to.
func (e *exam) box() (lo, hi []float64) {
	points := slices.Clone(e.values)
	const spiral = 1024
	for first := 0; first < spiral; first += e.n {
		ball := make([]float64, e.n*e.size)
		for i := range e.n {
			k := float64(first + i)
			r := 5 * math.Min(1, k/spiral)
			ball[i*e.size] = r * math.Cos(2.4*k) // 2.4 is the golden angle: an even spiral
			if e.size == 2 {
				ball[i*e.size+1] = r * math.Sin(2.4*k)
			}
		}
		_, decoded := e.wholeBack(e.own, e.seen, ball)
		points = append(points, decoded...)
	}
	lo, hi = make([]float64, e.size), make([]float64, e.size)
	for d := range e.size {
		var column []float64
		for i := d; i < len(points); i += e.size {
			if isFinite(points[i]) {
				column = append(column, points[i])
			}
		}
		sort.Float64s(column)
		margin := 0.02 * (column[len(column)-1] - column[0])
		lo[d], hi[d] = column[0]-margin, column[len(column)-1]+margin
	}
	return lo, hi
}
