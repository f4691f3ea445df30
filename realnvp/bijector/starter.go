package bijector

import (
	. "github.com/gomlx/gomlx/core/graph"
)

// Starter is a bijector whose parameters start by data: at the first step of a model's first training, its first batch
// goes through the flow, and each Starter says what its parameters start at by what comes to it.
type Starter interface {
	Bijector
	// Start gives first values for some of the parameters that Forward finds by Context.Value, by their names, from the
	// first batch as it comes to this layer, x.
	Start(c *Context, x *Node) map[string]*Node
}
