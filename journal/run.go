package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"flowbook/journal/internal/plain"
	"flowbook/journal/internal/secret"
	"flowbook/journal/record"
	"flowbook/journal/spool"
	"flowbook/journal/store"
)

// Metrics are the values of one step, by name. NaN and infinities are kept as they are.
type Metrics = map[string]float64

// A Run is a run that is being recorded. Its methods may be called from several goroutines.
type Run struct {
	ID         string
	Experiment string
	Config     json.RawMessage // as JSON

	j          *Journal
	ctx        context.Context
	attempt    int
	resumed    *Artifact
	keep       int
	owns       bool // the journal is this run's to close
	writer     *writer
	uncapture  func()
	companions []func()      // what stops them
	codeDone   chan struct{} // closed when the code is recorded, or could not be
	codeErr    error

	mu       sync.Mutex
	names    map[string]string // metric names that were checked
	finished bool
}

// Log records the metrics of a step. The step is kept when Log returns nil, even if the process is killed at once; it is
// in the database within a second. It costs a few microseconds.
//
// An error means that this step is not kept: a bad name (wraps ErrInvalid), a full disk (ErrFull), a finished run
// (ErrFinished). The run itself stays usable.
func (r *Run) Log(step int, m Metrics) error {
	if len(m) == 0 {
		return nil
	}
	rec := spool.Record{Step: int64(step), Names: make([]string, 0, len(m)), Values: make([]float64, 0, len(m))}
	r.mu.Lock()
	for name, value := range m {
		known, ok := r.names[name]
		if !ok {
			if err := plain.CheckName("metric", name); err != nil {
				r.mu.Unlock()
				return err
			}
			known = strings.Clone(name)
			r.names[known] = known
		}
		rec.Names = append(rec.Names, known)
		rec.Values = append(rec.Values, value)
	}
	r.mu.Unlock()
	return r.writer.put(rec)
}

// Write records a piece of text as the run's output, as if the process had written it to standard output.
// Run is an io.Writer by it: log.SetOutput(io.MultiWriter(os.Stderr, run)).
func (r *Run) Write(text []byte) (int, error) {
	if err := r.output(1, text); err != nil {
		return 0, err
	}
	return len(text), nil
}

func (r *Run) output(stream byte, text []byte) error {
	if len(text) == 0 {
		return nil
	}
	return r.writer.put(spool.Record{Stream: stream, Text: []byte(secret.Prose(string(text)))})
}

// Flush brings everything logged so far to the database and syncs it to disk.
func (r *Run) Flush() error { return r.writer.flush(context.WithoutCancel(r.ctx)) }

// Figure records a figure of the run by its media type, such as "image/png" or "image/svg+xml".
func (r *Run) Figure(name, mime string, data []byte) error {
	return r.FigureAt(record.NoStep, name, mime, data)
}

// FigureAt records a figure that belongs to a step, such as samples after an epoch.
func (r *Run) FigureAt(step int, name, mime string, data []byte) error {
	return r.j.AddFigure(context.WithoutCancel(r.ctx), r.ID, name, mime, data, step)
}

// Artifact records a file, or a folder with all in it.
func (r *Run) Artifact(name, path string) error {
	return r.j.AddArtifact(context.WithoutCancel(r.ctx), r.ID, name, path)
}

// ArtifactBytes records bytes under a name and a media type.
func (r *Run) ArtifactBytes(name, mime string, data []byte) error {
	return r.j.AddArtifactBytes(context.WithoutCancel(r.ctx), r.ID, name, mime, data)
}

// Note adds a dated note, Markdown with maths.
func (r *Run) Note(text string) error {
	return r.j.Note(context.WithoutCancel(r.ctx), r.ID, text)
}

// Tag tags the run.
func (r *Run) Tag(tags ...string) error {
	return r.j.Tag(context.WithoutCancel(r.ctx), r.ID, tags...)
}

// Data records that the run reads a data set, by name and digest.
func (r *Run) Data(name, digest string) error {
	ctx := context.WithoutCancel(r.ctx)
	return r.j.store.Change(ctx, r.ID, store.Change{Data: map[string]string{name: digest}})
}

// Backend records what computes, such as "xla:cpu", and on which device.
func (r *Run) Backend(backend, device string) error {
	ctx := context.WithoutCancel(r.ctx)
	return r.j.store.Change(ctx, r.ID, store.Change{Backend: &store.Backend{Name: backend, Device: device}})
}

// Journal returns the journal of the run.
func (r *Run) Journal() *Journal { return r.j }

// Context returns the context the run was begun with.
func (r *Run) Context() context.Context { return r.ctx }

// Finish flushes and ends the run: as finished when *result is nil, as interrupted when *result or the run's context says that it was
// cancelled, else as failed with the text of *result. Given the error that a function returns, it sees which one that is:
//
//	func train() (err error) {
//		run := journal.MustBegin("moons", config)
//		defer run.Finish(&err)
//
// A nil pointer stands for no error, in a function that returns none: defer run.Finish(nil). Deferred, it also sees a panic: the run is
// recorded as failed with the panic's value and stack, and the panic goes on; and it sees runtime.Goexit.
//
// An error of its own it returns and joins to *result. Later calls do nothing, so that an error path may finish the run first.
func (r *Run) Finish(result *error) (own error) {
	if p := recover(); p != nil {
		r.finish(Failed, fmt.Sprintf("panic: %v\n\n%s", p, debug.Stack()))
		panic(p)
	}
	var err error
	if result != nil {
		err = *result
		defer func() {
			if own != nil {
				*result = errors.Join(*result, own)
			}
		}()
	}
	status, text := Finished, ""
	switch {
	case err == nil && unwinding() != "":
		status, text = Failed, unwinding()
	case err == nil && r.ctx.Err() != nil:
		status, text = Interrupted, context.Cause(r.ctx).Error()
	case err == nil:
	case errors.Is(err, context.Canceled) || r.ctx.Err() != nil:
		status, text = Interrupted, fmt.Sprint(err)
	default:
		status, text = Failed, fmt.Sprint(err) // also of an error whose own method panics, as that of a nil pointer in it does
	}
	return r.finish(status, text)
}

// finish ends the run once.
func (r *Run) finish(status Status, text string) error {
	r.mu.Lock()
	was := r.finished
	r.finished = true
	r.mu.Unlock()
	if was {
		return nil
	}
	ctx := context.WithoutCancel(r.ctx)
	err := r.stop()
	codeErr := r.codeRecorded()
	if err == nil {
		err = r.j.store.Change(ctx, r.ID, store.Change{End: &store.End{Attempt: r.attempt, Status: status, Error: secret.Prose(text), At: time.Now()}})
	}
	if err != nil {
		err = fmt.Errorf("run %s could not be finished; its steps wait in %s for the next program that opens the journal: %w", r.ID, r.j.at.Spool, err)
	}
	err = errors.Join(err, codeErr)
	if r.owns {
		err = errors.Join(err, r.j.Close())
	}
	return err
}

// codeRecorded waits until the run's code is in its record.
func (r *Run) codeRecorded() error {
	<-r.codeDone
	return r.codeErr
}

// stop stops what goes beside the run, and flushes and ends the writer.
func (r *Run) stop() error {
	for _, stop := range r.companions {
		stop()
	}
	if r.uncapture != nil {
		r.uncapture()
	}
	err := r.writer.close()
	r.j.mu.Lock()
	delete(r.j.live, r)
	r.j.mu.Unlock()
	return err
}

// unwinding says why the calling goroutine ends before its functions have returned, for a Finish inside a deferred function; "" where it
// does not.
func unwinding() string {
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	for {
		f, more := frames.Next()
		switch {
		case f.Function == "runtime.gopanic":
			return "panic"
		case f.Function == "runtime.Goexit":
			return "its goroutine was ended by runtime.Goexit, as t.FailNow does"
		case !more:
			return ""
		}
	}
}

// MetricNames lists the metrics this process has logged in the run, sorted.
func (r *Run) MetricNames() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Sorted(maps.Keys(r.names))
}
