package journal

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// TestFinishIdiom defers Finish with the error that a function returns.
func TestFinishIdiom(t *testing.T) {
	ctx := context.Background()
	j := openTemp(t)
	id := ""
	train := func(fail error) (err error) {
		run, err := j.Begin(ctx, "x", nil)
		if err != nil {
			return err
		}
		id = run.ID
		defer run.Finish(&err)
		return fail
	}
	for _, c := range []struct {
		err  error
		want Status
	}{{nil, Finished}, {errors.New("no convergence"), Failed}, {fmt.Errorf("stop: %w", context.Canceled), Interrupted}} {
		if err := train(c.err); !errors.Is(err, c.err) {
			t.Errorf("it returns %v, want %v", err, c.err)
		}
		r, err := j.Get(ctx, id)
		must(t, err)
		if r.Status != c.want || c.err != nil && r.Error != c.err.Error() {
			t.Errorf("%v: %s %q, want %s", c.err, r.Status, r.Error, c.want)
		}
	}
	lost := func() (err error) { // the run is gone when it finishes
		run, err := j.Begin(ctx, "x", nil)
		if err != nil {
			return err
		}
		defer run.Finish(&err)
		tamper(t, j, "DELETE FROM run WHERE id = ?", run.ID)
		return nil
	}
	if err := lost(); err == nil || !strings.Contains(err.Error(), "could not be finished") {
		t.Errorf("a run that could not be finished: %v", err)
	}
}

// badError is an error whose method panics.
type badError struct{ text string }

func (e *badError) Error() string { return e.text }

// TestFinishBadError finishes a run with an error that holds a nil pointer, which is not nil and panics when it is asked for its text.
func TestFinishBadError(t *testing.T) {
	j := openTemp(t)
	run, err := j.Begin(t.Context(), "x", nil)
	must(t, err)
	var bad error = (*badError)(nil)
	must(t, run.Finish(&bad))
	if r, err := j.Get(t.Context(), run.ID); err != nil || r.Status != Failed {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestFinishGoexit defers Finish in a goroutine that is ended in the middle.
func TestFinishGoexit(t *testing.T) {
	j := openTemp(t)
	run, err := j.Begin(t.Context(), "x", nil)
	must(t, err)
	done := make(chan bool)
	go func() {
		defer close(done)
		var err error
		defer run.Finish(&err)
		runtime.Goexit()
	}()
	<-done
	if r, err := j.Get(t.Context(), run.ID); err != nil || r.Status != Failed {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestEntryKeepsLinks edits an entry while a run that it links to is in the trash.
func TestEntryKeepsLinks(t *testing.T) {
	ctx := context.Background()
	j := openTemp(t)
	var ids []string
	for range 2 {
		run, err := j.Begin(ctx, "x", nil)
		must(t, err)
		must(t, run.Finish(nil))
		ids = append(ids, run.ID)
	}
	e, err := j.Write(ctx, Entry{Body: "about both", Runs: ids})
	must(t, err)
	must(t, j.Remove(ctx, ids[0]))
	e, err = j.Entry(ctx, e.ID)
	must(t, err)
	e.Body = "edited"
	_, err = j.Write(ctx, e)
	must(t, err)
	must(t, j.Restore(ctx, ids[0]))
	if e, err = j.Entry(ctx, e.ID); err != nil || len(e.Runs) != 2 || e.Body != "edited" {
		t.Errorf("%+v, %v", e, err)
	}
	e.Runs = ids[1:]
	if _, err = j.Write(ctx, e); err != nil {
		t.Fatal(err)
	}
	if e, err = j.Entry(ctx, e.ID); err != nil || len(e.Runs) != 1 {
		t.Errorf("a link that was taken away: %+v, %v", e, err)
	}
}
