package chart

import "math"

// A Scale is how an axis places numbers.
type Scale int

// The scales of an axis.
const (
	Linear Scale = iota
	Log          // of powers of ten; what is not positive has no place
)

// An axis places numbers from its low end, at 0, to its high end, at 1.
type axis struct {
	scale     Scale
	low, high float64 // of a logarithmic axis, the exponents of ten
}

// newAxis is an axis over the finite values that have a place on it; ok is false where there are none.
func newAxis(scale Scale, values func(yield func(float64) bool)) (a axis, ok bool) {
	a = axis{scale: scale, low: math.Inf(1), high: math.Inf(-1)}
	for v := range values {
		if v, ok := a.number(v); ok {
			a.low, a.high = min(a.low, v), max(a.high, v)
		}
	}
	if a.low > a.high {
		return axis{scale: scale, high: 1}, false
	}
	if a.low == a.high {
		d := max(math.Abs(a.low)*0.05, 1e-12)
		a.low, a.high = a.low-d, a.high+d
	}
	return a, true
}

// widened is the axis with a margin of the given share of it at each end.
func (a axis) widened(share float64) axis {
	if margin := (a.high/2 - a.low/2) * 2 * share; !math.IsInf(a.low-margin, 0) && !math.IsInf(a.high+margin, 0) {
		a.low, a.high = a.low-margin, a.high+margin
	}
	return a
}

// number is a value in the axis's own unit; ok is false for one that has no place.
func (a axis) number(v float64) (n float64, ok bool) {
	if a.scale == Log {
		v = math.Log10(v)
	}
	return v, !math.IsNaN(v) && !math.IsInf(v, 0)
}

func (a axis) has(v float64) bool { _, ok := a.number(v); return ok }

// at is the place of a value.
func (a axis) at(v float64) float64 {
	n, _ := a.number(v)
	return a.place(n)
}

// place is where a number in the axis's own unit is; halves keep the difference of huge ones finite.
func (a axis) place(n float64) float64 { return (n/2 - a.low/2) / (a.high/2 - a.low/2) }

// A mark is something written on an axis.
type mark struct {
	at   float64
	text string
}

// marks are about so many round numbers; those of a logarithmic axis that is long enough are whole powers of ten.
func (a axis) marks(about int) []mark {
	least := 0.0
	if a.scale == Log && a.high-a.low >= 1 {
		least = 1
	}
	var all []mark
	for _, t := range Ticks(a.low, a.high, about, least) {
		text := t.Label
		if v := math.Pow(10, t.Value); a.scale == Log && t.Value == math.Trunc(t.Value) {
			text = Number(v, v)
		} else if a.scale == Log {
			text = Number(v, v/100)
		}
		all = append(all, mark{a.place(t.Value), text})
	}
	return all
}
