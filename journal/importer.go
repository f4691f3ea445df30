package journal

import (
	"context"

	"flowbook/journal/record"
	"flowbook/journal/spool"
	"flowbook/journal/store"
)

// importAtOnce is how many records of an attempt an import holds in memory.
const importAtOnce = 1 << 14

// An Importer takes what a run logged; see [Journal.ImportFrom].
type Importer struct {
	ctx      context.Context
	r        *Record
	attempts []importedAttempt
}

// An importedAttempt is an attempt whose records come in.
type importedAttempt struct {
	log   store.Log
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
	return to.add(o.Attempt, spool.Record{At: o.Time.UnixMicro(), Stream: byte(max(1, o.Stream)), Text: o.Text})
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
	batch := a.batch
	a.batch = nil
	return a.log.Append(to.ctx, batch)
}

// end writes what is left.
func (to *Importer) end() error {
	for i := range to.attempts {
		if err := to.store(&to.attempts[i]); err != nil {
			return err
		}
	}
	return nil
}
