package journal

import (
	"context"
	"math"
	"testing"
)

// TestOutline has a metric of more points than a picture shows: its outline is short, and has every spike, what is not finite, the first point
// and the last. One that is short is as it was logged.
func TestOutline(t *testing.T) {
	j := openTemp(t)
	ctx := context.Background()
	run, err := j.Begin(ctx, "long", nil)
	if err != nil {
		t.Fatal(err)
	}
	const n = 4*outlinePoints + 12345
	for step := range n {
		v := math.Sin(float64(step) / 1e5)
		switch step {
		case 123456:
			v = 50
		case 654321:
			v = -60
		case 777777:
			v = math.NaN()
		}
		m := Metrics{"loss": v}
		if step < 10 {
			m["short"] = v
		}
		if err := run.Log(step, m); err != nil {
			t.Fatal(err)
		}
	}
	if err := run.Finish(nil); err != nil {
		t.Fatal(err)
	}
	s, err := j.Outline(ctx, run.ID, "loss")
	if err != nil {
		t.Fatal(err)
	}
	if s.Len() > outlinePoints+10000 || s.Len() < outlinePoints/4 || s.Steps[0] != 0 || s.Steps[s.Len()-1] != n-1 {
		t.Errorf("%d points, steps %d to %d", s.Len(), s.Steps[0], s.Steps[s.Len()-1])
	}
	found := map[int]float64{}
	for i, step := range s.Steps {
		if i > 0 && step <= s.Steps[i-1] {
			t.Fatalf("step %d after %d", step, s.Steps[i-1])
		}
		found[step] = s.Values[i]
	}
	if v, ok := found[777777]; found[123456] != 50 || found[654321] != -60 || !ok || !math.IsNaN(v) {
		t.Errorf("of the spikes there are %v, %v, %v", found[123456], found[654321], v)
	}
	if s, err := j.Outline(ctx, run.ID, "short"); err != nil || s.Len() != 10 {
		t.Errorf("%d points, %v", s.Len(), err)
	}
	if _, err := j.Outline(ctx, run.ID, "none"); err == nil {
		t.Error("a metric that is not there has an outline")
	}
}
