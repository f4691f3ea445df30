package doctor

import (
	"fmt"
	"math/rand/v2"
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"flowbook/realnvp/bijector"
)

// wayBack is what Inverse showed: of each layer at its real output, and of the whole at the latents.
type wayBack struct {
	layers  []undone
	whole   undone
	decoded []float64 // n·D: what the given latents decode to; nil where the whole cannot be undone
}

// undone is how Inverse(Forward(x)) came out.
type undone struct {
	failure     any     // why Inverse cannot be built; the rest is then empty
	error       float64 // see relativeError
	logDetError float64 // see oppositeError
	bad         int     // numbers that are not finite
}

// backFrom inverts what a look saw, and decodes n·D numbers of latents; nil takes draws from N(0, I).
func (e *exam) backFrom(s *side, l *look, latents []float64) *wayBack {
	if latents == nil {
		if s.drawn != nil {
			return s.drawn
		}
		rng := rand.New(rand.NewPCG(3, 3))
		latents = make([]float64, e.n*e.size)
		for i := range latents {
			latents[i] = rng.NormFloat64()
		}
		s.drawn = e.backFrom(s, l, latents)
		return s.drawn
	}
	if s.back == nil {
		s.failures = make([]any, len(l.layers)+1)
		s.back = e.compile(s.store, func(_ *model.Scope, in []*Node) []*Node { return e.backGraph(s, l, in) })
	}
	var args []any
	for _, layer := range l.layers {
		args = append(args, s.batchOf(layer.z, layer.dims))
	}
	args = append(args, s.batchOf(append(slices.Clone(l.z), latents...), e.latent))
	values := s.back.call(args...)
	w := &wayBack{}
	for i, failure := range s.failures {
		u := undone{failure: failure}
		x, logDet := e.values, l.logDet
		if i < len(l.layers) {
			x, logDet = l.layers[i].x, l.layers[i].logDet
		}
		if failure == nil {
			back, backLogDet := values[0][:len(x)], values[1][:e.n]
			u.error, u.logDetError, u.bad = relativeError(back, x), oppositeError(logDet, backLogDet), countBad(back)
			if i == len(l.layers) {
				w.decoded = values[0][len(x):]
			}
			values = values[2:]
		}
		if i == len(l.layers) {
			w.whole = u
		} else {
			w.layers = append(w.layers, u)
		}
	}
	return w
}

// backGraph inverts every layer on its own, and the whole at 2n latents.
func (e *exam) backGraph(s *side, l *look, in []*Node) (out []*Node) {
	invert := func(i int, scope *model.Scope, b bijector.Bijector, z *Node, dims []int) {
		s.failures[i] = attempt(func() {
			x, logDet := b.Inverse(scope, z)
			if want := append([]int{z.Shape().Dim(0)}, dims...); !slices.Equal(x.Shape().Dimensions, want) {
				panic(fmt.Errorf("Inverse gives shape %v, want %v", x.Shape().Dimensions, want))
			}
			checkLogDetShape(z, logDet)
			out = append(out, x, logDet)
		})
	}
	last := len(l.layers)
	e.begin(s.store, Slice(in[last], AxisRange(0, e.n)), false)
	for i, layer := range l.layers {
		invert(i, s.store.Scope(layer.layer.scope), layer.layer.Bijector, in[i], layer.layer.dims)
	}
	e.begin(s.store, in[last], false)
	invert(last, e.scope(s.store), e.flow, in[last], e.dims)
	if len(out) == 0 {
		out = []*Node{in[last]} // a graph gives something
	}
	return out
}
