package journal

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"flowbook/journal/provenance"
)

// A CodeDiff is how the code of two runs differs.
type CodeDiff struct {
	Runs    [2]string           `json:"runs"`
	Code    provenance.Likeness `json:"code"`             // whether it is the same
	Change  string              `json:"change,omitempty"` // what differs first, or why that is not known
	Diff    string              `json:"diff"`             // unified; empty where nothing that was kept differs, or where it is not known
	Unknown []string            `json:"unknown,omitempty"`
}

// Changes reads the uncommitted changes that were recorded with a run, as git apply takes them; nil where there were none.
func (j *Journal) Changes(ctx context.Context, r *Record) ([]byte, error) {
	if r.Code.Diff == "" {
		return nil, nil
	}
	if !slices.ContainsFunc(r.Sources, func(s Artifact) bool { return s.Digest == r.Code.Diff }) {
		return nil, errors.New("its uncommitted changes were not kept, only their digest (--no-source, FLOWBOOK_JOURNAL_SOURCE=none)")
	}
	return j.ReadArtifact(ctx, r.Code.Diff)
}

// CodeDiff compares the code of two runs: their commits, which the repository of the working directory has to have, with the changes
// that were recorded. What of it is not known the answer says.
func (j *Journal) CodeDiff(ctx context.Context, first, second string) (*CodeDiff, error) {
	d := &CodeDiff{}
	var runs [2]*Record
	var shots [2]provenance.Snapshot
	for i, id := range []string{first, second} {
		r, err := j.Get(ctx, id)
		if err != nil {
			return nil, err
		}
		runs[i], d.Runs[i] = r, r.ID
		unknown := func(format string, args ...any) {
			d.Unknown = append(d.Unknown, "run "+r.ID+": "+fmt.Sprintf(format, args...))
		}
		if why := r.Code.Whole(); why != "" {
			unknown("%s", why)
		}
		for _, l := range r.Code.LeftOut {
			unknown("the change of %s is not kept whole, because %s", l.Path, l.Why)
		}
		if r.Code.More > 0 {
			unknown("%d more files are not kept whole", r.Code.More)
		}
		shots[i].Commit = r.Code.Commit
		if shots[i].Changes, err = j.Changes(ctx, r); err != nil {
			unknown("%v", err)
		}
	}
	d.Code, d.Change = runs[0].Code.Compare(runs[1].Code)
	if shots[0].Commit == "" || shots[1].Commit == "" {
		return d, nil
	}
	var err error
	if d.Diff, err = provenance.Diff(ctx, ".", shots[0], shots[1]); err != nil && ctx.Err() == nil {
		d.Unknown = append(d.Unknown, err.Error())
	}
	return d, ctx.Err()
}
