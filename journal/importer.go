package journal

import (
	"context"
	"encoding/json"

	"flowbook/journal/internal/plain"
	"flowbook/journal/record"
	"flowbook/journal/spool"
)

// importAtOnce is how many records of an attempt an import holds in memory.
const importAtOnce = 1 << 14

// An Importer takes what a run logged; see [Journal.ImportFrom].
type Importer struct {
	ctx      context.Context
	t        transaction
	r        *Record
	attempts []importedAttempt
}

// An importedAttempt is an attempt whose records come in.
type importedAttempt struct {
	sink  *sink
	batch []spool.Record
	seq   int64
}

// Points takes points of a series, in the order in which they were logged.
func (to *Importer) Points(s Series) error {
	for i := range s.Len() {
		if err := to.add(s.Attempt, spool.Record{At: s.Times[i], Step: int64(s.Steps[i]), Names: []string{s.Metric}, Values: []float64{s.Values[i]}}); err != nil {
			return err
		}
	}
	return nil
}

// Output takes a piece of output.
func (to *Importer) Output(o record.OutputLine) error {
	return to.add(o.Attempt, spool.Record{At: micros(o.Time), Stream: byte(max(1, o.Stream)), Text: o.Text})
}

func (to *Importer) add(attempt int, rec spool.Record) error {
	a := &to.attempts[to.r.AttemptOf(attempt)-1]
	a.seq++
	rec.Seq = a.seq
	if a.batch = append(a.batch, rec); len(a.batch) < importAtOnce {
		return nil
	}
	return to.store(a)
}

func (to *Importer) store(a *importedAttempt) error {
	p := a.sink.plan(a.batch)
	if err := a.sink.store(to.ctx, to.t, p); err != nil {
		return err
	}
	a.sink.done(p)
	a.batch = nil
	return nil
}

// end writes what is left, and the last sign of life that each attempt gave.
func (to *Importer) end() error {
	for i := range to.attempts {
		if err := to.store(&to.attempts[i]); err != nil {
			return err
		}
		a := to.r.Attempts[i]
		if _, err := to.t.exec(to.ctx, "UPDATE attempt SET heartbeat = ? WHERE run = ? AND number = ?", micros(a.Heartbeat), to.r.ID, a.Number); err != nil {
			return err
		}
	}
	return nil
}

// importAttempt writes the line of an attempt.
func (t transaction) importAttempt(ctx context.Context, run string, a record.Attempt) error {
	from := int64(fromStart)
	if a.FromStep != nil {
		from = int64(*a.FromStep)
	}
	var code any
	if a.Code != nil {
		text, err := json.Marshal(a.Code)
		if err == nil {
			code, err = t.insertCode(ctx, text)
		}
		if err != nil {
			return err
		}
	}
	_, err := t.exec(ctx, "INSERT INTO attempt (run, number, from_step, host, boot, pid, pid_start, started, heartbeat, code_id) VALUES (?, ?, ?, ?, '', ?, '', ?, ?, ?)",
		run, a.Number, from, plain.Clean(a.Host), a.PID, micros(a.Started), micros(a.Heartbeat), code)
	return err
}
