package realnvp

import (
	"context"
	"slices"
	"strings"
	"testing"

	"flowbook/realnvp/bijector"
	"flowbook/realnvp/net"
	"flowbook/realnvp/preset"
	"flowbook/realnvp/transform"
)

// Each stage is what the chain up to there encodes: tested by models of the chain's beginnings, with the same weights.
func TestStagesAreTheChainsBeginnings(t *testing.T) {
	flow := bijector.Chain{
		{Name: "turn", Bijector: bijector.Permute{Order: []int{1, 0}}},
		{Name: "unit", Bijector: bijector.Affine{Shift: []float64{1, -2}, Scale: []float64{2, 0.5}}},
		{Name: "even", Bijector: &bijector.Coupling{Mask: bijector.Alternating(2, true), Net: net.MLP{Hidden: []int{8}}, Transform: transform.Spline{Bins: 4}}},
	}
	m, err := New(flow, Vector(2), WithEvalBatch(4))
	if err != nil {
		t.Fatal(err)
	}
	x := []float32{0, 1, 2, 3, -1, 0.5, 4, 4, 0.1, -3, 2, 2} // more than a chunk
	stages, err := m.Stages(context.Background(), x)
	if err != nil {
		t.Fatal(err)
	}
	if len(stages) != 3 || stages[0].Name != "turn" || stages[2].Name != "even" {
		t.Fatalf("stages %+v; want turn, unit, even", stages)
	}
	for k := range flow {
		part, err := New(flow[:k+1], Vector(2))
		if err != nil {
			t.Fatal(err)
		}
		if z, err := part.Encode(context.Background(), x); err != nil || !slices.Equal(z, stages[k].X) {
			t.Errorf("after %d layers the samples are %v; a flow of these alone gives %v, %v", k+1, stages[k].X, z, err)
		}
	}
	if want := []float32{1, 0, 3, 2}; !slices.Equal(stages[0].X[:4], want) {
		t.Errorf("turned, the first samples are %v; want %v", stages[0].X[:4], want)
	}
}

// An image's stages have the numbers of an image, whatever shape a layer gives them.
func TestStagesOfImages(t *testing.T) {
	m, err := New(preset.Digits(2), Image(28, 28, 1), Pixels())
	if err != nil {
		t.Fatal(err)
	}
	x := make([]float32, 2*784)
	for i := range x {
		x[i] = float32(i % 251)
	}
	stages, err := m.Stages(context.Background(), x)
	if err != nil {
		t.Fatal(err)
	}
	z, err := m.Encode(context.Background(), x)
	if err != nil || !slices.Equal(z, stages[len(stages)-1].X) {
		t.Errorf("the last stage is not what Encode gives (%v)", err)
	}
	for _, s := range stages {
		if len(s.X) != len(x) {
			t.Errorf("%s: %d numbers of %d", s.Name, len(s.X), len(x))
		}
	}
}

func TestStagesNameWhatIsWrong(t *testing.T) {
	m, err := New(&bijector.Coupling{Mask: bijector.Alternating(2, true), Net: net.MLP{Hidden: []int{4}}, Transform: transform.Affine{}}, Vector(2), Classes(3))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		x    []float32
		opts []EvalOption
		want string
	}{
		{nil, []EvalOption{WithLabels(1)}, "stages: no samples"},
		{[]float32{1, 2, 3}, []EvalOption{WithLabels(1)}, "stages: 3 numbers are not a whole number of samples"},
		{[]float32{1, 2}, nil, "0 labels for 1 samples"},
	} {
		if _, err := m.Stages(context.Background(), c.x, c.opts...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v; want %q", c.x, err, c.want)
		}
	}
	stopped, stop := context.WithCancel(context.Background())
	stop()
	if _, err := m.Stages(stopped, []float32{1, 2}, WithLabels(1)); err == nil || !strings.Contains(err.Error(), "canceled") {
		t.Errorf("of a context that has ended: %v", err)
	}
	if stages, err := m.Stages(context.Background(), []float32{1, 2}, WithLabels(1)); err != nil || len(stages) != 1 || len(stages[0].X) != 2 {
		t.Errorf("a flow of one layer: %v, %v", stages, err)
	}
}
