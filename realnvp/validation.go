package realnvp

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"slices"
)

// validationSeed draws the validation's dequantization noise, always the same, so that curves compare.
const validationSeed = 0x76616c6964

// checkTraining says what is wrong with a training before any work is done for it.
func (m *Model) checkTraining(t TrainConfig) error {
	if err := t.Validate(); err != nil {
		return err
	}
	if err := m.checkDevices(t.Devices); err != nil {
		return err
	}
	if err := m.checkValidation(t); err != nil {
		return err
	}
	if t.Checkpoint == "" {
		return nil
	}
	if _, err := json.Marshal(m.header()); err != nil {
		return fmt.Errorf("realnvp: train: this model cannot be kept in a checkpoint: %w; or leave TrainConfig.Checkpoint empty", err)
	}
	paths := []string{t.Checkpoint}
	if t.keepsBestFile() {
		paths = append(paths, BestCheckpoint(t.Checkpoint))
	}
	for _, path := range paths {
		if err := tryPath(path); err != nil {
			return fmt.Errorf("realnvp: train: no checkpoint can be written to %s: %w; name another file in TrainConfig.Checkpoint", path, err)
		}
	}
	return nil
}

// keepsBestFile tells whether the best validation's state goes to a file beside the checkpoint.
func (t TrainConfig) keepsBestFile() bool {
	return t.Checkpoint != "" && t.validates() && t.ValidateEvery > 0
}

// checkSource says where a source cannot be of a model, as far as it says what it holds.
func (m *Model) checkSource(src Source) error {
	p, isPoints := src.(*Points)
	if src == nil || isPoints && p == nil {
		return fmt.Errorf("realnvp: train: the source is nil; give one such as NewPoints makes")
	}
	if shaped, ok := src.(Shaped); ok && shaped.Dim() != m.Dim() {
		return fmt.Errorf("realnvp: train: the source has samples of %d numbers, and the model's are of %v = %d", shaped.Dim(), m.settings.Sample, m.Dim())
	}
	if isPoints {
		return p.checkLabels(m.settings.Classes)
	}
	return nil
}

func (m *Model) checkValidation(t TrainConfig) error {
	if !t.validates() {
		return nil
	}
	x, what := t.Validation, "TrainConfig.Validation"
	var err error
	if len(t.Validation64) > 0 {
		x, what = converted[float32](t.Validation64), "TrainConfig.Validation64"
		err = checkSamples(m, what, t.Validation64)
	} else {
		err = checkSamples(m, what, x)
	}
	if err != nil {
		return err
	}
	if m.settings.Pixels {
		if err := checkPixels(m, what, x); err != nil {
			return err
		}
	}
	if _, err := m.conditions(len(x)/m.Dim(), t.validationOptions()); err != nil {
		return fmt.Errorf("%w (in TrainConfig.ValidationLabels or ValidationVectors)", err)
	}
	return nil
}

func (t TrainConfig) validationOptions() (opts []EvalOption) {
	if len(t.ValidationLabels) > 0 {
		opts = append(opts, WithLabels(t.ValidationLabels...))
	}
	if len(t.ValidationVectors) > 0 {
		opts = append(opts, WithVectors(t.ValidationVectors...))
	}
	return opts
}

// validationDigest tells one validation set from another; empty without one.
func validationDigest(t TrainConfig) string {
	if !t.validates() {
		return ""
	}
	h := sha256.New()
	_ = binary.Write(h, binary.LittleEndian, t.Validation) // a hash never fails
	_ = binary.Write(h, binary.LittleEndian, t.Validation64)
	fmt.Fprint(h, t.ValidationLabels)
	if len(t.ValidationVectors) > 0 {
		fmt.Fprint(h, t.ValidationVectors)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// validate scores the held-out data with the evaluation's weights.
func (tr *training) validate(ctx context.Context) error {
	m, t := tr.m, tr.t
	info, err := m.score(ctx, t)
	if err != nil {
		return fmt.Errorf("realnvp: train: stopped in the validation of step %d: %w", m.step, err)
	}
	info.Best = info.NonFinite == 0 && (m.progress.Best.Step == 0 || info.NLL < m.progress.Best.NLL)
	if info.NonFinite > 0 {
		tr.result.NonFinite++
	}
	tr.note(func(p *progress) {
		p.ValidationDue = false
		p.SinceBest++
		if info.Best {
			p.Best, p.SinceBest = info, 0
		}
	})
	if info.Best {
		err = tr.keepBest()
	}
	tr.result.Last, tr.result.Best = info, m.progress.Best
	if err == nil && t.OnValidation != nil {
		err = stoppedBy("OnValidation", m.step, t.OnValidation(info))
	}
	return err
}

// score is the held-out data's.
func (m *Model) score(ctx context.Context, t TrainConfig) (ValidationInfo, error) {
	var logp []float64
	var err error
	switch {
	case len(t.Validation64) > 0 && !m.settings.Pixels:
		logp, err = logProbs(ctx, m, t.Validation64, t.validationOptions())
	case m.settings.Pixels:
		x := slices.Concat(t.Validation, converted[float32](t.Validation64))
		Dequantize(x, validationSeed)
		logp, err = logProbs(ctx, m, x, t.validationOptions())
	default:
		logp, err = logProbs(ctx, m, t.Validation, t.validationOptions())
	}
	if err != nil {
		return ValidationInfo{}, err
	}
	b := average(logp, -1)
	unit := 1 / (float64(m.Dim()) * math.Ln2)
	return ValidationInfo{Step: m.step, NLL: b.Mean, BitsPerDim: b.Mean * unit, StdErr: b.StdErr * unit, NonFinite: len(b.NonFinite)}, nil
}

// keepBest holds the present state as that of the best validation, in memory where it may have to be given back, and in
// a file beside the checkpoint.
func (tr *training) keepBest() error {
	m, t := tr.m, tr.t
	if t.keepsBestFile() {
		path := BestCheckpoint(t.Checkpoint)
		digest, err := m.save(path)
		if err != nil {
			return err
		}
		tr.note(func(p *progress) { p.BestDigest = digest })
		if t.OnBest != nil {
			if err := stoppedBy("OnBest", m.step, t.OnBest(m.step, path)); err != nil {
				return err
			}
		}
	}
	if t.Patience == 0 || t.ReturnLast {
		return nil
	}
	now, err := tr.now()
	if err != nil {
		return err
	}
	return tr.keep(&tr.best, now)
}

// stopEarly ends a training whose patience is at its end, with the state of the best validation.
func (tr *training) stopEarly() error {
	m, t := tr.m, tr.t
	stopped := fmt.Sprintf("no better validation in %d tries", t.Patience)
	if tr.result.NonFinite > 0 {
		stopped += fmt.Sprintf(", %d validations with a log p that is not finite", tr.result.NonFinite)
	}
	defer func() { tr.result.Stopped = stopped }()
	best := m.progress.Best.Step
	switch {
	case t.ReturnLast:
		return nil
	case best == 0:
		stopped += "; none was finite, so the last step's weights are left"
		return nil
	case tr.best != nil:
		if err := tr.back(*tr.best); err != nil {
			return err
		}
		tr.good = tr.best
	default: // it is from before this Train
		file, err := m.readBest(t)
		if err != nil {
			stopped += fmt.Sprintf("; the weights of the best, of step %d, are not at hand (%v), so the last step's are left", best, err)
			return nil
		}
		tr.givenBack = file
	}
	tr.stopped = true
	stopped += fmt.Sprintf("; the weights of the best, of step %d, are given back", best)
	return nil
}

// readBest reads the file beside the checkpoint, and sees that it is the best validation's.
func (m *Model) readBest(t TrainConfig) (*checkpoint, error) {
	if t.Checkpoint == "" || m.progress.BestDigest == "" {
		return nil, fmt.Errorf("that training kept no file of them")
	}
	file, err := readCheckpoint(BestCheckpoint(t.Checkpoint))
	if err != nil {
		return nil, err
	}
	if file.SHA256 != m.progress.BestDigest {
		return nil, fmt.Errorf("%s is of another training", BestCheckpoint(t.Checkpoint))
	}
	return file, nil
}
