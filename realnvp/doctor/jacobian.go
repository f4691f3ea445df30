package doctor

import (
	"math"
	"math/rand/v2"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/mat"

	"flowbook/realnvp/bijector"
)

// rowsAtOnce is the batch size in which rows of Jacobians are computed.
const rowsAtOnce = 64

// part is what a log-determinant is taken of: a layer at its real input, or the whole flow. Its point is the first
// sample of the batch.
type part struct {
	path  string
	b     bijector.Bijector
	scope string
	dims  []int
	size  int
	whole bool
	full  bool      // take the full Jacobian
	x, z  []float64 // the point and its image
	unit  []float64 // of finite differences: the spread of each number of x over the batch
	given float64   // the log-determinant that Forward gives there

	probe
	rows        []float64 // of the Jacobian; columns where it was taken by finite differences
	noGradient  any       // why autodiff failed, and finite differences were taken
	differences bool      // take finite differences, since autodiff was seen to be wrong
}

// wholeJacobian is the largest D of a flow of several layers whose Jacobian is taken as a whole too: it is a check of
// the chain rule, which costs a compilation of everything, backwards.
const wholeJacobian = 16

// parts are the layers and, last, the whole; with inputs and outputs as the given look saw them.
func (e *exam) parts(l *look) []*part {
	var parts []*part
	for _, s := range l.layers {
		parts = append(parts, &part{path: s.layer.path, b: s.layer.Bijector, scope: s.layer.scope, dims: s.layer.dims,
			size: s.layer.size, full: s.layer.size <= e.opts.MaxJacobian, x: s.x[:s.layer.size], z: s.z[:s.layer.size], given: s.logDet[0], unit: units(s.x, s.layer.size)})
	}
	return append(parts, &part{path: "the whole flow", whole: true, b: e.flow, scope: "/" + e.opts.Scope, dims: e.dims, size: e.size,
		full: len(parts) != 1 && e.size <= min(wholeJacobian, e.opts.MaxJacobian),
		x:    e.values[:e.size], z: l.z[:e.size], given: l.logDet[0], unit: units(e.values, e.size)})
}

// units are the standard deviation of each number over the batch, which finite differences take as their unit: data may
// lie far from zero. A number that never changes has the mean of the others', and no unit is lost in the number's rounding.
func units(values []float64, size int) []float64 {
	m := momentsOf(values, size)
	unit, typical := make([]float64, size), 0.0
	for i, v := range m.variance {
		unit[i] = math.Sqrt(v)
		typical += unit[i] / float64(size)
	}
	for i := range unit {
		if unit[i] == 0 {
			unit[i] = typical
		}
		if unit[i] == 0 {
			unit[i] = 1
		}
		unit[i] = math.Max(unit[i], 1e-6*math.Abs(m.mean[i]))
	}
	return unit
}

// measure runs all parts in one graph. Of each, a batch: copies of the point, of which copy i contributes its output
// number offset+i alone, so that one backward pass gives a row of the Jacobian to each; then the points of its probe.
// Where a part has an operation without gradient, copy i is moved a step along input number offset+i instead.
func (e *exam) measure(s *side, parts []*part) {
	rng := rand.New(rand.NewPCG(1, 1))
	args := []any{nil}
	rows := 0
	for _, p := range parts {
		args = append(args, s.batchOf(append(append([]float64{}, p.x...), p.points(rng)...), p.dims))
		if p.full {
			rows = max(rows, p.size)
		}
	}
	last, rows := rows, max(1, min(rows, rowsAtOnce))
	run := e.compile(s.store, func(_ *model.Scope, in []*Node) []*Node {
		whole := in[len(in)-1]
		c := e.context(s.store, batchOfCopies(whole, rows))
		index := Add(Iota(in[0].Graph(), shapes.Make(dtypes.Int32, rows), 0), in[0])
		var nodes []*Node
		for i, p := range parts {
			z, jacobian := p.graph(c.At(s.store.Scope(p.scope)), batchOfCopies(in[1+i], rows), OneHot(index, p.size, s.dtype))
			nodes = append(nodes, z, jacobian)
		}
		return nodes
	})
	for offset := 0; offset == 0 || offset < last; offset += rows {
		args[0] = tensors.FromScalar(int32(offset))
		values := run.call(args...)
		for i, p := range parts {
			if offset == 0 {
				p.read(values[2*i][rows*p.size:])
			}
			if p.full {
				p.rows = append(p.rows, values[2*i+1][:p.size*min(rows, max(0, p.size-offset))]...)
			}
		}
	}
}

// batchOfCopies puts copies of the first point before the other six.
func batchOfCopies(points *Node, rows int) *Node {
	first := Slice(points, AxisElem(0))
	copies := BroadcastToDims(first, append([]int{rows}, points.Shape().Dimensions[1:]...)...)
	return Concatenate([]*Node{copies, Slice(points, AxisRange(1))}, 0)
}

// graph gives the images of a batch, and rows of the Jacobian at its copies: [rows, D].
func (p *part) graph(c *bijector.Context, batch, pick *Node) (z, jacobian *Node) {
	z, _ = p.b.Forward(c, batch)
	if !p.full {
		return z, pick
	}
	rows := pick.Shape().Dim(0)
	all := Concatenate([]*Node{pick, Zeros(z.Graph(), shapes.Make(z.DType(), batch.Shape().Dim(0)-rows, p.size))}, 0)
	failure := attempt(func() {
		if p.differences {
			panic("finite differences wanted")
		}
		jacobian = Gradient(ReduceAllSum(Mul(Reshape(z, all.Shape().Dimensions...), all)), batch)[0]
	})
	if !p.differences {
		p.noGradient = failure
	}
	if failure != nil {
		share := 1e-6
		if batch.DType() == dtypes.Float32 {
			share = 1e-2
		}
		steps := MulScalar(Mul(all, InsertAxes(ConstAsDType(z.Graph(), z.DType(), p.unit), 0)), share)
		move := Reshape(steps, batch.Shape().Dimensions...)
		up, _ := p.b.Forward(c, Add(batch, move))
		down, _ := p.b.Forward(c, Sub(batch, move))
		moved := MulScalar(ReduceAndKeep(steps, ReduceSum, -1), 2) // 0 in the rows that are cut off
		jacobian = Div(Reshape(Sub(up, down), all.Shape().Dimensions...), moved)
	}
	return z, Slice(Reshape(jacobian, all.Shape().Dimensions...), AxisRange(0, rows))
}

// jacobianLogDet is log|det J|.
func (p *part) jacobianLogDet() float64 {
	var lu mat.LU
	lu.Factorize(mat.NewDense(p.size, p.size, p.rows))
	value, _ := lu.LogDet()
	return value
}

// slopeError is the relative distance of J·v by autodiff to that by finite differences, v the probe's last step.
func (p *part) slopeError() float64 {
	v, seen := p.steps[2], p.slope(2)
	var distance, norm float64
	for row := range p.size {
		sum := 0.0
		for col := range p.size {
			sum += p.rows[row*p.size+col] * v[col]
		}
		distance += (sum - seen[row]) * (sum - seen[row])
		norm += seen[row] * seen[row]
	}
	return math.Sqrt(distance) / math.Max(math.Sqrt(norm), 1e-300)
}
