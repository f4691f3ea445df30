// Package journaled trains a model as a run of the journal: it logs, checkpoints and goes on from a checkpoint, so
// that an experiment says only what it trains, and on what.
package journaled

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/gomlx/compute"

	"flowbook/journal"
	"flowbook/realnvp"
	"flowbook/realnvp/xla"
)

// BestArtifact is the name under which a run keeps the checkpoint of its best validation.
const BestArtifact = "best.safetensors"

// Train trains m on src as the run says, and records it:
//
//   - a resumed run goes on from its last checkpoint, which has to be of m's flow, in place of what m is;
//   - each step logs train_nll, in nats a sample, or train_bpd, in bits per dimension for a model of pixels, and
//     grad_norm (of the loss in nats per dimension) and learning_rate; each validation val_nll or val_bpd, in the same
//     units, and val_nonfinite, the number of samples left out of it;
//   - each checkpoint that t.CheckpointEvery asks for, and the last, is the run's, and the best validation's is its
//     artifact BestArtifact, where it is not the last. The last, the newest by its step, is what training left: where
//     t.Patience stopped it, the best validation's weights;
//   - the backend is noted, with what compiles its programs ([xla.Compiler]), and why training stopped early, if it did.
//
// The hooks of t are called after the logging. t.Checkpoint may name a file; without it there is one for as long as
// Train takes. The data of src are the caller's to record, by run.Data.
//
// It fails as Model.Train does, where the run's last checkpoint is missing, damaged or of another flow, and where the
// run cannot be written to.
func Train(ctx context.Context, run *journal.Run, m *realnvp.Model, src realnvp.Source, t realnvp.TrainConfig) (realnvp.Result, error) {
	if t.Checkpoint == "" {
		folder, err := os.MkdirTemp("", "flowbook-run-")
		if err != nil {
			return realnvp.Result{}, fmt.Errorf("journaled: no room for checkpoints: %w", err)
		}
		defer os.RemoveAll(folder)
		t.Checkpoint = filepath.Join(folder, "checkpoint.safetensors")
	}
	stopped, err := restore(run, m, t.Checkpoint)
	if err != nil {
		return realnvp.Result{}, err
	}
	if stopped > m.Step() {
		return realnvp.Result{Step: stopped, Stopped: fmt.Sprintf(
			"it had stopped early at step %d before it was resumed, with the weights of its best validation, of step %d, given back", stopped, m.Step())}, nil
	}
	backend, device := computes(m.Backend())
	if err := run.Backend(backend, device); err != nil {
		return realnvp.Result{}, err
	}
	result, err := m.Train(ctx, src, logged(run, m, t))
	if result.Best.Step != m.Step() {
		if bestErr := keepBest(run, t.Checkpoint); err == nil {
			err = bestErr
		}
	}
	if err == nil && result.Stopped != "" {
		err = run.Note(fmt.Sprintf("Training stopped at step %d: %s.", result.Step, result.Stopped))
	}
	return result, err
}

// computes names what computes, as in "xla, plugin ad1309ac", and its device.
func computes(b compute.Backend) (backend, device string) {
	backend = b.Name()
	if compiler := xla.Compiler(b); compiler != "" {
		backend += ", " + compiler
	}
	device, _, _ = strings.Cut(b.Description(), " ")
	return backend, device
}

// restore goes on from the run's last checkpoint, if it has one, and gives the step that training had come to, which is
// later than the model's where it had stopped early.
func restore(run *journal.Run, m *realnvp.Model, path string) (step int, err error) {
	step, resumed, err := run.Restore(path)
	if err != nil || !resumed {
		return 0, err
	}
	return step, m.Restore(path)
}

// keepBest attaches the best validation's checkpoint, where there is one.
func keepBest(run *journal.Run, path string) error {
	best := realnvp.BestCheckpoint(path)
	if _, err := os.Stat(best); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return run.Artifact(BestArtifact, best)
}

// logged is t with hooks that log to the run, and then call its own.
func logged(run *journal.Run, m *realnvp.Model, t realnvp.TrainConfig) realnvp.TrainConfig {
	onStep, onValidation, onCheckpoint := t.OnStep, t.OnValidation, t.OnCheckpoint
	unit := "nll"
	if m.IsPixels() {
		unit = "bpd"
	}
	score := func(nll, bits float64) float64 {
		if m.IsPixels() {
			return bits
		}
		return nll
	}
	t.OnStep = func(s realnvp.StepInfo) error {
		err := run.Log(s.Step, journal.Metrics{"train_" + unit: score(s.Loss, s.BitsPerDim), "grad_norm": s.GradNorm, "learning_rate": s.LearningRate})
		if err == nil && onStep != nil {
			err = onStep(s)
		}
		return err
	}
	t.OnValidation = func(v realnvp.ValidationInfo) error {
		err := run.Log(v.Step, journal.Metrics{"val_" + unit: score(v.NLL, v.BitsPerDim), "val_nonfinite": float64(v.NonFinite)})
		if err == nil && onValidation != nil {
			err = onValidation(v)
		}
		return err
	}
	t.OnCheckpoint = func(step int, path string) error {
		err := run.Checkpoint(step, path)
		if err == nil && onCheckpoint != nil {
			err = onCheckpoint(step, path)
		}
		return err
	}
	return t
}
