package bijector

import (
	"hash/fnv"

	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/model/initializer"
)

// Init says where a variable of scope s with the given name starts. Random ones draw from the store's
// model.ParamInitialSeed and the variable's own path, so the same seed gives the same weights whatever else the
// model has, and in whatever order its variables are made.
type Init func(s *model.Scope, name string) model.VariableInitializer

// InitZero starts at 0.
func InitZero(*model.Scope, string) model.VariableInitializer { return initializer.Zero }

// InitOne starts at 1.
func InitOne(*model.Scope, string) model.VariableInitializer { return initializer.One }

// InitNormal starts at a draw from N(0, 1).
func InitNormal(s *model.Scope, name string) model.VariableInitializer {
	seed := pathSeed(s, name)
	return func(g *Graph, shape shapes.Shape) *Node {
		_, values := RandomNormal(RNGStateFromSeedForGraph(g, seed), shape)
		return values
	}
}

// InitUniform starts at a draw from U(−limit, limit).
func InitUniform(limit float64) Init {
	return func(s *model.Scope, name string) model.VariableInitializer {
		seed := pathSeed(s, name)
		return func(g *Graph, shape shapes.Shape) *Node {
			_, values := RandomUniform(RNGStateFromSeedForGraph(g, seed), shape)
			return MulScalar(AddScalar(values, -0.5), 2*limit)
		}
	}
}

// pathSeed mixes the store's seed with the variable's path.
func pathSeed(s *model.Scope, name string) int64 {
	h := fnv.New64a()
	h.Write([]byte(model.JoinPath(s.Scope(), name)))
	return model.GetParamOr(s, model.ParamInitialSeed, int64(0)) ^ int64(h.Sum64())
}

// Variable finds the trainable variable name in scope s, or makes it, and gives its value in graph g.
// A nil init is InitZero.
func Variable(s *model.Scope, g *Graph, name string, shape shapes.Shape, init Init) *Node {
	return variable(s, name, shape, init).NodeValue(g)
}

func variable(s *model.Scope, name string, shape shapes.Shape, init Init) *model.Variable {
	if init == nil {
		init = InitZero
	}
	return s.WithInitializer(init(s, name)).VariableWithShape(name, shape)
}
