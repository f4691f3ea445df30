package realnvp

import (
	"github.com/gomlx/gomlx/ml/model"

	"flowbook/realnvp/internal/variables"
)

// progress is what a resumed training needs besides weights and optimizer.
type progress struct {
	// Position of the source after the last step.
	Position []byte `json:"position,omitempty"`
	// Batches drawn so far; the noise of the next depends on it. 0 in a checkpoint that does not count them.
	Batches uint64 `json:"batches,omitempty"`
	// AverageSince is the step at which the averaged weights began.
	AverageSince int `json:"average_since,omitempty"`
	// Best validation so far, and how many came since. Both are of the validation set with ValidationDigest, and the
	// best one's state is in the file whose tensors have BestDigest.
	Best             ValidationInfo `json:"best"`
	SinceBest        int            `json:"since_best"`
	ValidationDigest string         `json:"validation_digest,omitempty"`
	BestDigest       string         `json:"best_digest,omitempty"`
	// ValidationDue tells that training stopped before the validation of its last step.
	ValidationDue bool `json:"validation_due,omitempty"`
}

func (p *progress) forgetBest() {
	p.Best, p.SinceBest, p.BestDigest = ValidationInfo{}, 0, ""
}

// startAverage makes the variables of the averaged weights, equal to the weights, where there are none yet.
func (m *Model) startAverage() error {
	if !m.averages() {
		m.progress.AverageSince = m.step
	}
	for v := range m.store.Scope("/" + FlowScope).IterVariables() {
		if !v.Trainable || m.store.GetVariable(averagePath(v)) != nil {
			continue
		}
		value, err := variables.Clone(v)
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

// refreshAverage copies the averaged weights and the running moments to the store that evaluation uses. Where training
// keeps no average, evaluation uses the weights themselves. The caller holds mu.
func (m *Model) refreshAverage() error {
	if !m.averages() {
		if m.average != nil {
			m.average = nil
			m.forgetExecs()
		}
		return nil
	}
	return try("averaging the weights", func() error {
		fresh := m.average == nil
		if fresh {
			m.average = model.NewStore()
		}
		for v := range m.store.Scope("/" + FlowScope).IterVariables() {
			from := m.store.GetVariable(averagePath(v))
			if from == nil {
				from = v
			}
			value, err := variables.Clone(from)
			if err == nil {
				err = variables.Set(m.average, v.Path(), value, v.Trainable)
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

// averages tells whether training keeps averaged weights.
func (m *Model) averages() bool {
	for range m.store.Scope("/" + averageScope).IterVariables() {
		return true
	}
	return false
}
