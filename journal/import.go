package journal

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"flowbook/journal/fault"
	"flowbook/journal/internal/ids"
	"flowbook/journal/internal/plain"
	"flowbook/journal/record"
)

// PutArtifact stores bytes under their sha256, for a record that [Journal.Import] brings in later, and returns the digest.
func (j *Journal) PutArtifact(ctx context.Context, data []byte) (digest string, err error) {
	return j.PutArtifactFrom(ctx, openBytes(data))
}

// PutArtifactFrom is [Journal.PutArtifact] of what open reads; it is called twice.
func (j *Journal) PutArtifactFrom(ctx context.Context, open func() (io.ReadCloser, error)) (digest string, err error) {
	digest, _, err = j.putBlob(ctx, open)
	return digest, err
}

// Import brings in a run from elsewhere as it was recorded there, all or nothing. Its id stays; a run of that id that is here already
// is an error that wraps ErrDuplicate. A run that was running comes in as interrupted, a parent that is not here is left out. Series and
// output that name no attempt are of the last one.
func (j *Journal) Import(ctx context.Context, r *Record, series []Series, output []record.OutputLine) error {
	return j.ImportFrom(ctx, r, func(to *Importer) error {
		for _, s := range series {
			if err := to.Points(s); err != nil {
				return err
			}
		}
		for _, o := range output {
			if err := to.Output(o); err != nil {
				return err
			}
		}
		return nil
	})
}

// ImportFrom is [Journal.Import] of a run whose points and output need not be in memory all at once: logged hands them over, part by part. It
// may be called again, from the beginning.
func (j *Journal) ImportFrom(ctx context.Context, r *Record, logged func(to *Importer) error) error {
	if err := r.Check(); err != nil {
		return err
	}
	code, err := json.Marshal(r.Code)
	if err != nil {
		return err
	}
	return j.update(ctx, func(t transaction) error {
		var here int
		if err := t.row(ctx, "SELECT count(*) FROM run WHERE id = ?", r.ID).Scan(&here); err != nil {
			return err
		}
		if here > 0 {
			return fmt.Errorf("journal %s: run %s: %w", j.at.Name, r.ID, ErrDuplicate)
		}
		if err := t.importRun(ctx, r, code); err != nil {
			return err
		}
		to := &Importer{ctx: ctx, t: t, r: r, attempts: make([]importedAttempt, len(r.Attempts))}
		for i, a := range r.Attempts {
			if err := t.importAttempt(ctx, r.ID, a); err != nil {
				return err
			}
			to.attempts[i].sink = &sink{run: r.ID, attempt: a.Number, summaries: map[string]record.Summary{}, tails: map[string]tail{}}
		}
		if err := logged(to); err != nil {
			return err
		}
		if err := to.end(); err != nil {
			return err
		}
		if len(r.Attempts) > 1 { // what a later one superseded does not count
			return t.resummarize(ctx, r.ID)
		}
		return nil
	})
}

func (t transaction) importRun(ctx context.Context, r *Record, code []byte) error {
	codeID, err := t.insertCode(ctx, code)
	if err != nil {
		return err
	}
	known := func(id string) string {
		var n int
		if id == "" || t.row(ctx, "SELECT count(*) FROM run WHERE id = ?", id).Scan(&n) != nil || n == 0 {
			return ""
		}
		return id
	}
	line, ended := *r, r.End()
	line.CodeID, line.Parent, line.ReplayOf, line.Ended, line.Deleted = codeID, known(r.Parent), known(r.ReplayOf), &ended, nil
	if err := t.insertRun(ctx, &line); err != nil {
		return err
	}
	if err := t.addTags(ctx, "run", r.ID, r.Tags); err != nil {
		return err
	}
	for name, digest := range r.Data {
		if err := t.addData(ctx, r.ID, name, digest); err != nil {
			return err
		}
	}
	for name, better := range r.Better {
		if err := t.putBetter(ctx, r.ID, name, better); err != nil {
			return err
		}
	}
	for _, n := range r.Notes {
		if n.ID == "" {
			n.ID = ids.New()
		}
		if _, err := t.exec(ctx, "INSERT INTO run_note (run, id, at, text) VALUES (?, ?, ?, ?)", r.ID, n.ID, micros(n.Time), plain.Clean(n.Text)); err != nil {
			return err
		}
	}
	for _, list := range [][]Artifact{r.Superseded, r.Figures, r.Artifacts, r.Checkpoints, r.Sources} {
		for _, a := range list {
			if len(a.Digest) != 64 {
				return fault.Invalid("run %s: %s %q has no sha256 digest", r.ID, a.Kind, a.Name)
			}
			a.Attempt = r.AttemptOf(a.Attempt)
			if err := t.putArtifact(ctx, r.ID, a); err != nil {
				return err
			}
		}
	}
	return nil
}

// ImportEntry brings in an entry from elsewhere under its id and date. Links to runs that are not here are left out; an entry of that id
// that is here already is an error that wraps ErrDuplicate.
func (j *Journal) ImportEntry(ctx context.Context, e Entry) error {
	if err := plain.Check("entry", e.Title+e.Body); err != nil {
		return err
	}
	if e.ID == "" {
		e.ID = ids.New()
	}
	return j.update(ctx, func(t transaction) error {
		n, err := t.exec(ctx, "INSERT INTO entry (id, title, body, dated, updated) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
			e.ID, e.Title, e.Body, micros(e.Date), micros(e.Updated))
		if err != nil {
			return err
		}
		if n == 0 {
			return fmt.Errorf("journal %s: entry %s: %w", j.at.Name, e.ID, ErrDuplicate)
		}
		for _, run := range e.Runs {
			if _, err := t.exec(ctx, "INSERT INTO entry_run (entry, run) SELECT CAST(? AS TEXT), id FROM run WHERE id = ? ON CONFLICT DO NOTHING", e.ID, run); err != nil {
				return err
			}
		}
		return t.addTags(ctx, "entry", e.ID, e.Tags)
	})
}
