package experiment

import (
	"os"
	"path/filepath"
	"testing"

	"flowbook/journal/config"
	"flowbook/realnvp/bijector"
	"flowbook/realnvp/bugs"
	"flowbook/realnvp/preset"
)

// TestOldRecords: testdata/records has configs as runs recorded them before flows were described by their layers. A run is
// resumed and replayed with the flow that its record says, whatever the experiment trains today.
func TestOldRecords(t *testing.T) {
	flowOf := func(name string, into any, flow func() (bijector.Bijector, error)) bijector.Bijector {
		t.Helper()
		raw, err := os.ReadFile(filepath.Join("testdata", "records", name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		if err := config.Fill(into, raw); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		f, err := flow()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return f
	}
	var images Images
	ofImages := func() (bijector.Bijector, error) {
		m, err := images.New()
		if err != nil {
			return nil, err
		}
		return m.Flow(), nil
	}
	same(t, "mnist-full", flowOf("mnist-full", &images, ofImages), preset.MNIST())
	for name, layers := range map[string]int{"cifar10-quick": 11, "celeba-cpu": 15} { // of the first of two levels
		images = Images{}
		if got := len(chain(flowOf(name, &images, ofImages))); got != layers {
			t.Errorf("%s: %d layers, want %d", name, got, layers)
		}
	}
	images = Images{}
	same(t, "mnist-cpu", flowOf("mnist-cpu", &images, ofImages), preset.Digits(32))
	images = Images{}
	same(t, "cifar10-cpu", flowOf("cifar10-cpu", &images, ofImages), preset.Photographs(32, 32))
	var toy Toy
	ofToy := func() (bijector.Bijector, error) {
		m, err := toy.New()
		if err != nil {
			return nil, err
		}
		return m.Flow(), nil
	}
	same(t, "toy-circles-author", flowOf("toy-circles-author", &toy, ofToy), preset.Toy2D())
	toy = Toy{}
	same(t, "toy-moons", flowOf("toy-moons", &toy, ofToy), preset.Toy2DRobust())
	var trial Trial
	ofTrial := func() (bijector.Bijector, error) {
		s, err := trial.subject()
		return s.Flow(), err
	}
	for _, name := range []string{"norm-log-det-missing", "single-scale", "unit-forgotten"} {
		trial = Trial{}
		old := flowOf("bug-"+name, &trial, ofTrial)
		bug, err := bugs.Named(name)
		if err != nil {
			t.Fatal(err)
		}
		now, err := BugTrial(bug).subject()
		if err != nil {
			t.Fatal(err)
		}
		same(t, name, old, now.Flow())
	}
}

func same(t *testing.T, name string, a, b bijector.Bijector) {
	t.Helper()
	if err := SameFlow(a, b); err != nil {
		t.Errorf("%s: %v", name, err)
	}
}
