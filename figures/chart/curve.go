package chart

import (
	"iter"
	"math"
)

// A Curve is the values Y over X, such as a metric over steps: of equal lengths (the rest of a longer one is left out), X in increasing order.
// What is not finite in Y breaks the line.
type Curve struct {
	Name string
	X, Y []float64
}

// trimmed is the curve with slices of equal lengths.
func (c Curve) trimmed() Curve {
	n := min(len(c.X), len(c.Y))
	return Curve{c.Name, c.X[:n], c.Y[:n]}
}

// columns visits the points in runs [from, to) of neighbours that lie in the same of n columns between x0 and x1 and that has accepts.
func (c Curve) columns(x0, x1 float64, n int, has func(y float64) bool) iter.Seq2[int, int] {
	column := func(i int) int { return int((c.X[i] - x0) / (x1 - x0) * float64(n)) }
	return func(yield func(from, to int) bool) {
		for i := 0; i < len(c.Y); {
			from := i
			if i++; !has(c.Y[from]) {
				continue
			}
			for at := column(from); i < len(c.Y) && column(i) == at && has(c.Y[i]); {
				i++
			}
			if !yield(from, i) {
				return
			}
		}
	}
}

// extremes are the indices of the first, least, greatest and last of the points [from, to), in order, each once.
func (c Curve) extremes(from, to int) []int {
	least, greatest := from, from
	for i := from + 1; i < to; i++ {
		if c.Y[i] < c.Y[least] {
			least = i
		}
		if c.Y[i] > c.Y[greatest] {
			greatest = i
		}
	}
	keep := make([]int, 0, 4)
	for _, i := range [4]int{from, min(least, greatest), max(least, greatest), to - 1} {
		if len(keep) == 0 || keep[len(keep)-1] != i {
			keep = append(keep, i)
		}
	}
	return keep
}

// Pieces are the unbroken pieces of the curve, each as points x, y: of each of n columns between x0 and x1 the first, least, greatest and last,
// so that no spike is lost. has tells which values have a place in the picture; the others break the curve, unless there are more breaks than
// columns, which nobody would see.
func (c Curve) Pieces(x0, x1 float64, n int, has func(y float64) bool) [][][2]float64 {
	c = c.trimmed().seamless(x0, x1, n, has)
	var pieces [][][2]float64
	end := -1
	for from, to := range c.columns(x0, x1, n, has) {
		if from != end {
			pieces = append(pieces, nil)
		}
		last := &pieces[len(pieces)-1]
		for _, i := range c.extremes(from, to) {
			*last = append(*last, [2]float64{c.X[i], c.Y[i]})
		}
		end = to
	}
	return pieces
}

// seamless is the curve, without its breaks where there are more than n.
func (c Curve) seamless(x0, x1 float64, n int, has func(y float64) bool) Curve {
	breaks, end := 0, 0
	for from, to := range c.columns(x0, x1, n, has) {
		if from != end {
			breaks++
		}
		end = to
	}
	if breaks <= n {
		return c
	}
	whole := Curve{Name: c.Name}
	for i, y := range c.Y {
		if has(y) {
			whole.X, whole.Y = append(whole.X, c.X[i]), append(whole.Y, y)
		}
	}
	return whole
}

// Smoothed replaces each value by the exponential moving average of it and those before it, corrected for the start: Σ wᵏ·y₋ₖ / Σ wᵏ, w being
// the weight of the past, at least 0 and less than 1. It runs on across gaps. Values outside of [low, high] do not enter it, and are left out.
func (c Curve) Smoothed(weight, low, high float64) Curve {
	c = c.trimmed()
	s := Curve{Name: c.Name}
	sum, norm := 0.0, 0.0
	for i, y := range c.Y {
		switch {
		case math.IsNaN(y) || math.IsInf(y, 0): // stays a gap
		case y < low || y > high:
			continue
		default:
			sum, norm = weight*sum+y, weight*norm+1
			y = sum / norm
		}
		s.X, s.Y = append(s.X, c.X[i]), append(s.Y, y)
	}
	return s
}
