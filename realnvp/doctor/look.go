package doctor

import (
	"fmt"
	"slices"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"flowbook/realnvp/bijector"
)

// look is what one pass of a batch through the flow showed. The graph hands out the tensors between the layers as
// they are, and the measuring is done here: dozens of reductions would take longer to compile than the flow.
type look struct {
	z            []float64 // n·D
	logDet, base []float64 // n
	layers       []seen
}

// seen is what one layer did.
type seen struct {
	layer                         *layer
	x, z                          []float64 // n samples
	dims                          []int     // of one z
	logDet                        []float64 // n
	in, out                       moments
	maxOut                        float64   // max |z|
	maxS, maxT                    []float64 // max |·| over the batch, per element; nil for what is no coupling
	badS, badT, badOut, badLogDet int       // how many numbers are not finite
}

// tape collects the outputs of the graph under way, and how to read each into a look.
type tape struct {
	nodes []*Node
	read  []func(l *look, v []float64)
	count int   // layers watched so far
	last  *Node // the last layer's output
	// noScales leaves s and t alone: they are looked at once, in the flow's own type. (In training they would also move
	// running moments within the nets again.)
	noScales bool
}

func (t *tape) add(node *Node, read func(l *look, v []float64)) {
	if d := node.DType(); d != dtypes.Float32 && d != dtypes.Float64 {
		node = ConvertDType(node, dtypes.Float64)
	}
	t.nodes = append(t.nodes, node)
	t.read = append(t.read, read)
}

// watch hands out what one layer does as the flow passes through it.
func (t *tape) watch(l *layer, c *bijector.Context, x, z, logDet *Node) {
	checkSize(x, z)
	checkLogDetShape(x, logDet)
	i, n := t.count, x.Shape().Dim(0)
	t.count++
	inChannels, outChannels := x.Shape().Dim(-1), z.Shape().Dim(-1)
	takeIn := func(look *look, v []float64) {
		look.layers[i].layer, look.layers[i].x, look.layers[i].in = l, v, momentsOf(v, inChannels)
	}
	passedOn := x == t.last // the layer before hands on what it gave, which need not be read twice
	if !passedOn {
		t.add(x, takeIn)
	}
	dims := z.Shape().Clone().Dimensions[1:]
	t.add(z, func(look *look, v []float64) {
		if passedOn {
			takeIn(look, look.layers[i-1].z)
		}
		s := &look.layers[i]
		s.z, s.dims, s.out, s.maxOut, s.badOut = v, dims, momentsOf(v, outChannels), largest(v), countBad(v)
	})
	t.last = z
	t.add(logDet, func(look *look, v []float64) {
		look.layers[i].logDet, look.layers[i].badLogDet = v, countBad(v)
	})
	if l.scales == nil || t.noScales {
		return
	}
	scale, translate := l.scales.ScaleTranslate(c, x)
	t.add(scale, func(look *look, v []float64) {
		look.layers[i].maxS, look.layers[i].badS = largestOfBatch(v, n), countBad(v)
	})
	t.add(translate, func(look *look, v []float64) {
		look.layers[i].maxT, look.layers[i].badT = largestOfBatch(v, n), countBad(v)
	})
}

// lookAt runs a batch of n samples through a side.
func (e *exam) lookAt(s *side, x *tensors.Tensor) *look {
	if s.look == nil {
		s.look = e.compile(s.store, func(_ *model.Scope, in []*Node) []*Node { return e.lookGraph(s, in[0]) })
	}
	values := s.look.call(x)
	l := &look{layers: make([]seen, s.tape.count)}
	for i, read := range s.tape.read {
		read(l, values[i])
	}
	return l
}

func (e *exam) lookGraph(s *side, x *Node) []*Node {
	c := e.context(s.store, x)
	c.Training = s.training
	s.tape = &tape{noScales: s != e.own}
	e.tape = s.tape
	defer func() { e.tape = nil }()
	z, logDet := e.flow.Forward(c, x)
	checkSize(x, z)
	checkLogDetShape(x, logDet)
	e.latent = slices.Clone(z.Shape().Dimensions[1:])
	base := e.base(z)
	checkLogDetShape(x, base)
	s.tape.add(z, func(l *look, v []float64) { l.z = v })
	s.tape.add(logDet, func(l *look, v []float64) { l.logDet = v })
	s.tape.add(base, func(l *look, v []float64) { l.base = v })
	for _, node := range x.Graph().Nodes() {
		if node.NumOutputs() == 1 && (node.DType() == dtypes.BFloat16 || node.DType() == dtypes.Float16) {
			s.narrow = true
		}
	}
	return s.tape.nodes
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
