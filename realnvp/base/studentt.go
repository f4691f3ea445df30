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

// Degrees of freedom beyond these are taken for these: exp(log_df) is finite within them, and at the most the density is
// the normal's.
const leastDF, mostDF = 1e-26, 1e26

// LogProb is the t distribution's log-density in nats: [batch, D] → [batch].
func (t StudentT) LogProb(c *Context, z *graph.Node) *graph.Node {
	d := z.Shape().Dim(-1)
	if t.Independent {
		logDFs := graph.InsertAxes(c.Value(z, logDF, t.start(), d), 0)
		return graph.ReduceSum(logT(logDFs, 1, graph.Square(z)), -1)
	}
	return logT(c.Value(z, logDF, t.start()), d, graph.ReduceSum(graph.Square(z), -1))
}

// logT is the log-density of a t distribution of d numbers, ν = exp(logNu), at squared distance r2 from the centre.
func logT(logNu *graph.Node, d int, r2 *graph.Node) *graph.Node {
	nu := graph.Exp(graph.ClipScalar(logNu, math.Log(leastDF), math.Log(mostDF)))
	half, more := graph.DivScalar(nu, 2), float64(d)/2
	constant := graph.AddScalar(gammaRatio(half, more), -more*math.Log(2*math.Pi))
	tail := graph.Mul(graph.AddScalar(half, more), graph.Log1P(graph.Div(r2, nu)))
	return graph.Sub(constant, tail)
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
		nu := min(max(math.Exp(logs[i]), leastDF), mostDF)
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

// gammaRatio is log Γ(a+δ) − log Γ(a) − δ·log a of each number of a, above 0, for a δ above 0. It tends to 0 as a grows,
// while the terms of the formula grow without end: in float32 their difference would be off by tenths of a nat at a few
// thousand degrees of freedom. So Stirling's series at A = a + 8, and the recurrence log Γ(a) = log Γ(a+8) − Σ log(a+i), are
// written in ratios that are near 1:
//
//	(A−½)·log(1 + δ/A) − δ + δ·log(1 + (8+δ)/a) − Σ log(1 + δ/(a+i)) + R(A+δ) − R(A),  i = 0…7
//
// with R the series' rest.
func gammaRatio(a *graph.Node, delta float64) *graph.Node {
	ratio := func(b float64, of *graph.Node) *graph.Node {
		return graph.Log1P(graph.MulScalar(graph.Reciprocal(of), b))
	}
	far := graph.AddScalar(a, 8)
	sum := graph.Mul(graph.AddScalar(far, -0.5), ratio(delta, far))
	sum = graph.AddScalar(graph.Add(sum, graph.MulScalar(ratio(8+delta, a), delta)), -delta)
	for i := range 8 {
		sum = graph.Sub(sum, ratio(delta, graph.AddScalar(a, float64(i))))
	}
	return graph.Add(sum, graph.Sub(stirlingRest(graph.AddScalar(far, delta)), stirlingRest(far)))
}

// stirlingRest is 1/(12x) − 1/(360x³) + …, what log Γ(x) is beyond (x−½)·log x − x + ½·log 2π: to twelve digits from x = 8 on.
func stirlingRest(x *graph.Node) *graph.Node {
	inverse := graph.Reciprocal(x)
	square := graph.Square(inverse)
	series := graph.ZerosLike(x)
	for _, b := range []float64{-691.0 / 360360, 1.0 / 1188, -1.0 / 1680, 1.0 / 1260, -1.0 / 360, 1.0 / 12} {
		series = graph.AddScalar(graph.Mul(series, square), b)
	}
	return graph.Mul(series, inverse)
}
