package journal

import (
	"context"
	"errors"
	"math"
	"testing"
)

// TestNames records a run's name and what the program says of its metrics, renames it, and carries both to another journal.
func TestNames(t *testing.T) {
	ctx := context.Background()
	j := openTemp(t)
	run, err := j.Begin(ctx, "x", nil, WithName("wide net"))
	must(t, err)
	must(t, run.Metric("psnr", Higher))
	must(t, run.Metric("rate", None))
	must(t, run.Metric("psnr", Lower))
	must(t, run.Metric("psnr", Higher))
	for i, psnr := range []float64{20, 30, 25} {
		must(t, run.Log(i, Metrics{"psnr": psnr, "rate": 0.1, "loss": -psnr}))
	}
	for _, bad := range []Better{"", "up"} {
		if err := run.Metric("psnr", bad); !errors.Is(err, ErrInvalid) {
			t.Errorf("direction %q: %v", bad, err)
		}
	}
	for _, blank := range []string{"", " ", "\n\t"} {
		if err := run.Log(1, Metrics{blank: 1}); !errors.Is(err, ErrInvalid) {
			t.Errorf("metric %q: %v", blank, err)
		}
	}
	if _, err := j.Begin(ctx, "x", nil, WithName("\xff")); !errors.Is(err, ErrInvalid) {
		t.Errorf("a name that is no text: %v", err)
	}
	must(t, run.Finish(nil))
	r, err := j.Get(ctx, run.ID)
	must(t, err)
	check := func(r *Record, name string) {
		t.Helper()
		best, step := r.Metrics["psnr"].Best("psnr")
		none, _ := r.Metrics["rate"].Best("rate")
		low, _ := r.Metrics["loss"].Best("loss")
		if r.Name != name || best != 30 || step != 1 || !math.IsNaN(none) || low != -30 {
			t.Errorf("%s: name %q, best %v at %d, of rate %v, of loss %v", r.ID, r.Name, best, step, none, low)
		}
	}
	check(r, "wide net")
	series, err := j.Logged(ctx, run.ID)
	must(t, err)
	other := openTemp(t)
	must(t, other.Import(ctx, r, series, nil))
	r, err = other.Get(ctx, run.ID)
	must(t, err)
	check(r, "wide net")
	must(t, other.Rename(ctx, run.ID, "wider net"))
	all, err := other.Runs(ctx, Query{})
	must(t, err)
	check(all[0], "wider net")
	if err := other.Rename(ctx, "0000", "x"); !errors.Is(err, ErrNotFound) {
		t.Errorf("rename of no run: %v", err)
	}
}
