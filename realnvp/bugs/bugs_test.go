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
	"flowbook/realnvp/preset"
	"flowbook/realnvp/transform"
)

// subject is a healthy model with data drawn from its own density, so that it is as good as perfectly trained.
type subject struct {
	bugs.Subject
	shape []realnvp.Option
	model *realnvp.Model
	batch *tensors.Tensor
	opts  doctor.Options
}

// healthy is a fresh model without a bug.
func (s subject) healthy(t *testing.T) *realnvp.Model {
	t.Helper()
	m, err := realnvp.New(s.Flow(), s.shape...)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func points(t *testing.T) subject {
	vectors := preset.Vectors{Features: 2, Couplings: 2, Norm: norm, Coupling: func(_ int, mask bijector.Mask) bijector.Bijector {
		return coupling(mask, net.MLP{Hidden: []int{8}})
	}}
	return newSubject(t, bugs.Subject{Vectors: vectors.Flow()}, []int{2}, 128)
}

func pictures(t *testing.T, first bijector.Bijector) subject {
	return newSubject(t, bugs.Subject{
		First: bijector.Chain{{Name: "first", Bijector: first}}, Sides: [3]int{8, 8, 1},
		Levels: preset.MultiScale{
			Scales: 1, Checkerboards: 1, Channels: 1, Final: 2, Planes: 4, Norm: norm,
			Coupling: func(mask bijector.Mask, planes int) bijector.Bijector {
				return coupling(mask, net.ResNet{Planes: planes, Norm: net.NoNorm})
			},
		},
	}, []int{8, 8, 1}, 32)
}

// What comes before the flow of pictures.
var (
	logit  = bijector.Logit{Alpha: 0.05, Levels: 256}
	scaled = bijector.Scale{By: 255}
)

func coupling(mask bijector.Mask, n net.Net) bijector.Bijector {
	return &bijector.Coupling{Mask: mask, Net: net.Pair{S: n, T: n}, Transform: transform.Affine{PerElement: true}}
}

func norm() bijector.Bijector { return &bijector.BatchNorm{Momentum: 0.005, Epsilon: 1e-5} }

// newSubject gives a model mild weights, and draws n samples from it.
func newSubject(t *testing.T, of bugs.Subject, sides []int, n int) subject {
	t.Helper()
	s := subject{Subject: of, opts: doctor.Options{Scope: realnvp.FlowScope}}
	s.shape = []realnvp.Option{realnvp.Vector(sides[0])}
	if len(sides) == 3 {
		s.shape = []realnvp.Option{realnvp.Image(sides[0], sides[1], sides[2]), realnvp.Pixels()}
	}
	model := s.healthy(t)
	s.model = model
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
	z := make([]float32, n*model.Dim())
	for i := range z {
		z[i] = float32(rng.NormFloat64())
	}
	x, err := model.Decode(t.Context(), z)
	if err != nil {
		t.Fatal(err)
	}
	if model.IsPixels() {
		s.opts.Levels = 256
		for i := range x {
			x[i] = min(max(x[i], 0.01), 255.99)
		}
	}
	s.batch = tensors.FromFlatDataAndDimensions(x, append([]int{n}, sides...)...)
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
	vectors, images, onScale := points(t), pictures(t, logit), pictures(t, scaled)
	healthy := map[*realnvp.Model]*doctor.Report{}
	for _, bug := range bugs.All() {
		t.Run(bug.Name, func(t *testing.T) {
			s := vectors
			if bug.Levels != nil || strings.HasPrefix(bug.Name, "logit") || bug.Check == doctor.CheckInvertible {
				s = images
			} else if bug.Name == "unit-forgotten" {
				s = onScale
			}
			model, flow := s.model, bug.Apply(s.model.Flow())
			if bug.Base != nil {
				s.opts.Base = func(z *graph.Node) *graph.Node { return bug.Base.LogProb(nil, z) }
			}
			if bug.Levels != nil || bug.Check == doctor.CheckStart {
				fresh, err := bug.New(s.Subject, s.shape...)
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
				fresh := s.healthy(t)
				s.opts.AtStart = true
				report = s.examine(t, fresh, fresh.Flow(), bug.Check)
			case s.model == onScale.model: // pixels that no logit spreads: not normal at once
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
	s := pictures(t, scaled)
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
	sick, err := named(t, "half-log-two-pi-missing").New(s.Subject, s.shape...)
	if err != nil {
		t.Fatal(err)
	}
	fresh := s.healthy(t)
	x := []float32{0.5, -1}
	gain := must.M1(sick.LogProb(t.Context(), x))[0] - must.M1(fresh.LogProb(t.Context(), x))[0]
	if math.Abs(gain-math.Log(2*math.Pi)) > 1e-5 {
		t.Errorf("gain %g nats of two numbers, want log 2π", gain)
	}
}

// TestDiffs: each bug's diff shows a mistake and little else, and a twin differs from the right code in that alone.
func TestDiffs(t *testing.T) {
	for _, bug := range bugs.All() {
		of := pictures(t, logit)
		if bug.Name == "unit-forgotten" {
			of = pictures(t, scaled)
		}
		diff, err := bug.Diff(of.Subject)
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
		if bug.Levels != nil || bug.Check == doctor.CheckInvertible || strings.HasPrefix(bug.Name, "logit") {
			s = pictures(t, logit)
		} else if bug.Name == "unit-forgotten" {
			s = pictures(t, scaled)
		}
		sick, err := bug.New(s.Subject, s.shape...)
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
		if b.Layer == nil && b.Levels == nil && b.Base == nil {
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
