package figures

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// beyond is the size from which a number is treated as not finite: no picture
// can show it beside others, and differences of such numbers overflow.
const beyond = 1e100

func finite(x float64) bool { return math.Abs(x) <= beyond } // false for NaN

// finiteValues returns the finite values of xs and how many were left out. It
// fails when none is left; what names them in the error.
func finiteValues(what string, xs []float64) (kept []float64, dropped int, err error) {
	kept = make([]float64, 0, len(xs))
	for _, x := range xs {
		if finite(x) {
			kept = append(kept, x)
		}
	}
	return kept, len(xs) - len(kept), noneLeft(what, "values", len(kept), len(xs))
}

// finitePoints is finiteValues for points of the plane.
func finitePoints(what string, ps [][2]float64) (kept [][2]float64, dropped int, err error) {
	kept = make([][2]float64, 0, len(ps))
	for _, p := range ps {
		if finite(p[0]) && finite(p[1]) {
			kept = append(kept, p)
		}
	}
	return kept, len(ps) - len(kept), noneLeft(what, "points", len(kept), len(ps))
}

func noneLeft(what, of string, kept, all int) error {
	switch {
	case all == 0:
		return fmt.Errorf("figures: %s: no %s to draw", what, of)
	case kept == 0:
		return fmt.Errorf("figures: %s: all %s %s are NaN, infinite or beyond ±1e100: nothing to draw", what, count(all), of)
	}
	return nil
}

// leftOut is the note for values that were not drawn; empty when there are none.
func leftOut(dropped, all int, of string) string {
	if dropped == 0 {
		return ""
	}
	return fmt.Sprintf("%s of %s %s are not finite and are not drawn.", count(dropped), count(all), of)
}

// notes joins the notes that are not empty.
func notes(parts ...string) string {
	kept := parts[:0:0]
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, " ")
}

// extent is the range of xs, which must not be empty.
func extent(xs []float64) (lo, hi float64) {
	lo, hi = xs[0], xs[0]
	for _, x := range xs {
		lo, hi = min(lo, x), max(hi, x)
	}
	return lo, hi
}

// widen returns a range around [lo, hi] with a margin of the given share of it;
// a single value gets a fifth of its own size around it.
func widen(lo, hi, margin float64) (float64, float64) {
	if hi-lo <= 1e-9*max(math.Abs(lo), math.Abs(hi), 1/beyond) {
		half := max(math.Abs(lo)/10, 1e-3)
		if lo == 0 {
			half = 1
		}
		return lo - half, hi + half
	}
	pad := margin * (hi - lo)
	return lo - pad, hi + pad
}

// quantile is the value below which the share p of the values lies, p in [0, 1].
func quantile(values []float64, p float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[int(p*float64(len(sorted)-1)+0.5)]
}
