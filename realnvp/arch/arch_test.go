package arch_test

import (
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"flowbook/realnvp/arch"
	"flowbook/realnvp/base"
	"flowbook/realnvp/bijector"
	"flowbook/realnvp/net"
	"flowbook/realnvp/transform"
)

// architecture is what a model may hold.
type architecture struct {
	Flow bijector.Bijector
	Base base.Base
}

type unregistered struct{ bijector.Flip }

// withFunction cannot be written.
type withFunction struct {
	bijector.Flip
	F func()
}

// hidden would lose its state.
type hidden struct {
	bijector.Flip
	state int
}

// loop may hold itself.
type loop struct {
	bijector.Flip
	Next *loop
}

func endless() *loop {
	l := &loop{}
	l.Next = l
	return l
}

func init() {
	arch.Register("arch_test.loop", &loop{})
	arch.Register("arch_test.withFunction", withFunction{})
	arch.Register("arch_test.hidden", hidden{})
}

// TestRoundTrip: what is read is what was written, every registered kind of field among it.
func TestRoundTrip(t *testing.T) {
	a := architecture{
		Flow: bijector.Chain{
			{Name: "logit", Bijector: bijector.Logit{Alpha: 0.05, Levels: 256}},
			{Name: "coupling", Bijector: &bijector.Coupling{
				Mask:      bijector.Checkerboard(4, 4, 1, false),
				Net:       net.Pair{S: net.ResNet{Planes: 4, Norm: net.InstanceNorm}, T: net.ResNet{Planes: 4, Norm: net.NoNorm}},
				Transform: transform.Affine{PerElement: true, ScaleStart: "one", Bound: 3, Translation: transform.RawTranslation},
			}},
			{Name: "norm", Bijector: &bijector.BatchNorm{Momentum: 0.005, Epsilon: 1e-5, Debias: true}},
			{Name: "squeeze", Bijector: bijector.Squeeze2x2{}},
			{Name: "factor_out", Bijector: bijector.FactorOut{Height: 2, Width: 2, Channels: 4, Rest: bijector.Chain{
				{Name: "own", Bijector: &bijector.Coupling{
					Mask: bijector.Mask{Dims: []int{3}, Values: []float64{1, 1, 0}}, Net: net.MLP{Hidden: []int{8, 8}}, Transform: transform.Spline{Bins: 8}}},
				{Name: "permute", Bijector: bijector.Permute{Order: []int{1, 0}}},
			}}},
		},
		Base: base.StudentT{Start: 3},
	}
	data, err := arch.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	var b architecture
	if err := arch.Unmarshal(data, &b); err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	if !reflect.DeepEqual(a, b) {
		t.Errorf("read\n%#v\nwrote\n%#v\n%s", b, a, data)
	}
	for _, want := range []string{`{"pattern":"checkerboard","dims":[4,4,1]}`, `"type":"transform.Spline","Bins":8`} {
		if !strings.Contains(string(data), want) {
			t.Errorf("the JSON lacks %s:\n%s", want, data)
		}
	}
}

// TestMarshalRefuses what would be lost, with what to do.
func TestMarshalRefuses(t *testing.T) {
	for _, c := range []struct {
		flow bijector.Bijector
		says string
	}{
		{unregistered{}, `not registered: call arch.Register("arch_test.unregistered", arch_test.unregistered{})`},
		{&bijector.ActNorm{}, "what is registered is bijector.ActNorm: write bijector.ActNorm{}"},
		{withFunction{F: func() {}}, "Flow.F is a func"},
		{hidden{state: 1}, "Flow.state is not exported"},
		{bijector.Scale{By: math.NaN()}, "Flow.By is NaN"},
		{endless(), "a part cannot hold itself"},
	} {
		if _, err := arch.Marshal(architecture{Flow: c.flow}); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%T: %v, want an error that says %q", c.flow, err, c.says)
		}
	}
}

// TestUnmarshalRefuses what this program cannot make, with where it stands.
func TestUnmarshalRefuses(t *testing.T) {
	for _, c := range []struct{ data, says string }{
		{`{"Flow":{"type":"bijector.Chain","value":[{"Name":"a","Bijector":{"type":"mine.Swirl"}}]}}`, `"mine.Swirl" at the architecture.Flow[0].Bijector is not registered`},
		{`{"Flow":{"type":"net.MLP"}}`, "is no bijector.Bijector"},
		{`{"Flow":{"type":"bijector.Scale","Bye":3}}`, `no field "Bye"`},
		{`{"Flow":{"By":3}}`, `has no "type"`},
		{`{"Flow":3}`, "the architecture.Flow"},
		{`{"Flow":{"type":"bijector.Permute","Order":"x"}}`, "Order"},
		{`{`, "the architecture"},
	} {
		var a architecture
		err := arch.Unmarshal([]byte(c.data), &a)
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want an error that says %q", c.data, err, c.says)
		}
		var unknown *arch.UnknownTypeError
		if errors.As(err, &unknown) != strings.Contains(c.data, "Swirl") {
			t.Errorf("%s: %T", c.data, err)
		}
	}
}
