// Package param holds what every part of a flow is given besides its input: the Context, with the part's own place
// for parameters in a model.Store, and the parameters themselves.
//
// Graph code only; it panics where shapes do not fit, as GoMLX's does, and package realnvp makes an error of it.
package param

import (
	"fmt"
	"slices"

	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// Context is what a bijector, a net, a transform or a base density is given besides its input. It is made for one
// graph, by New, and says three things: where the part keeps its parameters, whether the graph trains, and what the
// density is conditioned on.
type Context struct {
	// Training says that the graph is one of training: running moments move, and batches may normalise themselves.
	Training bool
	// Labels are the class labels that the density is conditioned on, p(x | labels), each one-hot: [batch, classes].
	// There may be any number of them, and none.
	Labels []*Node
	// Vector is the vector that the density is conditioned on, p(x | u): [batch, numbers], nil where there is none.
	Vector *Node

	scope  *model.Scope
	values map[string]*Node
}

// New makes a Context whose parameters lie in scope s, for a graph of evaluation that is conditioned on nothing.
func New(s *model.Scope) *Context { return &Context{scope: s} }

// In is the same Context for a part within this one: its parameters lie in the sub-scope name.
func (c *Context) In(name string) *Context {
	inner := *c
	inner.scope = c.scope.At("%s", name)
	return &inner
}

// At is the same Context with its parameters in another scope.
func (c *Context) At(s *model.Scope) *Context {
	other := *c
	other.scope = s
	return &other
}

// InTraining is the same Context in a graph that trains.
func (c *Context) InTraining() *Context {
	inner := *c
	inner.Training = true
	return &inner
}

// WithValues is the same Context with these values in place of the parameters at their paths: a training that packs
// its parameters into few variables hands them out so.
func (c *Context) WithValues(values map[string]*Node) *Context {
	inner := *c
	inner.values = values
	return &inner
}

// Scope is where the parameters lie.
func (c *Context) Scope() *model.Scope { return c.scope }

// Path is the path of a parameter by its name, such as "/flow/coupling0/s/layer0/w".
func (c *Context) Path(name string) string { return model.JoinPath(c.scope.Scope(), name) }

// Given is all that the density is conditioned on, side by side: the labels, one-hot, and then the vector, [batch,
// numbers] of the type of like; nil where there is nothing. like has the batch first.
func (c *Context) Given(like *Node) *Node {
	parts := slices.Clone(c.Labels)
	if c.Vector != nil {
		parts = append(parts, c.Vector)
	}
	if len(parts) == 0 {
		return nil
	}
	for i, part := range parts {
		if part.Rank() != 2 || part.Shape().Dim(0) != like.Shape().Dim(0) {
			panic(fmt.Errorf("param: conditioned on shape %s with a batch of %d; want [batch, numbers]", part.Shape(), like.Shape().Dim(0)))
		}
		parts[i] = ConvertDType(part, like.DType())
	}
	return Concatenate(parts, -1)
}

// Value is the value of the trainable parameter name in the graph of like, of its type and of shape dims, a single
// number where there are none. Where there is no such parameter yet it is made, and starts as init says; nil is Zero.
func (c *Context) Value(like *Node, name string, init Init, dims ...int) *Node {
	if value := c.values[c.Path(name)]; value != nil {
		return value
	}
	return c.Variable(name, init, shapes.Make(like.DType(), dims...)).NodeValue(like.Graph())
}
