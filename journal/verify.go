package journal

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"flowbook/journal/spool"
	"flowbook/journal/store"
)

// A Report is what [Journal.Verify] found.
type Report struct {
	Runs      int       `json:"runs"`
	Points    int       `json:"points"`
	Artifacts int       `json:"artifacts"`
	Bytes     int64     `json:"bytes"` // of the artifacts
	Problems  []Problem `json:"problems"`
	ReadOnly  bool      `json:"read_only,omitempty"` // the journal may not be written here, so that nothing can be repaired
}

// A Problem is one thing that is wrong.
type Problem struct {
	Run      string `json:"run,omitempty"`
	What     string `json:"what"`
	Repaired bool   `json:"repaired"`
	CanMend  bool   `json:"can_mend"` // Verify with repair would mend it
}

// OK tells whether nothing is wrong, or all of it was repaired.
func (r *Report) OK() bool {
	for _, p := range r.Problems {
		if !p.Repaired {
			return false
		}
	}
	return true
}

// String lists the problems, one to a line, after what was checked.
func (r *Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d runs, %d points, %d artifacts of %d bytes: ", r.Runs, r.Points, r.Artifacts, r.Bytes)
	if len(r.Problems) == 0 {
		b.WriteString("all whole")
	} else {
		fmt.Fprintf(&b, "%d problems", len(r.Problems))
	}
	for _, p := range r.Problems {
		b.WriteString("\n- ")
		if p.Run != "" {
			b.WriteString("run " + p.Run + ": ")
		}
		b.WriteString(p.What)
		switch {
		case p.Repaired:
			b.WriteString(" (repaired)")
		case p.CanMend && r.ReadOnly:
			b.WriteString(" (verify with repair mends it, called by who may write the journal, which is read-only here)")
		case p.CanMend:
			b.WriteString(" (verify with repair mends it)")
		default:
			b.WriteString(" (cannot be repaired)")
		}
	}
	return b.String()
}

// Verify reads the whole journal and reports what is wrong: damage of the database file, lines that name a run that is not there, series
// with gaps, damaged points, summaries that do not fit their series, artifacts that are missing or have another digest, and spool
// files that nobody brought in.
func (j *Journal) Verify(ctx context.Context) (*Report, error) {
	return (&verifier{j: j, report: &Report{ReadOnly: j.Writable() != nil}}).verify(ctx)
}

// Repair is [Journal.Verify], and mends what it can: it works summaries out anew, marks dead runs as interrupted, and moves damaged artifacts
// aside (to NAME.damaged), so that recording them again brings them back.
func (j *Journal) Repair(ctx context.Context) (*Report, error) {
	return (&verifier{j: j, repair: true, report: &Report{}}).verify(ctx)
}

func (v *verifier) verify(ctx context.Context) (*Report, error) {
	for _, check := range []func(context.Context) error{v.check, v.runs, v.artifacts, v.spool} {
		if err := check(ctx); err != nil {
			return v.report, err
		}
	}
	return v.report, nil
}

type verifier struct {
	j      *Journal
	repair bool
	report *Report
}

// found adds a problem. mend, where there is one, repairs it when the user asked for that.
func (v *verifier) found(run string, mend func() error, format string, args ...any) error {
	p := Problem{Run: run, What: fmt.Sprintf(format, args...), CanMend: mend != nil}
	if mend != nil && v.repair {
		if err := mend(); err != nil {
			return fmt.Errorf("repair %s: %w", p.What, err)
		}
		p.Repaired = true
	}
	v.report.Problems = append(v.report.Problems, p)
	return nil
}

// check has the store look for damage.
func (v *verifier) check(ctx context.Context) (err error) {
	v.report.Points, err = v.j.store.Check(ctx, func(run, what string, mend func() error) error { return v.found(run, mend, "%s", what) })
	return err
}

// runs looks for runs whose process died; they show as interrupted anyway, and repair writes that down.
func (v *verifier) runs(ctx context.Context) error {
	for _, sel := range []store.Selection{{}, {Trash: true}} {
		all, err := v.j.store.Runs(ctx, sel)
		if err != nil {
			return err
		}
		v.report.Runs += len(all)
		for _, r := range all {
			if v.j.judge(r); r.Error != deadProcess || !v.repair {
				continue
			}
			end := store.End{Attempt: r.Attempts[len(r.Attempts)-1].Number, Status: Interrupted, Error: deadProcess, At: *r.Ended}
			if err := v.j.store.Change(ctx, r.ID, store.Change{End: &end}); err != nil {
				return err
			}
		}
	}
	return nil
}

// spool looks for files that no open has brought in: of runs this journal does not have, or that cannot be read.
func (v *verifier) spool(ctx context.Context) error {
	files, err := spool.List(v.j.at.Spool, "")
	if err != nil {
		return err
	}
	damaged, err := spool.Damaged(v.j.at.Spool)
	if err != nil {
		return err
	}
	for _, f := range damaged {
		if err := v.found(spool.RunOf(f), nil, "a part of what it logged could not be read; the rest is here, and %s keeps the bytes until you delete it, or the run and then call gc", f); err != nil {
			return err
		}
	}
	for _, f := range files {
		attempts, err := v.j.store.Attempts(ctx, f.Run)
		switch {
		case err != nil:
		case f.Attempt > len(attempts):
			if v.j.at.Path != "" && len(v.j.siblings()) == 0 {
				err = v.found("", nil, "spool file %s is of run %s, which this journal does not have", f.Path, f.Run)
			}
		case !v.j.works(f.Run, attempts[f.Attempt-1], time.Now()):
			err = v.found(f.Run, func() error { return v.j.recoverSpools(ctx) }, "its last steps wait in %s", f.Path)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// artifacts reads every artifact that a run names, and compares its digest.
func (v *verifier) artifacts(ctx context.Context) error {
	return v.j.store.Artifacts(ctx, func(u store.ArtifactUse) error {
		what := fmt.Sprintf("%s %q", u.Kind, u.Name)
		if u.Uses > 1 {
			what += fmt.Sprintf(" (and %d more)", u.Uses-1)
		}
		v.report.Artifacts++
		v.report.Bytes += u.Size
		whole, err := v.j.checkBlob(ctx, u.Digest)
		switch {
		case errors.Is(err, ErrNotFound):
			err = v.found(u.Run, nil, "the bytes of %s, sha256 %s, are missing in %s", what, u.Digest, v.j.at.Artifacts)
		case err == nil && !whole:
			err = v.found(u.Run, func() error { return v.j.moveAside(ctx, u.Digest) }, "the bytes of %s have another digest than %s", what, u.Digest)
		}
		return err
	})
}

// moveAside renames a damaged artifact, so that its bytes can be recorded again.
func (j *Journal) moveAside(ctx context.Context, digest string) error {
	key := blobKey(digest)
	in, err := j.artifacts.Open(ctx, key)
	if err != nil {
		return j.blobError(key, err)
	}
	defer in.Close()
	if err := j.artifacts.Put(ctx, key+spool.DamagedEnd, in); err != nil {
		return j.blobError(key, err)
	}
	return j.artifacts.Delete(ctx, key)
}
