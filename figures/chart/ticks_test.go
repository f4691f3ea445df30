package chart

import "testing"

func TestNumbersOnTicks(t *testing.T) {
	for _, n := range []struct {
		v, step float64
		want    string
	}{
		{-0.25, 0.05, "−0.25"}, {0.5, 0.5, "0.5"}, {3, 1, "3"}, {10_000, 5000, "10,000"}, {-2_500_000, 500_000, "−2,500,000"},
		{1e-17, 0.1, "0.0"}, {3e-7, 1e-7, "3×10⁻⁷"}, {1.02e15, 2e13, "1.02×10¹⁵"}, {0, 2e13, "0"}, {0, 1e-9, "0"}, {-1e99, 5e98, "−1.0×10⁹⁹"},
	} {
		if got := Number(n.v, n.step); got != n.want {
			t.Errorf("%v in steps of %v is %q, want %q", n.v, n.step, got, n.want)
		}
	}
}

func TestTicks(t *testing.T) {
	for _, r := range [][2]float64{{0, 1}, {-3, 3}, {0, 0.03}, {-1e99, 1e99}, {1e15, 1e15 + 1}, {5, 5.0001}, {0, 1e-90}} {
		ticks := Ticks(r[0], r[1], 6, 0)
		if len(ticks) < 3 || len(ticks) > 13 {
			t.Errorf("%v has %d ticks", r, len(ticks))
		}
		for _, tick := range ticks {
			if margin := 1e-6 * (r[1] - r[0]); tick.Value < r[0]-margin || tick.Value > r[1]+margin {
				t.Errorf("%v has a tick at %v", r, tick.Value)
			}
		}
	}
	if ticks := Ticks(1, 1, 6, 0); ticks != nil {
		t.Errorf("no range has ticks %v", ticks)
	}
}
