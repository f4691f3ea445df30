package journal

import (
	"context"
	"io"
	"slices"

	"flowbook/journal/fault"
	"flowbook/journal/internal/ids"
	"flowbook/journal/internal/plain"
	"flowbook/journal/record"
	"flowbook/journal/store"
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
	line, ended := *r, r.End()
	line.Ended, line.Deleted = &ended, nil
	for _, list := range []*[]Artifact{&line.Superseded, &line.Figures, &line.Artifacts, &line.Checkpoints, &line.Sources} {
		*list = slices.Clone(*list)
		for i, a := range *list {
			if len(a.Digest) != 64 {
				return fault.Invalid("run %s: %s %q has no sha256 digest", r.ID, a.Kind, a.Name)
			}
			(*list)[i].Attempt = r.AttemptOf(a.Attempt)
		}
	}
	return j.store.InsertLogged(ctx, &line, func(logs store.Logs) error {
		to := &Importer{ctx: ctx, r: r, attempts: make([]importedAttempt, len(r.Attempts))}
		for i, a := range r.Attempts {
			to.attempts[i].log = logs(a.Number)
		}
		if err := logged(to); err != nil {
			return err
		}
		return to.end()
	})
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
	return j.store.InsertEntry(ctx, e)
}
