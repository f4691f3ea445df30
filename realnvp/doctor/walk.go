package doctor

import (
	"errors"
	"fmt"
	"strings"

	. "github.com/gomlx/gomlx/core/graph"

	"flowbook/realnvp/bijector"
)

// layer is one layer of the flow: what bijector.Wrap finds below chains and factor-outs.
type layer struct {
	bijector.Bijector
	path, kind string
	scales     scaleTranslater    // nil where it is no coupling
	coupling   *bijector.Coupling // nil where it is none of package bijector
	level      int                // how many factor-outs it is behind

	// Known once the flow has been built:
	scope string // of its variables, absolute
	dims  []int  // of one sample of its input
	size  int    // of one sample
}

// scaleTranslater is a coupling that shows its s and t, as bijector.Coupling does.
type scaleTranslater interface {
	ScaleTranslate(c *bijector.Context, x *Node) (scale, translate *Node)
}

// unwrapper is a decorator that shows what it decorates.
type unwrapper interface{ Unwrap() bijector.Bijector }

// walk lists the layers and puts a watch on each.
func (e *exam) walk(flow bijector.Bijector) {
	e.flow = bijector.Wrap(flow, func(path string, b bijector.Bijector) bijector.Bijector {
		l := &layer{Bijector: b, path: path}
		if path == "" {
			l.path = "the flow"
		}
		l.level = strings.Count("/"+path+"/", "/rest/")
		inner := b
		for {
			if s, ok := inner.(scaleTranslater); ok && l.scales == nil {
				l.scales = s
			}
			if c, ok := inner.(*bijector.Coupling); ok {
				l.coupling = c
			}
			u, ok := inner.(unwrapper)
			if !ok {
				break
			}
			inner = u.Unwrap()
		}
		l.kind = strings.TrimPrefix(fmt.Sprintf("%T", inner), "*")
		l.kind = l.kind[strings.LastIndex(l.kind, ".")+1:]
		e.factorOuts = max(e.factorOuts, l.level)
		e.layers = append(e.layers, l)
		return watched{l, e}
	})
}

// watched lets the tape see each Forward of a layer, and names the layer in what it panics with.
type watched struct {
	*layer
	e *exam
}

func (w watched) Forward(c *bijector.Context, x *Node) (z, logDet *Node) {
	defer w.blame("Forward")
	w.scope, w.dims, w.size = c.Scope().Scope(), x.Shape().Clone().Dimensions[1:], perSample(x)
	z, logDet = w.layer.Forward(c, x)
	if w.e.tape != nil {
		w.e.tape.watch(w.layer, c, x, z, logDet)
	}
	return z, logDet
}

func (w watched) Inverse(c *bijector.Context, z *Node) (x, logDet *Node) {
	defer w.blame("Inverse")
	return w.layer.Inverse(c, z)
}

// layerError is a panic of a layer's graph code.
type layerError struct {
	path, op string
	cause    any
}

func (l *layerError) Error() string { return fmt.Sprintf("%s panics: %s", l.op, firstLine(l.cause)) }

// blame turns a panic into one that knows the layer. To be deferred.
func (l *layer) blame(op string) {
	p := recover()
	if p == nil {
		return
	}
	if blamed(p) == nil {
		p = &layerError{l.path, op, p}
	}
	panic(p)
}

// blamed gives the layer error within a panic's value, or nil. The chains that the layer stands in have wrapped it.
func blamed(p any) (at *layerError) {
	if err, is := p.(error); is {
		errors.As(err, &at)
	}
	return at
}

// attempt runs graph code and gives what it panics with.
func attempt(fn func()) (failure any) {
	defer func() { failure = recover() }()
	fn()
	return nil
}

// firstLine is the message of a panic or error without its stack.
func firstLine(p any) string {
	var text string
	if err, ok := p.(error); ok {
		text = err.Error()
	} else {
		text = fmt.Sprint(p)
	}
	text, _, _ = strings.Cut(text, "\n")
	return text
}

func perSample(x *Node) int { return x.Shape().Size() / x.Shape().Dim(0) }
