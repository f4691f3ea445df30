package realnvp

import (
	"maps"
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/model/initializer"
	"github.com/gomlx/gomlx/ml/train"
	"github.com/gomlx/gomlx/ml/train/optimizer"
	"github.com/gomlx/gomlx/support/exceptions"

	"flowbook/realnvp/param"
)

// Scopes of what training adds to the store.
const (
	optimizerScope  = "optimizer"
	accumulateScope = "accumulated"
	averageScope    = "average"
)

// stepGraph builds one training step: in is {x, [learning rate, EMA decay]} and {labels} after them where the flow has
// classes; out is {mean −log p in nats, gradient norm}. With apply false it only adds the gradient to the accumulated
// ones.
func (m *Model) stepGraph(t TrainConfig, apply bool) func(s *model.Scope, in []*Node) []*Node {
	return func(s *model.Scope, in []*Node) []*Node {
		x := in[0]
		g := x.Graph()
		rate, decay := hyper(in[1], 0), hyper(in[1], 1)
		c := m.context(s, in[2:]...).InTraining()
		flowScope := s.At(FlowScope)
		c, weights := m.weights(c, g)
		if len(weights) == 0 {
			exceptions.Panicf("the flow and its base density have no parameters to train; give it a layer that has, such as a bijector.Coupling")
		}

		nll := Neg(ReduceAllMean(m.logProb(c, x)))
		loss := DivScalar(nll, float64(m.Dim()))
		if t.L2 > 0 {
			loss = Add(loss, MulScalar(weightNormScales(weights), t.L2))
		}
		grads := flowScope.BuildTrainableVariablesGradientsGraph(loss)
		if t.Accumulate > 1 {
			grads = accumulate(flowScope, g, grads, apply, t.Accumulate)
		}
		norm := globalNorm(grads)
		if apply {
			m.applyGradients(t, s, grads, norm, rate)
			if t.EMA > 0 {
				updateAverage(s.Store(), g, decay)
			}
		}
		return []*Node{ConvertDType(nll, dtypeFloat64), ConvertDType(norm, dtypeFloat64)}
	}
}

// applyGradients clips and hands the gradients to Adam.
func (m *Model) applyGradients(t TrainConfig, s *model.Scope, grads []*Node, norm, rate *Node) {
	g := norm.Graph()
	if t.ClipNorm > 0 {
		clip := Min(ScalarOne(g, norm.DType()), Div(Scalar(g, norm.DType(), t.ClipNorm), norm))
		for i, grad := range grads {
			grads[i] = Mul(grad, clip)
		}
	}
	// Adam reads its learning rate from this variable, within the step.
	optimizer.LearningRateVar(s, rate.DType(), 0).SetNodeValue(rate)
	adam := optimizer.Adam().Scope(optimizerScope).Epsilon(1e-8).Done().(train.OptimizeWithGradients)
	adam.UpdateGraphWithGradients(s, grads, norm.DType())
}

// weights gives the value of each weight by its path, and a Context whose flow sees packed ones.
func (m *Model) weights(c *param.Context, g *Graph) (*param.Context, map[string]*Node) {
	if m.packing != nil {
		values := m.packing.Values(g)
		return c.WithValues(values), values
	}
	values := map[string]*Node{}
	for v := range c.Scope().IterVariables() {
		if v.Trainable {
			values[v.Path()] = v.NodeValue(g)
		}
	}
	return c, values
}

func hyper(vector *Node, i int) *Node { return Reshape(Slice(vector, AxisElem(i))) }

// accumulate adds the gradients to those of the batches before; the last batch takes the mean and starts again.
func accumulate(s *model.Scope, g *Graph, grads []*Node, last bool, batches int) []*Node {
	i := 0
	for v := range s.IterVariables() {
		if !v.Trainable {
			continue
		}
		sumVar := s.Store().Scope(model.JoinPath("/", accumulateScope, v.Scope())).WithInitializer(initializer.Zero).
			VariableWithShape(v.Name(), v.Shape()).SetTrainable(false)
		sum := Add(sumVar.NodeValue(g), grads[i])
		if last {
			grads[i] = DivScalar(sum, float64(batches))
			sum = ZerosLike(sum)
		}
		sumVar.SetNodeValue(sum)
		i++
	}
	return grads
}

// updateAverage moves the averaged weights: average ← decay·average + (1−decay)·weights.
func updateAverage(store *model.Store, g *Graph, decay *Node) {
	for v := range store.Scope("/" + FlowScope).IterVariables() {
		if v.Trainable {
			average := store.GetVariable(averagePath(v))
			old := average.NodeValue(g)
			average.SetNodeValue(Add(Mul(decay, old), Mul(OneMinus(decay), v.NodeValue(g))))
		}
	}
}

func averagePath(v *model.Variable) string { return model.JoinPath("/", averageScope, v.Path()) }

// weightNormScales is Σ g² over every weight-normalised kernel's scales.
func weightNormScales(weights map[string]*Node) *Node {
	var sum *Node
	for _, path := range slices.Sorted(maps.Keys(weights)) {
		if model.BasePath(path) != "g" {
			continue
		}
		square := ReduceAllSum(Square(weights[path]))
		if sum == nil {
			sum = square
		} else {
			sum = Add(sum, square)
		}
	}
	if sum == nil {
		exceptions.Panicf("TrainConfig.L2 is set, but the flow has no weight-normalised kernels; leave L2 at 0, or give its ResNets WeightNorm")
	}
	return sum
}

// globalNorm is the Euclidean norm of all gradients together. Vectors are joined first, and each square is a product of
// a vector with itself: a reduction each would be hundreds of kernels more for XLA to compile.
func globalNorm(grads []*Node) *Node {
	var flats, vectors []*Node
	for _, grad := range grads {
		flat := Reshape(grad, grad.Shape().Size())
		if grad.Rank() > 1 {
			flats = append(flats, flat)
		} else {
			vectors = append(vectors, flat)
		}
	}
	if len(vectors) > 0 {
		flats = append(flats, Concatenate(vectors, 0))
	}
	sum := Dot(flats[0], flats[0]).Product()
	for _, flat := range flats[1:] {
		sum = Add(sum, Dot(flat, flat).Product())
	}
	return Sqrt(sum)
}
