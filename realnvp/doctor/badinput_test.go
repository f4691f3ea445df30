package doctor_test

import (
	"math"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"flowbook/realnvp/bijector"
	"flowbook/realnvp/doctor"
	"flowbook/realnvp/internal/goldentest"
)

// TestBadInput: what cannot be examined at all is an error with clear words, never a panic.
func TestBadInput(t *testing.T) {
	backend := goldentest.Backend(t)
	good := tensorOf([]float64{1, 2, 3, 4}, dtypes.Float32, 2, 2)
	cases := []struct {
		name  string
		p     patient
		batch *tensors.Tensor
		says  string
	}{
		{"no backend", patient{store: model.NewStore(), flow: bijector.Flip{}}, good, "no backend"},
		{"no store", patient{backend: backend, flow: bijector.Flip{}}, good, "no store"},
		{"no flow", patient{backend: backend, store: model.NewStore()}, good, "no flow"},
		{"no batch", patient{backend: backend, store: model.NewStore(), flow: bijector.Flip{}}, nil, "batch must have shape"},
		{"a scalar", patient{backend: backend, store: model.NewStore(), flow: bijector.Flip{}}, tensors.FromScalar(float32(1)), "batch must have shape"},
		{"whole numbers", patient{backend: backend, store: model.NewStore(), flow: bijector.Flip{}}, tensors.FromFlatDataAndDimensions([]int32{1, 2}, 2, 1), "Int32"},
		{"one sample", patient{backend: backend, store: model.NewStore(), flow: bijector.Flip{}}, tensorOf([]float64{1, 2}, dtypes.Float32, 1, 2), "at least 2"},
		{"NaN", patient{backend: backend, store: model.NewStore(), flow: bijector.Flip{}}, tensorOf([]float64{1, 2, 3, math.NaN()}, dtypes.Float32, 2, 2), "sample 1 of the batch holds NaN"},
		{"an unknown check", patient{backend: backend, store: model.NewStore(), flow: bijector.Flip{}, opts: doctor.Options{Only: []string{"pulse"}}}, good, `"pulse"`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			report, err := doctor.Examine(t.Context(), c.p.backend, c.p.store, c.p.flow, c.batch, c.p.opts)
			if err == nil || report != nil || !strings.Contains(err.Error(), c.says) || !strings.HasPrefix(err.Error(), "doctor: ") {
				t.Errorf("report %v, error %v, want one that says %q", report, err, c.says)
			}
		})
	}
}

// TestExamineChangesNothing: the caller's variables stay as they are, and none is added, though the flow needs some.
func TestExamineChangesNothing(t *testing.T) {
	backend := goldentest.Backend(t)
	store := model.NewStore()
	p := patient{backend: backend, store: store, flow: norm(), batch: tensorOf([]float64{1, 2, 3, 5}, dtypes.Float32, 2, 2)}
	if p.examine(t); store.NumVariables() != 0 {
		t.Errorf("%d variables were added", store.NumVariables())
	}
}

// TestBareFlow: a single bijector without variables, with a batch of two, gets a report.
func TestBareFlow(t *testing.T) {
	p := patient{backend: goldentest.Backend(t), store: model.NewStore(), flow: bijector.Chain{},
		batch: tensorOf([]float64{1, 2, 3, 5}, dtypes.Float64, 2, 2)}
	report := p.examine(t)
	for _, name := range []string{doctor.CheckForward, doctor.CheckInvertible, doctor.CheckLogDet, doctor.CheckIntegral} {
		expect(t, report, name, doctor.OK, "", "")
	}
}
