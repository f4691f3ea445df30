package realnvp_test

import (
	"slices"
	"testing"

	"flowbook/realnvp"
	"flowbook/realnvp/bijector"
)

// TestNoLayersOnTheGoBackend: the identity, whose output is its input.
func TestNoLayersOnTheGoBackend(t *testing.T) {
	backend, err := realnvp.OpenBackend("go")
	if err != nil {
		t.Fatal(err)
	}
	m := mustNew(t, bijector.Chain{}, realnvp.Vector(2), realnvp.Float64(), realnvp.WithBackend(backend))
	z, err := m.Wide().Encode(t.Context(), []float64{1, 2})
	if err != nil || !slices.Equal(z, []float64{1, 2}) {
		t.Errorf("encode: %v, %v", z, err)
	}
}
