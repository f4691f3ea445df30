package param

import (
	"fmt"

	. "github.com/gomlx/gomlx/core/graph"
)

// Named, deferred, has a panic of graph code say what was being built: defer param.Named(`layer "c0"`).
func Named(what string) {
	switch p := recover().(type) {
	case nil:
	case error:
		panic(fmt.Errorf("%s: %w", what, p))
	default:
		panic(fmt.Errorf("%s: %v", what, p))
	}
}

// ShapeOf says the shape of what a part of a flow gave, which may be nil.
func ShapeOf(x *Node) string {
	if x == nil {
		return "nothing"
	}
	return x.Shape().String()
}
