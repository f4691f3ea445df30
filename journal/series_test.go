package journal_test

import (
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"flowbook/journal"
)

// TestEachSeries hands out one metric after the other, whole and in order, and ends where visit does.
func TestEachSeries(t *testing.T) {
	j, err := journal.Open(filepath.Join(t.TempDir(), "j.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	run, err := j.Begin(t.Context(), "walk", nil)
	if err != nil {
		t.Fatal(err)
	}
	for step := range 3000 {
		err = errors.Join(err, run.Log(step, journal.Metrics{"b": float64(step), "a": float64(-step)}))
	}
	if err := errors.Join(err, run.Log(1, journal.Metrics{"c": 1}), run.Finish(nil)); err != nil {
		t.Fatal(err)
	}
	var names []string
	err = j.EachSeries(t.Context(), run.ID, func(s journal.Series) error {
		names = append(names, s.Metric)
		if want := map[string]int{"a": 3000, "b": 3000, "c": 1}[s.Metric]; s.Len() != want || s.Values[s.Len()-1] != map[string]float64{"a": -2999, "b": 2999, "c": 1}[s.Metric] {
			t.Errorf("%s: %d points, the last %g", s.Metric, s.Len(), s.Values[s.Len()-1])
		}
		return nil
	})
	if err != nil || !slices.Equal(names, []string{"a", "b", "c"}) {
		t.Errorf("metrics %q (%v)", names, err)
	}
	enough, visits := errors.New("enough"), 0
	err = j.EachSeries(t.Context(), run.ID, func(journal.Series) error { visits++; return enough })
	if !errors.Is(err, enough) || visits != 1 {
		t.Errorf("after an error: %d visits, %v", visits, err)
	}
	if err := j.EachSeries(t.Context(), "none", func(journal.Series) error { return nil }); !errors.Is(err, journal.ErrNotFound) {
		t.Errorf("a run that is not there: %v", err)
	}
}
