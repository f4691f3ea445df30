package doctor_test

import (
	"math"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"flowbook/realnvp/bijector"
	"flowbook/realnvp/doctor"
	"flowbook/realnvp/internal/goldentest"
	"flowbook/realnvp/net"
)

// TestPlantedFaults plants one fault at a time in a healthy flow, and asks that the check meant for it finds it and
// blames the right layer. The same check of the flow without the fault is TestHealthyFlows'.
func TestPlantedFaults(t *testing.T) {
	cases := []struct {
		name    string
		check   string
		plant   func(t *testing.T, p *patient)
		verdict doctor.Verdict
		layer   string
		says    string
	}{
		{"Forward panics", doctor.CheckForward, at("coupling1", forwardOnly(func(*bijector.Context, *Node, *Node, *Node) (*Node, *Node) {
			panic("the dog ate it")
		})), doctor.Fail, "coupling1", "the dog ate it"},
		{"a log-determinant of the wrong shape", doctor.CheckForward, at("coupling1", both(func(_ *bijector.Context, _, out, logDet *Node) (*Node, *Node) {
			return out, ReduceAllSum(logDet)
		})), doctor.Fail, "coupling1", "log-determinant of shape"},
		{"numbers lost on the way", doctor.CheckForward, at("norm1", forwardOnly(func(_ *bijector.Context, _, out, logDet *Node) (*Node, *Node) {
			return Slice(out, AxisRange(), AxisRange(0, 1)), logDet
		})), doctor.Fail, "norm1", "keeps the number"},

		{"NaN at a layer", doctor.CheckFinite, at("norm0", forwardOnly(func(_ *bijector.Context, _, out, logDet *Node) (*Node, *Node) {
			return Log(out), logDet
		})), doctor.Fail, "norm0", "output"},
		{"infinite log-determinant", doctor.CheckFinite, at("coupling1", forwardOnly(func(_ *bijector.Context, _, out, logDet *Node) (*Node, *Node) {
			return out, Log(ZerosLike(logDet))
		})), doctor.Fail, "coupling1", "log-determinant"},
		{"NaN on the way back", doctor.CheckFinite, at("coupling0", inverseOnly(func(_ *bijector.Context, _, out, logDet *Node) (*Node, *Node) {
			return Sqrt(out), logDet
		})), doctor.Fail, "coupling0", "Inverse"},
		{"NaN in a variable", doctor.CheckFinite, func(t *testing.T, p *patient) { p.set(t, "coupling1/t_shift", math.NaN()) },
			doctor.Fail, "", "/coupling1/t_shift"},

		{"nets that see everything", doctor.CheckInvertible, at("coupling1", func(b bijector.Bijector) bijector.Bijector {
			return seesAll{b.(*bijector.Coupling)}
		}), doctor.Fail, "coupling1", "off x"},
		{"Inverse with another t", doctor.CheckInvertible, at("coupling0", inverseOnly(func(_ *bijector.Context, _, out, logDet *Node) (*Node, *Node) {
			return AddScalar(out, 0.1), logDet
		})), doctor.Fail, "coupling0", "off x"},
		{"no Inverse", doctor.CheckInvertible, at("coupling0", inverseOnly(func(*bijector.Context, *Node, *Node, *Node) (*Node, *Node) {
			panic("not implemented")
		})), doctor.Fail, "coupling0", "not implemented"},
		{"rounding", doctor.CheckInvertible, func(_ *testing.T, p *patient) { p.flow = appended(p.flow, "loses", loses{}) },
			doctor.Warn, "loses", "rounding"},
		{"rounding, in log p", doctor.CheckPrecision, func(_ *testing.T, p *patient) { p.flow = appended(p.flow, "loses", loses{}) },
			doctor.Warn, "", "float64"},

		{"log-determinant with the wrong sign", doctor.CheckLogDet, at("coupling1", both(negateLogDet)), doctor.Fail, "coupling1", "Jacobian"},
		{"log σ forgotten", doctor.CheckLogDet, at("norm0", both(zeroLogDet)), doctor.Fail, "norm0", "Jacobian"},
		{"log-determinants of both ways alike", doctor.CheckLogDet, at("coupling1", inverseOnly(negateLogDet)), doctor.Fail, "coupling1", "do not add to zero"},
		{"log σ forgotten, no Jacobian taken", doctor.CheckLogDet, func(t *testing.T, p *patient) {
			at("norm0", both(zeroLogDet))(t, p)
			p.opts.MaxJacobian = 1
		}, doctor.Fail, "norm0", "elementwise"},
		{"nets that see everything, no Jacobian taken", doctor.CheckLogDet, func(t *testing.T, p *patient) {
			at("coupling1", func(b bijector.Bijector) bijector.Bijector { return seesAll{b.(*bijector.Coupling)} })(t, p)
			p.opts.MaxJacobian = 1
		}, doctor.Fail, "coupling1", "elementwise"},
		{"a rotation, no Jacobian taken", doctor.CheckLogDet, func(_ *testing.T, p *patient) {
			p.flow = appended(p.flow, "turns", turns{})
			p.opts.MaxJacobian = 1
		}, doctor.Skipped, "turns", "not measured"},
		{"a rotation", doctor.CheckLogDet, func(_ *testing.T, p *patient) { p.flow = appended(p.flow, "turns", turns{}) },
			doctor.OK, "", "Jacobian"},
		{"a stopped gradient is no wrong log-determinant", doctor.CheckLogDet, at("coupling1", stopHalf), doctor.OK, "", "Jacobian"},
		{"a stopped gradient", doctor.CheckGradient, at("coupling1", stopHalf), doctor.Warn, "coupling1", "stopped"},
		{"an operation without gradient", doctor.CheckGradient, func(_ *testing.T, p *patient) { p.flow = appended(p.flow, "reverses", reverses{}) },
			doctor.Fail, "reverses", "Reverse"},

		{"normalised by the batch in evaluation", doctor.CheckApart, func(_ *testing.T, p *patient) { p.flow = appended(p.flow, "by_batch", byBatch{}) },
			doctor.Fail, "", "first half changed"},
		{"running moments that move in evaluation", doctor.CheckFrozen, at("norm1", func(b bijector.Bijector) bijector.Bijector {
			return trainsInEvaluation{b}
		}), doctor.Fail, "norm1", "running_mean"},

		{"½·log 2π forgotten", doctor.CheckBase, func(_ *testing.T, p *patient) { p.opts.Base = withoutConstant },
			doctor.Fail, "", "½·log 2π is missing"},
		{"½·log 2π forgotten, by the integral", doctor.CheckIntegral, func(_ *testing.T, p *patient) { p.opts.Base = withoutConstant },
			doctor.Fail, "", "∫p"},
		{"log σ forgotten, by the integral", doctor.CheckIntegral, at("standardize", both(zeroLogDet)), doctor.Fail, "", "∫p"},

		{"a term out of proportion", doctor.CheckTerms, func(_ *testing.T, p *patient) {
			p.flow = appended(appended(p.flow, "down", bijector.Scale{By: 1e20}), "up", bijector.Affine{Shift: []float64{0}, Scale: []float64{1e-20}})
		}, doctor.Warn, "", "out of proportion"},
		{"data three times as wide", doctor.CheckLatent, func(t *testing.T, p *patient) {
			p.batch = mapped(t, p.batch, func(v float64) float64 { return 3 * v })
		}, doctor.Warn, "", "KS distance"},
		{"exploding s", doctor.CheckScales, func(t *testing.T, p *patient) { p.set(t, "coupling1/s_scale", 200) },
			doctor.Fail, "coupling1", "|s| reaches"},
		{"dead s", doctor.CheckScales, func(t *testing.T, p *patient) { p.set(t, "coupling0/s_scale", 0) },
			doctor.Warn, "coupling0", "s = 0"},
		{"a start that is no identity", doctor.CheckStart, func(t *testing.T, p *patient) { p.opts.AtStart = true },
			doctor.Fail, "coupling", "before any training"},

		{"running variance far off", doctor.CheckRunning, func(t *testing.T, p *patient) { p.set(t, "norm1/running_var", 30) },
			doctor.Warn, "norm1", "far from this batch's"},
		{"running moments never moved", doctor.CheckRunning, func(t *testing.T, p *patient) {
			p.set(t, "norm0/running_var", 1)
			p.set(t, "norm0/running_mean", 0)
		}, doctor.Warn, "", "where they start"},
		{"momentum 0.1", doctor.CheckMomentum, at("norm1", func(bijector.Bijector) bijector.Bijector {
			return &bijector.BatchNorm{Momentum: 0.1, Epsilon: 1e-5}
		}), doctor.Warn, "norm1", "weight 0.1"},
		{"a momentum too small for the numbers", doctor.CheckMomentum, at("norm1", func(bijector.Bijector) bijector.Bijector {
			return &bijector.BatchNorm{Momentum: 1e-18, Epsilon: 1e-5}
		}), doctor.Fail, "norm1", "does not move"},
		{"biased variance", doctor.CheckVariance, at("norm0", func(bijector.Bijector) bijector.Bijector {
			return &bijector.BatchNorm{Momentum: 0.005, Epsilon: 1e-5, BiasedVariance: true}
		}), doctor.Warn, "norm0", "biased variance"},
		{"log σ forgotten in training", doctor.CheckTrainLogDet, at("norm0", forwardOnly(func(c *bijector.Context, in, out, logDet *Node) (*Node, *Node) {
			if c.Training {
				return out, ZerosLike(logDet)
			}
			return out, logDet
		})), doctor.Fail, "norm0", "in training"},

		{"the data's unit not restored", doctor.CheckSamples, at("standardize", inverseOnly(func(_ *bijector.Context, in, _, logDet *Node) (*Node, *Node) {
			return MulScalar(in, 10), logDet
		})), doctor.Warn, "", "std within a factor"},
		{"samples that overflow", doctor.CheckSamples, at("standardize", inverseOnly(func(_ *bijector.Context, _, out, logDet *Node) (*Node, *Node) {
			return Exp(MulScalar(Square(out), 100)), logDet
		})), doctor.Fail, "", "not finite"},
		{"s without bound", doctor.CheckHostile, func(_ *testing.T, p *patient) {
			p.flow = appended(p.flow, "growing", growing{bijector.Alternating(2, true)})
		}, doctor.Warn, "growing", "cost"},
		{"s without bound, to infinity", doctor.CheckHostile, func(_ *testing.T, p *patient) {
			p.flow = appended(p.flow, "growing", growing{bijector.Alternating(2, true)})
			p.flow = appended(p.flow, "again", growing{bijector.Alternating(2, false)})
		}, doctor.Fail, "again", "first tensor that is not finite"},
		{"other data", doctor.CheckHeldOut, func(t *testing.T, p *patient) {
			p.opts.HeldOut = mapped(t, p.batch, func(v float64) float64 { return 1.7 * v })
		}, doctor.Warn, "", "bits/dim"},
		{"other data off the scale", doctor.CheckHeldOut, func(t *testing.T, p *patient) {
			p.opts.HeldOut = mapped(t, p.batch, func(v float64) float64 { return 100 * v })
		}, doctor.Fail, "standardize", "bits/dim"},
		{"held-out data of another shape", doctor.CheckHeldOut, func(_ *testing.T, p *patient) {
			p.opts.HeldOut = tensorOf(make([]float64, 6), dtypes.Float32, 2, 3)
		}, doctor.Fail, "", "do not fit"},
	}
	backend := goldentest.Backend(t)
	healthy := pointsOf(t, backend, dtypes.Float32, 2)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := healthy.copied(t)
			p.opts.Only = []string{c.check}
			c.plant(t, &p)
			expect(t, p.examine(t), c.check, c.verdict, c.layer, c.says)
		})
	}
}

// expect asks a report for one verdict.
func expect(t *testing.T, report *doctor.Report, name string, verdict doctor.Verdict, layer, says string) {
	t.Helper()
	check, ok := report.Find(name)
	if !ok {
		t.Fatalf("the report has no %q:\n%s", name, report)
	}
	if check.Verdict != verdict || !strings.Contains(check.Layer, layer) || !strings.Contains(check.Detail, says) {
		t.Errorf("want %s at %q saying %q, got:\n%s", verdict, layer, says, report)
	}
	if (verdict == doctor.Warn || verdict == doctor.Fail) && check.Remedy == "" {
		t.Error("no remedy")
	}
}

// at plants by replacing one layer.
func at(layer string, fn func(b bijector.Bijector) bijector.Bijector) func(t *testing.T, p *patient) {
	return func(_ *testing.T, p *patient) { p.flow = replaced(p.flow, layer, fn) }
}

var stopHalf = forwardOnly(func(_ *bijector.Context, _, out, logDet *Node) (*Node, *Node) {
	return Add(MulScalar(out, 0.5), StopGradient(MulScalar(out, 0.5))), logDet
})

func negateLogDet(_ *bijector.Context, _, out, logDet *Node) (*Node, *Node) { return out, Neg(logDet) }
func zeroLogDet(_ *bijector.Context, _, out, logDet *Node) (*Node, *Node) {
	return out, ZerosLike(logDet)
}

func withoutConstant(z *Node) *Node { return MulScalar(ReduceSum(Square(z), 1), -0.5) }

// TestPlantedFaultsInImages: what only images and pixels can have wrong.
func TestPlantedFaultsInImages(t *testing.T) {
	backend := goldentest.Backend(t)
	plain := net.ResNet{Planes: 4, Norm: net.NoNorm} // which compiles fast
	healthy := picturesOf(t, backend, dtypes.Float32, plain)
	narrow := net.ResNet{Planes: 1, Norm: net.NoNorm}
	cases := []struct {
		name    string
		check   string
		plant   func(t *testing.T, p *patient)
		verdict doctor.Verdict
		says    string
	}{
		{"scaled outside the flow", doctor.CheckBits, func(t *testing.T, p *patient) {
			p.batch = mapped(t, p.batch, func(v float64) float64 { return v / 256 })
		}, doctor.Fail, "scaled outside the flow"},
		{"a range of −1 to 1", doctor.CheckBits, func(t *testing.T, p *patient) {
			p.batch = mapped(t, p.batch, func(v float64) float64 { return v/128 - 1 })
		}, doctor.Fail, "outside [0, 256]"},
		{"log 256 forgotten", doctor.CheckBits, at("logit", both(func(_ *bijector.Context, _, out, logDet *Node) (*Node, *Node) {
			return out, AddScalar(logDet, 64*math.Log(256))
		})), doctor.Fail, "another unit"},
		{"not dequantized", doctor.CheckBits, func(t *testing.T, p *patient) { p.batch = mapped(t, p.batch, math.Trunc) },
			doctor.Warn, "whole numbers"},
		{"worse than uniform", doctor.CheckBits, at("logit", both(func(_ *bijector.Context, _, out, logDet *Node) (*Node, *Node) {
			return out, AddScalar(logDet, -64*5)
		})), doctor.Warn, "worse by far"},
		{"a logit without alpha", doctor.CheckHostile, at("logit", func(bijector.Bijector) bijector.Bijector {
			return bijector.Logit{Alpha: 0, Levels: 256}
		}), doctor.Fail, "first tensor that is not finite"},
		{"a single scale", doctor.CheckMultiScale, func(_ *testing.T, p *patient) {
			p.flow = append(bijector.Chain{}, pictureFlow(plain)[:3]...)
			p.flow = appended(p.flow, "flatten", bijector.Flatten{Height: 8, Width: 8, Channels: 1})
		}, doctor.Warn, "single scale"},
		{"no final couplings", doctor.CheckMultiScale, func(_ *testing.T, p *patient) {
			chain := pictureFlow(plain)
			out := chain[6].Bijector.(bijector.FactorOut)
			out.Rest = out.Rest.(bijector.Chain)[3:]
			chain[6].Bijector = out
			p.flow = chain
		}, doctor.Warn, "after the last factor-out"},
		{"no norms", doctor.CheckNorms, func(t *testing.T, p *patient) {
			p.flow = replaced(p.flow, "", func(b bijector.Bijector) bijector.Bijector {
				if _, ok := b.(*bijector.BatchNorm); ok {
					return bijector.Chain{}
				}
				return b
			})
		}, doctor.Warn, "no batch norm"},
		{"many couplings of one plane", doctor.CheckWidth, func(t *testing.T, p *patient) {
			p.store = model.NewStore()
			p.flow = replaced(p.flow, "", func(b bijector.Bijector) bijector.Bijector {
				if c, ok := b.(*bijector.Coupling); ok {
					return &bijector.Coupling{Mask: c.Mask, Net: net.Pair{S: narrow, T: narrow}, Transform: c.Transform}
				}
				return b
			})
		}, doctor.Warn, "4 couplings, nets of 1 planes"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := healthy.copied(t)
			p.opts.Only = []string{c.check}
			c.plant(t, &p)
			expect(t, p.examine(t), c.check, c.verdict, "", c.says)
		})
	}
}
