package journal

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"flowbook/journal/fault"
	"flowbook/journal/record"
	"flowbook/journal/store"
)

// Checkpoint records a file or a folder as the run's state after a step, so that [Journal.Resume] can go on from there. All
// steps logged before are in the database when it returns.
func (r *Run) Checkpoint(step int, path string) error {
	open, mime, err := openTree(path)
	if err != nil {
		return err
	}
	return r.checkpoint(step, mime, open)
}

// CheckpointBytes is [Run.Checkpoint] for a state in memory.
func (r *Run) CheckpointBytes(step int, data []byte) error {
	return r.checkpoint(step, "", openBytes(data))
}

func (r *Run) checkpoint(step int, mime string, open func() (io.ReadCloser, error)) error {
	if step < 0 {
		return fault.Invalid("a checkpoint is of a step that is 0 or more, not %d", step)
	}
	if mime == "" {
		mime = "application/octet-stream"
	}
	if err := r.Flush(); err != nil {
		return fmt.Errorf("run %s: no checkpoint at step %d: %w", r.ID, step, err)
	}
	ctx := context.WithoutCancel(r.ctx)
	a := Artifact{Kind: record.KindCheckpoint, Name: "step " + strconv.Itoa(step), Step: step, MIME: mime}
	if err := r.j.add(ctx, r.ID, a, open); err != nil {
		return err
	}
	if r.keep <= 0 {
		return nil
	}
	return r.j.store.Change(ctx, r.ID, store.Change{Checkpoints: &store.Checkpoints{Attempt: r.attempt, Keep: r.keep}})
}

// Resumed returns the checkpoint a resumed run goes on from, and false for a run that starts at the beginning.
func (r *Run) Resumed() (Artifact, bool) {
	if r.resumed == nil {
		return Artifact{}, false
	}
	return *r.resumed, true
}

// Restore writes the checkpoint that the run goes on from to path, as the file or folder it was, and returns its step. Of a run
// that starts at the beginning it returns false and writes nothing.
func (r *Run) Restore(path string) (step int, ok bool, err error) {
	if r.resumed == nil {
		return 0, false, nil
	}
	if err := r.j.Extract(r.ctx, *r.resumed, path); err != nil {
		return 0, false, err
	}
	return r.resumed.Step, true, nil
}

// RestoreBytes is [Run.Restore] for a state in memory.
func (r *Run) RestoreBytes() (data []byte, step int, ok bool, err error) {
	if r.resumed == nil {
		return nil, 0, false, nil
	}
	data, err = r.j.ReadArtifact(r.ctx, r.resumed.Digest)
	return data, r.resumed.Step, err == nil, err
}
