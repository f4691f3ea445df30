package realnvp_test

import (
	"math"
	"path/filepath"
	"testing"

	"flowbook/realnvp"
	"flowbook/realnvp/base"
	"flowbook/realnvp/bijector"
	"flowbook/realnvp/net"
	"flowbook/realnvp/transform"
)

// TestEveryPartGoesOnBitForBit trains 7 steps, and 3, saves, loads, and trains 4 more: losses, gradient norms, log p and
// samples are the same to the last bit. A new part is a line here.
func TestEveryPartGoesOnBitForBit(t *testing.T) {
	affine := func(keepFirst bool) bijector.Bijector {
		return &bijector.Coupling{Mask: bijector.Alternating(2, keepFirst), Net: net.MLP{Hidden: []int{6}}, Transform: transform.Affine{Bound: 3}}
	}
	flow := func(parts ...bijector.Bijector) (chain bijector.Chain) {
		for i, part := range append(parts, affine(true)) {
			chain = append(chain, bijector.Layer{Name: string(rune('a' + i)), Bijector: part})
		}
		return chain
	}
	vector := []realnvp.Option{realnvp.Vector(2), realnvp.Seed(3)}
	for name, c := range map[string]struct {
		flow    bijector.Chain
		opts    []realnvp.Option
		classes int
	}{
		"ActNorm":               {flow: flow(bijector.ActNorm{})},
		"Conv1x1":               {flow: flow(bijector.Conv1x1{})},
		"Spline":                {flow: flow(&bijector.Coupling{Mask: bijector.Alternating(2, false), Net: net.MLP{Hidden: []int{6}}, Transform: transform.Spline{Bins: 4}})},
		"BatchNorm":             {flow: flow(affine(false), &bijector.BatchNorm{Momentum: 0.1, Epsilon: 1e-5, Debias: true})},
		"StudentT":              {flow: flow(affine(false)), opts: []realnvp.Option{realnvp.Base(base.StudentT{})}},
		"StudentT, independent": {flow: flow(affine(false)), opts: []realnvp.Option{realnvp.Base(base.StudentT{Independent: true})}},
		"PerClass":              {flow: flow(affine(false)), opts: []realnvp.Option{realnvp.Base(base.PerClass{}), realnvp.Classes(3)}, classes: 3},
	} {
		t.Run(name, func(t *testing.T) {
			const n, more = 3, 4
			x, held := gaussian(40, 1), gaussian(5, 2)
			var labels []int
			var given []realnvp.EvalOption
			seed := realnvp.SampleConfig{Seed: 1}
			if c.classes > 0 {
				for i := range 40 {
					labels = append(labels, i%c.classes)
				}
				given, seed.Labels = append(given, realnvp.WithLabels(1)), []int{1}
			}
			train := func(m *realnvp.Model, steps int) (numbers []float64) {
				t.Helper()
				src, err := realnvp.NewPoints(x, labels, 2, 16, 1) // 7 steps pass over the data twice
				if err != nil {
					t.Fatal(err)
				}
				_, err = m.Train(t.Context(), src, realnvp.TrainConfig{
					Steps: steps, LearningRate: 1e-2, EMA: 0.9, ClipNorm: 1,
					OnStep: func(s realnvp.StepInfo) error { numbers = append(numbers, s.Loss, s.GradNorm); return nil },
				})
				if err != nil {
					t.Fatal(err)
				}
				return numbers
			}
			ends := func(m *realnvp.Model) []float64 {
				t.Helper()
				logp, err := m.LogProb(t.Context(), held, given...)
				if err != nil {
					t.Fatal(err)
				}
				drawn, err := m.Sample(t.Context(), 4, seed)
				if err != nil {
					t.Fatal(err)
				}
				for _, v := range drawn {
					logp = append(logp, float64(v))
				}
				return logp
			}
			opts := append(vector[:len(vector):len(vector)], c.opts...)

			whole := mustNew(t, c.flow, opts...)
			want := train(whole, n+more)
			half, path := mustNew(t, c.flow, opts...), filepath.Join(t.TempDir(), "half.safetensors")
			train(half, n)
			if err := half.Save(path); err != nil {
				t.Fatal(err)
			}
			loaded, err := realnvp.Load(path)
			if err != nil {
				t.Fatal(err)
			}
			same(t, "losses and gradient norms", train(loaded, n+more), want[2*n:])
			end := ends(whole)
			same(t, "log p and samples", ends(loaded), end)
			for _, v := range append(want, end...) {
				if math.IsNaN(v) || math.IsInf(v, 0) {
					t.Fatalf("%v among %v and %v", v, want, end)
				}
			}
		})
	}
}
