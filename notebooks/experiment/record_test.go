package experiment

import (
	"context"
	"errors"
	"strings"
	"testing"

	"flowbook/journal"
	"flowbook/realnvp/bijector"
	"flowbook/realnvp/preset"
)

// What a cell's function does is the run's: its config with the overrides, and its error, also one that must panicked with.
func TestRecord(t *testing.T) {
	t.Setenv("FLOWBOOK_JOURNAL", t.TempDir()+"/journal.db")
	wrong := errors.New("the data are not here")
	for _, c := range []struct {
		name  string
		train func() error
		want  error
	}{
		{"goes well", func() error { return nil }, nil},
		{"fails", func() error { return wrong }, wrong},
		{"panics as must does", func() error { panic(wrong) }, wrong},
	} {
		got := 0
		record, err := Record("cells-own", struct{ Steps int }{1}, func(_ context.Context, run *journal.Run, c struct{ Steps int }) error {
			got = c.Steps
			return run.Log(1, journal.Metrics{"train_nll": 2})
		}, nil, "steps=7")
		if err != nil || got != 7 || record.Metrics["train_nll"].Last != 2 {
			t.Fatalf("%s: %v, %v, with %d steps", c.name, record, err, got)
		}
		_, err = Record("cells-own", struct{}{}, func(context.Context, *journal.Run, struct{}) error { return c.train() }, nil)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	if _, err := Record("cells-own", struct{}{}, func(context.Context, *journal.Run, struct{}) error {
		var none []int
		_ = none[1]
		return nil
	}, nil); err == nil || !strings.Contains(err.Error(), "index out of range") {
		t.Errorf("a bug in a cell's function: %v", err)
	}
}

func TestSameFlow(t *testing.T) {
	for _, c := range []struct {
		name string
		a, b bijector.Bijector
		same bool
	}{
		{"the plane's", preset.Toy2DRobust(), preset.Toy2DRobust(), true},
		{"digits", preset.MNIST(), preset.MNIST(), true},
		{"affine and spline", preset.Toy2DRobust(), preset.Plane(), false},
		{"one layer less", preset.Plane()[1:], preset.Plane(), false},
		{"cut off", preset.Plane()[:3], preset.Plane(), false},
	} {
		if err := SameFlow(c.a, c.b); (err == nil) != c.same {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
