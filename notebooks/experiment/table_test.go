package experiment

import (
	"context"
	"math"
	"testing"

	"flowbook/data"
	"flowbook/realnvp"
	"flowbook/realnvp/preset"
)

// A short training on the pump's readings: better than one Gaussian, not better than the true density, and a reading
// whose pressure does not go with its speed is found, though each of its numbers is usual.
func TestTableTraining(t *testing.T) {
	pump, err := data.Pump(3000, 1)
	if err != nil {
		t.Fatal(err)
	}
	train, test, err := pump.Split(1000, 1)
	if err != nil {
		t.Fatal(err)
	}
	training := TableTraining(50)
	training.LearningRate, training.ValidateEvery = 4e-3, 10
	training.Validation = test.X
	model, err := realnvp.New(preset.Table(train.Size()), realnvp.Vector(train.Size()))
	if err != nil {
		t.Fatal(err)
	}
	batches, err := train.Batches(100, training.Seed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := model.Train(context.Background(), batches.Source(), training); err != nil {
		t.Fatal(err)
	}
	nll, _, err := model.NLL(t.Context(), test.X)
	if err != nil {
		t.Fatal(err)
	}
	gaussian, err := GaussiansNLL(train, test, 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	if floor := data.PumpNLL(test); !(nll > floor-0.05 && nll < gaussian) {
		t.Errorf("the flow scores %.3f, one Gaussian %.3f, the true density %.3f", nll, gaussian, floor)
	}
	odd := append([]float32{}, test.X[:6]...)
	odd[1], odd[3] = 2, -2 // a fast pump without pressure
	table := *test
	table.X = odd
	if found, err := Unusual(t.Context(), model, test, &table, 0.01); err != nil || len(found) != 1 {
		t.Errorf("the odd row is not found: %v, %v", found, err)
	}
	if found, err := Unusual(t.Context(), model, test, test, 0.05); err != nil || math.Abs(float64(len(found))-50) > 2 {
		t.Errorf("%d of 1000 rows lie under the quantile of 0.05, %v", len(found), err)
	}
}
