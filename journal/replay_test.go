package journal

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"flowbook/journal/provenance"
	"flowbook/journal/record"
)

// TestReplay replays a run that comes out identical, and one that does not.
func TestReplay(t *testing.T) { testReplay(t) }

func testReplay(t *testing.T) {
	ctx := context.Background()
	j := openTemp(t)
	old, err := Execute(ctx, j, "descend", []string{"start=64", "seed=1152921504606846977"})
	must(t, err)
	same, err := Replay(ctx, j, old.ID)
	must(t, err)
	if !same.Identical || same.Points != 6 || same.Artifacts != 4 || same.Code != provenance.Same || !strings.Contains(same.String(), "identical") {
		t.Errorf("%s", same)
	}
	if r := same.Replay; r.ReplayOf != old.ID || *r.Seed != 1152921504606846977 || string(r.Config) != string(old.Config) {
		t.Errorf("replay of %s, seed %d, config %s", r.ReplayOf, *r.Seed, r.Config)
	}
	noise = 0x1p-50 // too small for the steps before the value falls below 8
	defer func() { noise = 0 }()
	other, err := Replay(ctx, j, old.ID)
	must(t, err)
	first, ok := other.First()
	if other.Identical || !ok || first.Metric != "x" || first.Step != 3 || first.Original != 4 || first.Replay != 4+0x1p-50 || first.Differ != 3 {
		t.Errorf("%s\nfirst %+v", other, first)
	}
	if len(other.Files) != 1 || other.Files[0].Kind != record.KindFigure || !strings.Contains(other.String(), "different: first at step 3: x is 4, in the replay 4.00") {
		t.Errorf("%s", other)
	}
}

// TestReplayRefuses asks for replays that cannot be.
func TestReplayRefuses(t *testing.T) {
	ctx := context.Background()
	j := openTemp(t)
	run, err := j.Begin(ctx, "by hand", nil)
	must(t, err)
	if _, err := Replay(ctx, j, run.ID); !errors.Is(err, ErrRunning) {
		t.Errorf("a running run: %v", err)
	}
	must(t, run.Finish(nil))
	if _, err := Replay(ctx, j, run.ID); !errors.Is(err, ErrNotFound) || !strings.Contains(err.Error(), "by hand") {
		t.Errorf("an experiment that is not registered: %v", err)
	}
	run, err = j.Begin(ctx, "descend", map[string]int{"old_name": 3})
	must(t, err)
	must(t, run.Finish(nil))
	if _, err := Replay(ctx, j, run.ID); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), "old_name") {
		t.Errorf("a config that does not fit: %v", err)
	}
}

// TestReplayBits compares values that print the same but are not.
func TestReplayBits(t *testing.T) {
	nan := math.Float64frombits(math.Float64bits(math.NaN()) ^ 1)
	s := func(values ...float64) Series {
		r := Series{Metric: "m"}
		for i, v := range values {
			r.Add(record.Point{Step: int64(i), Value: v})
		}
		return r
	}
	for _, c := range []struct {
		a, b         Series
		differ, step int
	}{
		{s(1, math.NaN(), 3), s(1, math.NaN(), 3), 0, 0},
		{s(1, math.NaN()), s(1, nan), 1, 1},
		{s(0), s(math.Copysign(0, -1)), 1, 0},
		{s(1, 2, 3), s(1, 2), 1, 2},
		{s(), s(5, 6), 2, 0},
	} {
		if d, _ := diffSeries("m", c.a, c.b); d.Differ != c.differ || d.Step != c.step {
			t.Errorf("%v against %v: %+v", c.a.Values, c.b.Values, d)
		}
	}
}
