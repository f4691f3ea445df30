package bugs_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/janpfeifer/must"

	"flowbook/realnvp"
	"flowbook/realnvp/bijector"
	"flowbook/realnvp/bugs"
	"flowbook/realnvp/doctor"
	"flowbook/realnvp/net"
)

// subject is a healthy model with data drawn from its own density, so that it is as good as perfectly trained.
type subject struct {
	config realnvp.Config
	model  *realnvp.Model
	batch  *tensors.Tensor
	opts   doctor.Options
}

func points(t *testing.T) subject {
	return newSubject(t, realnvp.Config{
		Features: 2, Couplings: 2, Hidden: []int{8}, CouplingNorm: realnvp.RunningNorm, NormMomentum: 0.005,
	}, 128)
}

func pictures(t *testing.T, preprocess realnvp.Preprocess) subject {
	config := realnvp.Config{
		Height: 8, Width: 8, Channels: 1, Scales: 1, CheckerboardCouplings: 1, ChannelCouplings: 1, FinalCouplings: 2,
		Planes: 4, NetNorm: net.NoNorm, CouplingNorm: realnvp.RunningNorm, NormMomentum: 0.005, Preprocess: preprocess,
	}
	if preprocess == realnvp.Logit {
		config.LogitAlpha = 0.05
	}
	return newSubject(t, config, 32)
}

// newSubject gives a model mild weights, and draws n samples from it.
func newSubject(t *testing.T, config realnvp.Config, n int) subject {
	t.Helper()
	model, err := realnvp.New(config)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for v := range model.Store().IterVariables() {
		center, spread := 0.0, 0.2
		switch v.Name() {
		case "s_scale", "t_scale", "t_shift":
		case bijector.RunningMean:
			spread = 0.1
		case bijector.RunningVar:
			center, spread = 1, 0.1
		default:
			continue
		}
		values := make([]float32, v.Shape().Size())
		for i := range values {
			values[i] = float32(center + spread*(2*rng.Float64()-1))
		}
		must.M(v.SetValue(tensors.FromFlatDataAndDimensions(values, v.Shape().Dimensions...)))
	}
	z := make([]float32, n*config.Dim())
	for i := range z {
		z[i] = float32(rng.NormFloat64())
	}
	x, err := model.Decode(t.Context(), z)
	if err != nil {
		t.Fatal(err)
	}
	s := subject{config: config, model: model, opts: doctor.Options{Scope: realnvp.FlowScope}}
	dims := []int{n, config.Features}
	if config.IsImage() {
		dims, s.opts.Levels = []int{n, config.Height, config.Width, config.Channels}, 256
		for i := range x {
			x[i] = min(max(x[i], 0.01), 255.99)
		}
	}
	s.batch = tensors.FromFlatDataAndDimensions(x, dims...)
	return s
}

func (s subject) examine(t *testing.T, m *realnvp.Model, flow bijector.Bijector, only ...string) *doctor.Report {
	t.Helper()
	s.opts.Only = only
	report, err := doctor.Examine(t.Context(), m.Backend(), m.Store(), flow, s.batch, s.opts)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// TestEachBugIsCaught turns each bug on and asks for the verdict of the check that it names, and turns it off and asks
// the same check again.
func TestEachBugIsCaught(t *testing.T) {
	vectors, images, scaled := points(t), pictures(t, realnvp.Logit), pictures(t, realnvp.Scale255)
	healthy := map[*realnvp.Model]*doctor.Report{}
	for _, bug := range bugs.All() {
		t.Run(bug.Name, func(t *testing.T) {
			s := vectors
			if bug.Config != nil || strings.HasPrefix(bug.Name, "logit") || bug.Check == doctor.CheckInvertible {
				s = images
			} else if bug.Name == "unit-forgotten" {
				s = scaled
			}
			model, flow := s.model, bug.Apply(s.model.Flow())
			if bug.Base != nil {
				s.opts.Base = func(z *graph.Node) *graph.Node { return bug.Base.LogProb(nil, z) }
			}
			if bug.Config != nil || bug.Check == doctor.CheckStart {
				fresh, err := bug.New(s.config)
				if err != nil {
					t.Fatal(err)
				}
				model, flow, s.opts.AtStart = fresh, fresh.Flow(), true
			}
			report := s.examine(t, model, flow, bug.Check)
			if c, _ := report.Find(bug.Check); c.Verdict != doctor.Warn && c.Verdict != doctor.Fail {
				t.Errorf("the bug is not caught:\n%s", report)
			}
			s.opts.Base, s.opts.AtStart = bijector.StandardNormal, false
			switch {
			case bug.Check == doctor.CheckStart: // which only a fresh model can pass
				fresh, err := realnvp.New(s.config)
				if err != nil {
					t.Fatal(err)
				}
				s.opts.AtStart = true
				report = s.examine(t, fresh, fresh.Flow(), bug.Check)
			case s.model == scaled.model: // pixels that no logit spreads: not normal at once
				report = s.examine(t, s.model, s.model.Flow(), bug.Check)
			default:
				if healthy[s.model] == nil {
					healthy[s.model] = s.examine(t, s.model, s.model.Flow())
				}
				report = healthy[s.model]
			}
			if c, _ := report.Find(bug.Check); c.Verdict != doctor.OK {
				t.Errorf("the healthy model does not pass:\n%s", report)
			}
		})
	}
	for _, report := range healthy {
		if report.Worst() != doctor.OK {
			t.Errorf("a healthy model is found %s:\n%s", report.Worst(), report)
		}
	}
}

// TestUnitForgotten: x/255 without its log-determinant scores log2 255 bits/dim too well, below zero for dark images.
func TestUnitForgotten(t *testing.T) {
	s := pictures(t, realnvp.Scale255)
	bug := named(t, "unit-forgotten")
	right := s.examine(t, s.model, s.model.Flow(), doctor.CheckBits)
	wrong := s.examine(t, s.model, bug.Apply(s.model.Flow()), doctor.CheckBits)
	if gain := right.BitsPerDim - wrong.BitsPerDim; math.Abs(gain-math.Log2(255)) > 1e-4 {
		t.Errorf("the bug gains %g bits/dim, want log2 255 = %g", gain, math.Log2(255))
	}
}

// TestHalfLogTwoPi: the constant is worth ½·log 2π nats a dimension.
func TestHalfLogTwoPi(t *testing.T) {
	s := points(t)
	sick, err := named(t, "half-log-two-pi-missing").New(s.config)
	if err != nil {
		t.Fatal(err)
	}
	fresh, err := realnvp.New(s.config)
	if err != nil {
		t.Fatal(err)
	}
	x := []float32{0.5, -1}
	gain := must.M1(sick.LogProb(t.Context(), x))[0] - must.M1(fresh.LogProb(t.Context(), x))[0]
	if math.Abs(gain-math.Log(2*math.Pi)) > 1e-5 {
		t.Errorf("gain %g nats of two numbers, want log 2π", gain)
	}
}

// TestDiffs: each bug's diff shows a mistake and little else, and a twin differs from the right code in that alone.
func TestDiffs(t *testing.T) {
	for _, bug := range bugs.All() {
		config := pictures(t, realnvp.Logit).config
		if bug.Name == "unit-forgotten" {
			config.Preprocess, config.LogitAlpha = realnvp.Scale255, 0
		}
		diff, err := bug.Diff(config)
		if err != nil {
			t.Errorf("%s: %v", bug.Name, err)
			continue
		}
		t.Logf("%s\n%s", bug.Name, diff)
		removed, added := 0, 0
		for _, line := range strings.Split(diff, "\n") {
			switch line[:1] {
			case "-":
				removed++
			case "+":
				added++
			}
		}
		if removed+added == 0 || removed > 5 || added > 3 || removed+added > 7 {
			t.Errorf("%s: %d lines of right code and %d of wrong:\n%s", bug.Name, removed, added, diff)
		}
		if len(bug.Twins) > 0 != strings.Contains(diff, "@@ realnvp/") {
			t.Errorf("%s has %d twins, and the diff\n%s", bug.Name, len(bug.Twins), diff)
		}
	}
}

// TestASickFlowHasCheckpoints: a model with a bug in its layers or its base is saved and loaded as any other.
func TestASickFlowHasCheckpoints(t *testing.T) {
	for _, bug := range bugs.All() {
		s := points(t)
		if bug.Config != nil || bug.Check == doctor.CheckInvertible || strings.HasPrefix(bug.Name, "logit") {
			s = pictures(t, realnvp.Logit)
		} else if bug.Name == "unit-forgotten" {
			s = pictures(t, realnvp.Scale255)
		}
		sick, err := bug.New(s.config)
		if err != nil {
			t.Fatal(err)
		}
		path := t.TempDir() + "/sick.safetensors"
		if err := sick.Save(path); err != nil {
			t.Errorf("%s: %v", bug.Name, err)
			continue
		}
		if _, err := realnvp.Load(path); err != nil {
			t.Errorf("%s: %v", bug.Name, err)
		}
	}
}

// TestBugsAreDescribed: names differ, nothing is left blank, and each bug does something.
func TestBugsAreDescribed(t *testing.T) {
	seen := map[string]bool{}
	for _, b := range bugs.All() {
		if seen[b.Name] {
			t.Errorf("two bugs are named %s", b.Name)
		}
		seen[b.Name] = true
		for field, text := range map[string]string{"Title": b.Title, "Symptom": b.Symptom, "Cause": b.Cause, "Fix": b.Fix, "Check": b.Check} {
			if text == "" || !strings.Contains(b.Markdown(), text) {
				t.Errorf("%s: %s is blank, or not in its Markdown", b.Name, field)
			}
		}
		if b.Layer == nil && b.Config == nil && b.Base == nil {
			t.Errorf("%s does nothing", b.Name)
		}
	}
	if _, err := bugs.Named("no-such-bug"); err == nil || !strings.Contains(err.Error(), "logit-unscaled") {
		t.Errorf("an unknown name gives %v, want an error that lists the names", err)
	}
}

func named(t *testing.T, name string) bugs.Bug {
	t.Helper()
	bug, err := bugs.Named(name)
	if err != nil {
		t.Fatal(err)
	}
	return bug
}
