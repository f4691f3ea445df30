package doctor

import (
	"fmt"
	"slices"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
)

// look is what one pass of a batch through the flow, and back, showed. The graph hands out the tensors between the
// layers as they are, and the measuring is done here: dozens of reductions would take longer to compile than the flow.
type look struct {
	z                  []float64 // n·D
	logDet, base       []float64 // n
	inverseError       float64   // of the way back, see relativeError
	inverseLogDetError float64   // see oppositeError
	backBad            int       // numbers of the way back that are not finite
	decoded            []float64 // n·D: what the given latents decode to
	layers             []seen
}

// seen is what one layer did.
type seen struct {
	layer                            *layer
	first, firstOut                  []float64 // the first sample's input and output
	logDet                           []float64 // n
	maxOut                           float64   // max |output|
	inverseError, inverseLogDetError float64
	badS, badT, badOut, badLogDet    int // how many numbers are not finite
	badBack                          int
	in, out                          moments
	maxS, maxT                       []float64 // max |·| over the batch, per element; nil for what is no coupling
}

// tape collects the outputs of the graph under way, and how to read each into a look.
type tape struct {
	nodes []*Node
	read  []func(l *look, v []float64)
	count int       // layers watched so far
	last  *Node     // the last layer's output
	held  []float64 // while reading: the numbers of last
	// forwardOnly leaves the way back alone: in training it would move running moments again.
	forwardOnly bool
}

func (t *tape) add(node *Node, read func(l *look, v []float64)) {
	if d := node.DType(); d != dtypes.Float32 && d != dtypes.Float64 {
		node = ConvertDType(node, dtypes.Float64)
	}
	t.nodes = append(t.nodes, node)
	t.read = append(t.read, read)
}

// watch hands out what one layer does as the flow passes through it.
func (t *tape) watch(l *layer, s *model.Scope, x, z, logDet *Node) {
	checkSize(x, z)
	checkLogDetShape(x, logDet)
	i, n := t.count, x.Shape().Dim(0)
	t.count++
	inChannels, outChannels := x.Shape().Dim(-1), z.Shape().Dim(-1)
	var in []float64
	takeIn := func(look *look, v []float64) {
		in = v
		look.layers[i].layer = l
		look.layers[i].first, look.layers[i].in = slices.Clone(v[:len(v)/n]), momentsOf(v, inChannels)
	}
	if x != t.last {
		t.add(x, takeIn)
	}
	passed := x == t.last
	t.add(z, func(look *look, v []float64) {
		if passed {
			takeIn(look, t.held)
		}
		s := &look.layers[i]
		s.firstOut, s.out = slices.Clone(v[:len(v)/n]), momentsOf(v, outChannels)
		s.maxOut, s.badOut = largest(v), countBad(v)
		t.held = v
	})
	t.last = z
	t.add(logDet, func(look *look, v []float64) {
		look.layers[i].logDet, look.layers[i].badLogDet = v, countBad(v)
	})
	if t.forwardOnly {
		return
	}
	if l.scales != nil {
		scale, translate := l.scales.ScaleTranslate(s, x)
		t.add(scale, func(look *look, v []float64) {
			look.layers[i].maxS, look.layers[i].badS = largestOfBatch(v, n), countBad(v)
		})
		t.add(translate, func(look *look, v []float64) {
			look.layers[i].maxT, look.layers[i].badT = largestOfBatch(v, n), countBad(v)
		})
	}
	l.inverseErr = attempt(func() {
		back, backLogDet := l.Inverse(s, z)
		sameShape("Inverse", back, x.Shape().Dimensions)
		checkLogDetShape(x, backLogDet)
		t.add(back, func(look *look, v []float64) {
			look.layers[i].inverseError, look.layers[i].badBack = relativeError(v, in), countBad(v)
		})
		t.add(backLogDet, func(look *look, v []float64) {
			look.layers[i].inverseLogDetError = oppositeError(look.layers[i].logDet, v)
		})
	})
}

// lookAt runs a batch of n samples through a side; latents are n·D numbers to decode on the way back.
func (e *exam) lookAt(s *side, x *tensors.Tensor, latents []float64) *look {
	if s.look == nil {
		s.look = e.compile(s.store, func(_ *model.Scope, in []*Node) []*Node { return e.lookGraph(s, in[0], in[1]) })
	}
	if latents == nil {
		latents = make([]float64, e.n*e.size)
	}
	values := s.look.call(x, tensorOf(latents, s.dtype, e.n, e.size))
	l := &look{layers: make([]seen, s.tape.count)}
	for i, read := range s.tape.read {
		read(l, values[i])
		values[i] = nil
	}
	return l
}

func (e *exam) lookGraph(s *side, x, latents *Node) []*Node {
	e.begin(s.store, x, false)
	t := &tape{}
	e.tape = t
	defer func() { e.tape = nil }()
	z, logDet := e.flow.Forward(e.scope(s.store), x)
	e.tape = nil
	checkSize(x, z)
	checkLogDetShape(x, logDet)
	e.latent = slices.Clone(z.Shape().Dimensions[1:])
	t.add(z, func(l *look, v []float64) { l.z = v })
	t.add(logDet, func(l *look, v []float64) { l.logDet = v })
	base := e.base(z)
	checkLogDetShape(x, base)
	t.add(base, func(l *look, v []float64) { l.base = v })
	e.inverseErr = attempt(func() { e.wayBack(s, t, x, z, logDet, Reshape(latents, z.Shape().Dimensions...)) })
	for _, node := range x.Graph().Nodes() {
		if node.NumOutputs() == 1 && (node.DType() == dtypes.BFloat16 || node.DType() == dtypes.Float16) {
			s.narrow = true
		}
	}
	s.tape = t
	return t.nodes
}

// wayBack decodes the batch's own latents and the given ones.
func (e *exam) wayBack(s *side, t *tape, x, z, logDet, latents *Node) {
	back, backLogDet := e.flow.Inverse(e.scope(s.store), z)
	sameShape("Inverse", back, x.Shape().Dimensions)
	checkLogDetShape(x, backLogDet)
	decoded, _ := e.flow.Inverse(e.scope(s.store), latents)
	t.add(x, func(l *look, v []float64) { t.held = v })
	t.add(back, func(l *look, v []float64) { l.inverseError, l.backBad = relativeError(v, t.held), countBad(v) })
	t.add(backLogDet, func(l *look, v []float64) { l.inverseLogDetError = oppositeError(l.logDet, v) })
	t.add(decoded, func(l *look, v []float64) { l.decoded = v })
}

func checkSize(x, z *Node) {
	if perSample(x) != perSample(z) || x.Shape().Dim(0) != z.Shape().Dim(0) {
		panic(fmt.Errorf("Forward maps %v to %v: a bijector keeps the number of samples and of numbers", x.Shape().Dimensions, z.Shape().Dimensions))
	}
}

func checkLogDetShape(x, logDet *Node) {
	if got := logDet.Shape().Dimensions; len(got) != 1 || got[0] != x.Shape().Dim(0) {
		panic(fmt.Errorf("a log-determinant of shape %v; it must be [%d], one number a sample", got, x.Shape().Dim(0)))
	}
}

func sameShape(what string, got *Node, want []int) {
	if !slices.Equal(got.Shape().Dimensions, want) {
		panic(fmt.Errorf("%s gives shape %v, want %v", what, got.Shape().Dimensions, want))
	}
}
