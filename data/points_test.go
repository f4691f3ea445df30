package data

import (
	"math"
	"testing"
)

func TestSplitIsScaledByItsTrainingSet(t *testing.T) {
	train, test, err := Moons(.05).Split(1000, 500, 7)
	if err != nil {
		t.Fatal(err)
	}
	if train.Len() != 1000 || test.Len() != 500 || train.Scaling != test.Scaling {
		t.Fatalf("%v, %v", train, test)
	}
	for k := range 2 {
		sum, squares := 0.0, 0.0
		for i := range train.Len() {
			v := float64(train.X[2*i+k])
			sum, squares = sum+v, squares+v*v
		}
		if math.Abs(sum/1000) > 1e-5 || math.Abs(squares/1000-1) > 1e-5 {
			t.Errorf("coordinate %d: mean %v, variance %v", k, sum/1000, squares/1000)
		}
	}
	// The scaling's log-det by finite differences.
	x0, y0 := train.Scaling.Undo(.3, -.2)
	x1, y1 := train.Scaling.Undo(1.3, .8)
	if got, want := train.Scaling.Offset(), math.Log((x1-x0)*(y1-y0)); math.Abs(got-want) > 1e-12 {
		t.Errorf("offset %v, want %v", got, want)
	}
	if zx, zy := train.Scaling.Apply(x0, y0); math.Abs(zx-.3) > 1e-12 || math.Abs(zy+.2) > 1e-12 {
		t.Errorf("apply after undo gives %v, %v", zx, zy)
	}
}

func TestPointsBatches(t *testing.T) {
	p, _ := Circles(.05, .5).Sample(64, 1)
	b, err := p.Batches(16, 2)
	if err != nil {
		t.Fatal(err)
	}
	batch := b.Flip().Next() // points are not mirrored
	for k, i := range batch.Indices {
		if batch.X[2*k] != p.X[2*i] || batch.X[2*k+1] != p.X[2*i+1] || batch.Labels[k] != p.Labels[i] {
			t.Fatalf("item %d is not point %d", k, i)
		}
	}
}
