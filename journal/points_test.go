package journal

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// TestPoints packs and unpacks any points, bit for bit, and notices any flipped bit.
func TestPoints(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		points := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) point {
			return point{rapid.Int64().Draw(t, "step"), rapid.Int64().Draw(t, "at"), math.Float64frombits(rapid.Uint64().Draw(t, "value"))}
		}), 0, 40).Draw(t, "points")
		b := encodePoints(points)
		i := 0
		err := decodePoints(b, len(points), func(p point) {
			if p.step != points[i].step || p.at != points[i].at || math.Float64bits(p.value) != math.Float64bits(points[i].value) {
				t.Fatalf("point %d: %v, want %v", i, p, points[i])
			}
			i++
		})
		if err != nil || i != len(points) {
			t.Fatalf("%d of %d points, %v", i, len(points), err)
		}
		bit := rapid.IntRange(0, len(b)*8-1).Draw(t, "bit")
		b[bit/8] ^= 1 << (bit % 8)
		if err := decodePoints(b, len(points), func(point) {}); !errors.Is(err, ErrCorrupt) {
			t.Fatalf("bit %d flipped: %v", bit, err)
		}
	})
}

// TestSummary sums up a series and demands what a plain loop finds.
func TestSummary(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		values           []float64
		last, low, high  float64
		lowAt, highAt, n int
	}{
		{[]float64{3, 1, 2}, 2, 1, 3, 1, 0, 0},
		{[]float64{nan, 5, nan}, nan, 5, 5, 1, 1, 2},
		{[]float64{nan}, nan, nan, nan, 0, 0, 1},
		{[]float64{1, math.Inf(1), 1}, 1, 1, 1, 0, 0, 1},
		{[]float64{math.Inf(-1), 2, 1}, 1, 1, 2, 2, 1, 1},
		{[]float64{math.Inf(-1), math.Inf(1)}, math.Inf(1), nan, nan, 0, 0, 2},
	} {
		var s Summary
		for i, v := range c.values {
			s.add(point{step: int64(i), value: v})
		}
		same := func(a, b float64) bool { return a == b || a != a && b != b }
		if !same(s.Last, c.last) || !same(s.Min, c.low) || !same(s.Max, c.high) || s.MinStep != c.lowAt || s.MaxStep != c.highAt || s.NotFinite != c.n {
			t.Errorf("%v: %+v", c.values, s)
		}
	}
	for name, want := range map[string]Better{"loss": Lower, "val/acc": Higher, "accuracy": Higher, "test_acc": Higher, "bpd": Lower, "nll": Lower,
		"log_prob_error": Lower, "reward": Higher, "f1": Higher, "negative_log_likelihood": Lower, "log_likelihood": Higher, "log_p": Higher, "psnr": Higher,
		"lr": None, "learning_rate": None, "optim/lr": None, "grad_norm": None, "gradNorm": None, "test_bpd_stderr": None, "epoch": None, "seconds": None,
		"learning_rate_2": None, "acc1": Higher, "top5Accuracy": Higher, "grad_loss": Lower, "normalized_loss": Lower, "valLoss": Lower, "x": Lower, "é": Lower, "": Lower} {
		if got := DefaultBetter(name); got != want {
			t.Errorf("DefaultBetter(%q) = %v", name, got)
		}
	}
}
