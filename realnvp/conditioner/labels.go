package conditioner

import (
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

const labelsKey = "flowbook_labels"

// SetLabels makes every net of graph g see the labels: oneHot has shape [batch, classes]. A class-conditional model
// learns log p(x | label).
func SetLabels(s *model.Scope, oneHot *Node) {
	model.SetGraphParam(oneHot.Graph(), model.JoinPath(model.RootScopePath, labelsKey), oneHot)
}

// withLabels appends the graph's labels, if it has any, as further features or channels of x.
func withLabels(s *model.Scope, x *Node) *Node {
	oneHot := model.GetGraphParamOr[*Node](s, x.Graph(), labelsKey, nil)
	if oneHot == nil {
		return x
	}
	dims := x.Shape().Clone().Dimensions
	classes := oneHot.Shape().Dim(-1)
	dims[len(dims)-1] = classes
	ones := make([]int, len(dims))
	for i := range ones {
		ones[i] = 1
	}
	ones[0], ones[len(ones)-1] = dims[0], classes
	spread := BroadcastToDims(Reshape(ConvertDType(oneHot, x.DType()), ones...), dims...)
	return Concatenate([]*Node{x, spread}, -1)
}
