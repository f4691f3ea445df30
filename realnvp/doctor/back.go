package doctor

import (
	"fmt"
	"math/rand/v2"
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"flowbook/realnvp/bijector"
)

// undone is how Inverse(Forward(x)) came out, of a layer or of the whole.
type undone struct {
	failure     any     // why Inverse cannot be built; the rest is then empty
	error       float64 // see relativeError
	logDetError float64 // see oppositeError
	bad         int     // numbers that are not finite
}

// judge compares what Inverse gave with what Forward took and gave.
func judge(x, logDet, back, backLogDet []float64) undone {
	return undone{error: relativeError(back, x), logDetError: oppositeError(logDet, backLogDet), bad: countBad(back)}
}

// layersBack inverts every layer on its own, at its real output.
func (e *exam) layersBack(s *side, l *look) []undone {
	if s.layersUndone != nil {
		return s.layersUndone
	}
	out := make([]undone, len(l.layers))
	run := e.compile(s.store, func(_ *model.Scope, in []*Node) (nodes []*Node) {
		c := e.context(s.store, in[len(in)-1])
		for i, layer := range l.layers {
			x, logDet, failure := undo(c.At(s.store.Scope(layer.layer.scope)), layer.layer.Bijector, in[i], layer.layer.dims)
			if out[i].failure = failure; failure == nil {
				nodes = append(nodes, x, logDet)
			}
		}
		return append(nodes, in[len(in)-1]) // a graph gives something
	})
	var args []any
	for _, layer := range l.layers {
		args = append(args, s.batchOf(layer.z, layer.dims))
	}
	args = append(args, s.batchOf(e.values, e.dims))
	values := run.call(args...)
	for i, layer := range l.layers {
		if out[i].failure == nil {
			out[i] = judge(layer.x, layer.logDet, values[0], values[1])
			values = values[2:]
		}
	}
	s.layersUndone = out
	return out
}

// wholeBack inverts the whole at the batch's latents, and decodes n·D numbers of other latents; nil takes draws from
// N(0, I). decoded is nil where the whole has no Inverse.
func (e *exam) wholeBack(s *side, l *look, latents []float64) (whole undone, decoded []float64) {
	if latents == nil {
		if s.decoded == nil && s.wholeUndone.failure == nil {
			s.wholeUndone, s.decoded = e.wholeBack(s, l, e.draws())
		}
		return s.wholeUndone, s.decoded
	}
	if s.back == nil {
		s.back = e.compile(s.store, func(_ *model.Scope, in []*Node) []*Node {
			x, logDet, failure := undo(e.context(s.store, in[0]), e.flow, in[0], e.dims)
			if s.backFailure = failure; failure != nil {
				return in
			}
			return []*Node{x, logDet}
		})
	}
	values := s.back.call(s.batchOf(append(slices.Clone(l.z), latents...), e.latent))
	if s.backFailure != nil {
		return undone{failure: s.backFailure}, nil
	}
	cut := e.n * e.size
	return judge(e.values, l.logDet, values[0][:cut], values[1][:e.n]), values[0][cut:]
}

// draws are n·D numbers from N(0, 1).
func (e *exam) draws() []float64 {
	rng := rand.New(rand.NewPCG(3, 3))
	draws := make([]float64, e.n*e.size)
	for i := range draws {
		draws[i] = rng.NormFloat64()
	}
	return draws
}

// undo builds an Inverse, and gives what it panics with.
func undo(c *bijector.Context, b bijector.Bijector, z *Node, dims []int) (x, logDet *Node, failure any) {
	failure = attempt(func() {
		x, logDet = b.Inverse(c, z)
		if want := append([]int{z.Shape().Dim(0)}, dims...); !slices.Equal(x.Shape().Dimensions, want) {
			panic(fmt.Errorf("Inverse gives shape %v, want %v", x.Shape().Dimensions, want))
		}
		checkLogDetShape(z, logDet)
	})
	return x, logDet, failure
}
