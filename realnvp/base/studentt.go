package base

import (
	"math"

	"github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/stat/distuv"

	"flowbook/realnvp/param"
)

// StudentT is the t distribution of D numbers with ν learned degrees of freedom, for data with heavy tails: no Lipschitz
// flow makes such tails of a normal (Jaini et al. 2020, arXiv:1907.04481).
//
//	log p = log Γ((ν+D)/2) − log Γ(ν/2) − (D/2)·log(νπ) − (ν+D)/2·log(1 + |z|²/ν)
//
// ν = exp(log_df) is one number for all, so that a large |z|² is likely in every direction. With Independent, each
// number has a ν and a t distribution of its own.
type StudentT struct {
	// Start is where ν starts, above 0; 0 means 5.
	Start float64
	// Independent makes the D numbers independent of each other: one ν and one t distribution for each.
	Independent bool
}

// logDF is the parameter's name.
const logDF = "log_df"

// LogProb is the t distribution's log-density in nats: [batch, D] → [batch].
func (t StudentT) LogProb(c *Context, z *graph.Node) *graph.Node {
	d := z.Shape().Dim(-1)
	if t.Independent {
		nu := graph.InsertAxes(graph.Exp(c.Value(z, logDF, t.start(), d)), 0)
		return graph.ReduceSum(logT(nu, 1, graph.Square(z)), -1)
	}
	nu := graph.Exp(c.Value(z, logDF, t.start()))
	return logT(nu, float64(d), graph.ReduceSum(graph.Square(z), -1))
}

// logT is the log-density of a t distribution of d numbers at squared distance r2 from the centre.
func logT(nu *graph.Node, d float64, r2 *graph.Node) *graph.Node {
	half := graph.DivScalar(nu, 2)
	halfMore := graph.DivScalar(graph.AddScalar(nu, d), 2)
	constant := graph.Sub(graph.Sub(LogGamma(halfMore), LogGamma(half)), graph.MulScalar(graph.Log(graph.MulScalar(nu, math.Pi)), d/2))
	return graph.Sub(constant, graph.Mul(halfMore, graph.Log(graph.OnePlus(graph.Div(r2, nu)))))
}

func (t StudentT) start() param.Init {
	start := t.Start
	if start == 0 {
		start = 5
	}
	if !(start > 0) || math.IsInf(start, 0) {
		panicf("StudentT starts at %g degrees of freedom; they are above 0 and finite", start)
	}
	return param.Constant(math.Log(start))
}

// Draw draws z = Temperature·N/√(χ²(ν)/ν), N of D standard normals; with Independent each number has a χ² of its own.
func (t StudentT) Draw(d Drawing, z []float64) {
	logs := d.Parameter(logDF)
	stretch := func(i int) float64 {
		nu := math.Exp(logs[i])
		return d.Temperature / math.Sqrt(distuv.ChiSquared{K: nu, Src: d.Rng}.Rand()/nu)
	}
	common := 1.0
	if !t.Independent {
		common = stretch(0)
	}
	for i := range z {
		z[i] = common * d.Rng.NormFloat64()
		if t.Independent {
			z[i] *= stretch(i)
		}
	}
}

// LogGamma is log Γ(x) of each number of x, above 0, with its gradient, in x's shape and type: Stirling's series at x
// + 8, and the recurrence log Γ(x) = log Γ(x+8) − Σ log(x+i). It is right to twelve digits in float64.
func LogGamma(x *graph.Node) *graph.Node {
	shifted := graph.AddScalar(x, 8)
	product := x
	for i := 1; i < 8; i++ {
		product = graph.Mul(product, graph.AddScalar(x, float64(i)))
	}
	inverse := graph.Reciprocal(shifted)
	square := graph.Square(inverse)
	series := graph.ZerosLike(x)
	for _, b := range []float64{-691.0 / 360360, 1.0 / 1188, -1.0 / 1680, 1.0 / 1260, -1.0 / 360, 1.0 / 12} {
		series = graph.AddScalar(graph.Mul(series, square), b)
	}
	series = graph.Mul(series, inverse)
	stirling := graph.Sub(graph.Mul(graph.AddScalar(shifted, -0.5), graph.Log(shifted)), shifted)
	return graph.Sub(graph.AddScalar(graph.Add(stirling, series), 0.5*math.Log(2*math.Pi)), graph.Log(product))
}
