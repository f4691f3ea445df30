package realnvp

import (
	"fmt"
	"math"

	"github.com/gomlx/gomlx/ml/model"
)

// progress is what a resumed training needs besides weights and optimizer.
type progress struct {
	// Position of the source after the last step.
	Position []byte `json:"position,omitempty"`
	// Best validation so far, and how many came since.
	Best      ValidationInfo `json:"best"`
	SinceBest int            `json:"since_best"`
}

// validationSeed draws the validation's dequantization noise, always the same, so that curves compare.
const validationSeed = 0x76616c6964

func (m *Model) checkValidation(t TrainConfig) error {
	if m.config.IsPixels() {
		return m.checkPixels("TrainConfig.Validation", t.Validation, 255)
	}
	return m.checkSamples("TrainConfig.Validation", t.Validation)
}

// validateStep scores the held-out data with the evaluation's weights.
func (m *Model) validateStep(t TrainConfig, result *Result) error {
	if err := m.refreshAverage(); err != nil {
		return err
	}
	info, err := m.score(t)
	if err != nil {
		return fmt.Errorf("validation at step %d: %w", m.step, err)
	}
	info.Best = m.progress.Best.Step == 0 || info.NLL < m.progress.Best.NLL
	if info.Best {
		m.progress.Best, m.progress.SinceBest = info, 0
	} else {
		m.progress.SinceBest++
	}
	result.Last, result.Best = info, m.progress.Best
	if t.OnValidation != nil {
		return t.OnValidation(info)
	}
	return nil
}

func (m *Model) score(t TrainConfig) (ValidationInfo, error) {
	x := t.Validation
	if m.config.IsPixels() {
		x = append([]float32(nil), x...)
		Dequantize(x, validationSeed)
	}
	var opts []EvalOption
	if m.config.Classes > 0 {
		opts = append(opts, WithLabels(t.ValidationLabels...))
	}
	logp, err := m.LogProb(x, opts...)
	if err != nil {
		return ValidationInfo{}, err
	}
	b := average(logp, -1)
	unit := 1 / (float64(m.Dim()) * math.Ln2)
	return ValidationInfo{Step: m.step, NLL: b.Mean, BitsPerDim: b.Mean * unit, StdErr: b.StdErr * unit, NonFinite: len(b.NonFinite)}, nil
}

// startAverage makes the variables of the averaged weights, equal to the weights, where there are none yet.
func (m *Model) startAverage() error {
	for v := range m.store.Scope("/" + FlowScope).IterVariables() {
		if !v.Trainable || m.store.GetVariable(averagePath(v)) != nil {
			continue
		}
		value, err := cloneValue(v)
		if err != nil {
			return err
		}
		average, err := m.store.CreateVariable(averagePath(v), value)
		if err != nil {
			return err
		}
		average.SetTrainable(false)
	}
	return nil
}

// refreshAverage copies the averaged weights and the running moments to the store that evaluation uses. It does
// nothing where training keeps no average.
func (m *Model) refreshAverage() error {
	if err := m.unpack(); err != nil {
		return err
	}
	return try("averaging the weights", func() error {
		fresh := false
		for v := range m.store.Scope("/" + FlowScope).IterVariables() {
			from := m.store.GetVariable(averagePath(v))
			if from == nil {
				from = v
				if v.Trainable {
					return nil // no average is kept
				}
			}
			value, err := cloneValue(from)
			if err != nil {
				return err
			}
			if m.average == nil {
				m.average, fresh = model.NewStore(), true
			}
			if to := m.average.GetVariable(v.Path()); to != nil {
				err = to.SetValue(value)
			} else if to, err = m.average.CreateVariable(v.Path(), value); err == nil {
				to.SetTrainable(v.Trainable)
			}
			if err != nil {
				return err
			}
		}
		if fresh {
			m.forgetExecs()
		}
		return nil
	})
}
