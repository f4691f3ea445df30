package record

import (
	"math"
	"testing"
)

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
			s.Add(Point{Step: int64(i), Value: v})
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
