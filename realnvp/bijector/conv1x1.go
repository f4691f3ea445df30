package bijector

import (
	"math"
	"math/rand/v2"

	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/mat"

	"flowbook/realnvp/param"
)

// Conv1x1 is the invertible 1×1 convolution of Kingma and Dhariwal 2018 (arXiv:1807.03039, section 3.2): the same
// learned matrix W turns the channels at every position, z = W·x, in the LU form of that section,
//
//	W = P·L·(U + diag(s)),  log|det J| = H·W·Σ log|s|
//
// with a permutation P that stays as it starts, L with ones on its diagonal, U above its, and s = sign·exp(log_s). W
// starts as a random rotation. For vectors it is a linear layer of all features. Shapes: [batch, ..., channels].
type Conv1x1 struct{}

// Forward turns the channels at every position: z = W·x.
func (v Conv1x1) Forward(c *Context, x *Node) (z, logDet *Node) {
	m := v.matrices(c, x)
	z = onRows(x, Dot(m.p, Dot(m.l, m.u).Product()).Product())
	return z, m.logDet(x)
}

// Inverse solves for x by substitution, a channel at a time: W⁻¹ = (U + diag(s))⁻¹·L⁻¹·Pᵀ.
func (v Conv1x1) Inverse(c *Context, z *Node) (x, logDet *Node) {
	m := v.matrices(c, z)
	inverse := Dot(upperInverse(m.u), Dot(lowerInverse(m.l), TransposeAllAxes(m.p, 1, 0)).Product()).Product()
	return onRows(z, inverse), Neg(m.logDet(z))
}

// lu are the matrices of W = P·L·U, U with its diagonal s.
type lu struct{ p, l, u, logS *Node }

func (Conv1x1) matrices(c *Context, x *Node) lu {
	g, dtype, n := x.Graph(), x.DType(), x.Shape().Dim(-1)
	start := func(pick func(f *factors) []float64) param.Init {
		return func(rng *rand.Rand, _ []int) []float64 { return pick(rotation(rng, n)) }
	}
	// Each parameter is drawn by a generator of its own path; all four must come of one rotation, so of one generator.
	one := c.Seeded("rotation")
	fixed := func(name string, init param.Init, dims ...int) *Node {
		return c.Fixed(x, name, one(init), dims...)
	}
	p := fixed("permutation", start(func(f *factors) []float64 { return f.p }), n, n)
	sign := fixed("sign", start(func(f *factors) []float64 { return f.sign }), n)
	lower := c.Value(x, "lower", one(start(func(f *factors) []float64 { return f.lower })), n, n)
	upper := c.Value(x, "upper", one(start(func(f *factors) []float64 { return f.upper })), n, n)
	logS := c.Value(x, "log_s", one(start(func(f *factors) []float64 { return f.logS })), n)

	below, eye := make([][]float64, n), make([][]float64, n)
	for i := range n {
		below[i], eye[i] = make([]float64, n), make([]float64, n)
		eye[i][i] = 1
		for j := range i {
			below[i][j] = 1
		}
	}
	lowerMask, identity := ConstAsDType(g, dtype, below), ConstAsDType(g, dtype, eye)
	s := Mul(identity, InsertAxes(Mul(sign, Exp(logS)), 0))
	return lu{
		p: p, logS: logS,
		l: Add(Mul(lower, lowerMask), identity),
		u: Add(Mul(upper, TransposeAllAxes(lowerMask, 1, 0)), s),
	}
}

// logDet is Σ log|s| at every position: [batch].
func (m lu) logDet(x *Node) *Node {
	positions := numElements(x) / x.Shape().Dim(-1)
	return BroadcastToDims(MulScalar(ReduceAllSum(m.logS), float64(positions)), x.Shape().Dim(0))
}

// onRows is W·x for the channels at every position.
func onRows(x, w *Node) *Node {
	n := x.Shape().Dim(-1)
	rows := Reshape(x, x.Shape().Size()/n, n)
	return Reshape(Dot(rows, TransposeAllAxes(w, 1, 0)).Product(), x.Shape().Dimensions...)
}

// lowerInverse inverts a lower triangular matrix with ones on its diagonal: (I + N)⁻¹ = (I − N)(I + N²)(I + N⁴)…, which
// ends since N is nilpotent.
func lowerInverse(l *Node) *Node {
	n := l.Shape().Dim(0)
	identity := ConvertDType(Diagonal(l.Graph(), n), l.DType())
	power := Sub(l, identity)
	inverse := Sub(identity, power)
	for reach := 2; reach < n; reach *= 2 {
		power = Dot(power, power).Product()
		inverse = Dot(inverse, Add(identity, power)).Product()
	}
	return inverse
}

// upperInverse inverts an upper triangular matrix: U = (I + N)·diag(s) with N = strict(U)·diag(1/s).
func upperInverse(u *Node) *Node {
	n := u.Shape().Dim(0)
	identity := ConvertDType(Diagonal(u.Graph(), n), u.DType())
	s := ReduceSum(Mul(u, identity), 1)
	unit := Div(u, InsertAxes(s, 0))
	transposed := lowerInverse(TransposeAllAxes(unit, 1, 0))
	return Div(TransposeAllAxes(transposed, 1, 0), InsertAxes(s, 1))
}

// factors are the parts of a random rotation, row-major.
type factors struct{ p, lower, upper, sign, logS []float64 }

// rotation draws a random orthogonal matrix and takes it apart: Q of the QR of normal draws, then its LU.
func rotation(rng *rand.Rand, n int) *factors {
	draws := make([]float64, n*n)
	for i := range draws {
		draws[i] = rng.NormFloat64()
	}
	var qr mat.QR
	qr.Factorize(mat.NewDense(n, n, draws))
	var q, p, l, u mat.Dense
	qr.QTo(&q)
	var f mat.LU
	f.Factorize(&q)
	var lt, ut mat.TriDense
	f.LTo(&lt)
	f.UTo(&ut)
	p.Permutation(n, f.RowPivots(nil))
	l.CloneFrom(&lt)
	u.CloneFrom(&ut)
	out := &factors{p: p.RawMatrix().Data, lower: l.RawMatrix().Data, upper: u.RawMatrix().Data}
	for i := range n {
		s := u.At(i, i)
		out.sign = append(out.sign, math.Copysign(1, s))
		out.logS = append(out.logS, math.Log(math.Abs(s)))
	}
	return out
}
