package doctor_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/ml/model"

	"flowbook/realnvp/bijector"
	"flowbook/realnvp/doctor"
	"flowbook/realnvp/internal/goldentest"
	"flowbook/realnvp/transform"
)

// TestColumns: data whose density has no bound are named by their columns, with what to do; others pass.
func TestColumns(t *testing.T) {
	backend := goldentest.Backend(t)
	const n = 200
	normal := func(scale, shift float64) func(*rand.Rand, []float64) float64 {
		return func(rng *rand.Rand, _ []float64) float64 { return shift + scale*rng.NormFloat64() }
	}
	for _, c := range []struct {
		name  string
		table []func(rng *rand.Rand, row []float64) float64
		says  string
	}{
		{"independent", []func(*rand.Rand, []float64) float64{normal(1, 0), normal(20, 1e5), normal(1e-3, 5)}, ""},
		{"repeated", []func(*rand.Rand, []float64) float64{normal(1, 0), normal(1, 0), func(_ *rand.Rand, row []float64) float64 { return row[0] }}, "column 2 is"},
		{"collinear", []func(*rand.Rand, []float64) float64{normal(1, 3), normal(1, 0), func(_ *rand.Rand, row []float64) float64 { return 2*row[0] - row[1] + 7 }}, "column 2 is a linear function of columns 0, 1"},
		{"three values", []func(*rand.Rand, []float64) float64{normal(1, 0), func(rng *rand.Rand, _ []float64) float64 { return float64(rng.IntN(3)) }}, "column 1 has 3 values in 200 samples"},
		{"half zeros", []func(*rand.Rand, []float64) float64{normal(1, 0), func(rng *rand.Rand, _ []float64) float64 { return math.Max(0, rng.NormFloat64()) }}, "column 1 is 0 in"},
		{"constant", []func(*rand.Rand, []float64) float64{normal(1, 0), normal(0, 3.3)}, "column 1 is 3.3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(1, 2))
			var x []float64
			for range n {
				var row []float64
				for _, column := range c.table {
					row = append(row, column(rng, row))
				}
				x = append(x, row...)
			}
			p := patient{backend: backend, store: model.NewStore(), flow: bijector.Chain{}, batch: tensorOf(x, dtypes.Float32, n, len(c.table))}
			p.opts.Only = []string{doctor.CheckColumns}
			want := doctor.Warn
			if c.says == "" {
				want = doctor.OK
			}
			expect(t, p.examine(t), doctor.CheckColumns, want, "", c.says)
		})
	}
}

// TestDataFarFromZero: a healthy flow of columns 1e5 ± 20 passes every check, by autodiff and by finite differences.
func TestDataFarFromZero(t *testing.T) {
	backend := goldentest.Backend(t)
	far := bijector.Affine{Shift: []float64{1e5, -1e5}, Scale: []float64{20, 20}}
	for _, dtype := range []dtypes.DType{dtypes.Float32, dtypes.Float64} {
		t.Run(dtype.String(), func(t *testing.T) {
			near := pointsOf(t, backend, dtype, 2)
			p := near
			p.flow = replaced(near.flow, "standardize", func(bijector.Bijector) bijector.Bijector { return far })
			p.store, p.batch = trained(t, backend, p.flow, dtype, 256, []int{2}, []int{2}, 0)
			if report := p.examine(t); report.Worst() != doctor.OK {
				t.Errorf("a healthy flow is found %s:\n%s", report.Worst(), report)
			}
			p.flow = appended(p.flow, "reverses", reverses{}) // whose Jacobian is taken by differences
			p.opts.Only = []string{doctor.CheckLogDet}
			if c, _ := p.examine(t).Find(doctor.CheckLogDet); c.Verdict != doctor.OK {
				t.Errorf("by finite differences: %+v", c)
			}
			p.flow = replaced(near.flow, "standardize", both(zeroLogDet)) // and a fault is still seen
			p.batch = near.batch
			expect(t, p.examine(t), doctor.CheckLogDet, doctor.Fail, "standardize", "Jacobian")
		})
	}
}

// TestTheRemedyFits: a flow whose s is bounded is not told to bound it.
func TestTheRemedyFits(t *testing.T) {
	healthy := pointsOf(t, goldentest.Backend(t), dtypes.Float32, 2)
	for _, bound := range []float64{0, 3} {
		p := healthy.copied(t)
		p.flow = bijector.Wrap(p.flow, func(_ string, b bijector.Bijector) bijector.Bijector {
			if c, ok := b.(*bijector.Coupling); ok {
				bounded := *c
				bounded.Transform = transform.Affine{PerElement: true, Bound: bound}
				return &bounded
			}
			return b
		})
		p.set(t, "s_scale", 1e4)
		p.opts.Only = []string{doctor.CheckScales, doctor.CheckHostile, doctor.CheckSamples}
		told := false
		for _, check := range p.examine(t).Bad() {
			told = told || strings.Contains(check.Remedy, "bound s (")
			if bound > 0 && strings.Contains(check.Remedy, "bound s (") {
				t.Errorf("with a bound of %g: %+v", bound, check)
			}
		}
		if bound == 0 && !told {
			t.Error("without a bound, none is recommended")
		}
	}
}
