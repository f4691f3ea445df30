// Package realnvp is a Real NVP (Dinh, Sohl-Dickstein, Bengio 2016, arXiv:1605.08803v3) on GoMLX: an invertible map
// between data and a latent whose density is known, with an exact density of the data, exact encoding and one-pass
// sampling. "The paper" is theirs, throughout; "the article" is Brian Keng's on normalizing flows, which the
// notebooks retell, and "the author" is he.
//
// A Model is built by New, from any flow: one of package preset, or a bijector.Chain of parts, the reader's own among
// them. It is trained by Train (by package journaled as a run of the journal), and asked by LogProb, BitsPerDim,
// Encode, Decode, Sample and Interpolate.
//
// Samples are flat []float32, row-major: n·D numbers are n samples; images are NHWC, and pixels lie in 0…256. log p
// is in nats of the data's own unit; bits per dimension are −log p/(D·ln 2), so a uniform model of pixels scores
// exactly 8.
//
// No public name of this package panics: what goes wrong is an error that names the thing and the remedy.
package realnvp

import (
	"fmt"
	"slices"
	"sync"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"flowbook/realnvp/base"
	"flowbook/realnvp/bijector"
	"flowbook/realnvp/internal/lower"
	"flowbook/realnvp/param"
)

// FlowScope is the scope of the flow's own variables in a Model's store and in its checkpoints: a layer's are in the
// sub-scope of its name, "/flow/coupling0/…".
const FlowScope = "flow"

// baseScope is the scope of the base density's parameters, within FlowScope.
const baseScope = "base"

// Model is a flow and the density of its latent, with their weights. Its methods may be called from several goroutines.
// Beside a Train or a Restore, what runs through the flow has the weights of one step, whole, and waits while they are
// being replaced; two runs of one call, as Interpolate makes, may have those of two. A second Train, or a Restore, of a
// model that is being trained fails.
type Model struct {
	settings settings
	backend  compute.Backend
	flow     bijector.Bijector
	base     base.Base
	store    *model.Store    // weights as trained, optimizer, running moments
	packed   bool            // whether training packs weights: those of a flow of vectors, of this module's parts alone
	packing  *lower.Packing  // while a training runs that packs them, else nil
	average  *model.Store    // weights averaged over training (EMA), for evaluation; nil without
	batch    int             // samples a call of the compiled evaluation takes
	step     int             // optimizer steps so far
	progress progress        // what a resumed training needs besides
	feed     <-chan fed      // of a training, until its source is free; else nil
	files    map[string]bool // checkpoints that this model was read from or written to

	still    sync.RWMutex // held by whoever reads the stores, packing, step and progress; to write, by moving
	training bool         // whether a Train is under way

	mu     sync.Mutex // of execs and files, of building graphs, which touches variables, and of bringing the stores up to date
	execs  map[string]*model.Exec
	behind bool // whether what evaluation reads may be older than the weights
}

// logProb is the graph of log p(x): [n, sample...] → [n], in nats of the data's unit (Dinh et al. 2016, eq. 3).
func (m *Model) logProb(c *param.Context, x *graph.Node) *graph.Node {
	z, logDet := m.flow.Forward(c, x)
	if want := shapes.Make(z.DType(), x.Shape().Dim(0), m.Dim()); !z.Shape().Equal(want) {
		panic(fmt.Errorf("the flow maps samples of shape %s to latents of shape %s; it has to be %s: images end in a bijector.Flatten", x.Shape(), z.Shape(), want))
	}
	if want := shapes.Make(logDet.DType(), x.Shape().Dim(0)); !logDet.Shape().Equal(want) {
		panic(fmt.Errorf("the flow's log-determinant has shape %s; it has to be one number a sample, %s", logDet.Shape(), want))
	}
	return graph.Add(m.baseLogProb(c.In(baseScope), z), logDet)
}

// baseLogProb is the base density's log p(z): [n, D] → [n].
func (m *Model) baseLogProb(c *param.Context, z *graph.Node) *graph.Node {
	defer param.Named(fmt.Sprintf("the base density, a %T", m.base))
	logp := m.base.LogProb(c, z)
	if want := shapes.Make(z.DType(), z.Shape().Dim(0)); logp == nil || !logp.Shape().Equal(want) {
		panic(fmt.Errorf("it gives %s for latents of %s; it has to be one number a latent, %s", param.ShapeOf(logp), z.Shape(), want))
	}
	return logp
}

// SampleShape is the shape of one sample: {features}, or {height, width, channels}.
func (m *Model) SampleShape() []int { return slices.Clone(m.settings.Sample) }

// IsPixels tells whether samples are pixels, which are dequantized and scored in bits per dimension.
func (m *Model) IsPixels() bool { return m.settings.Pixels }

// Dim is D, the number of numbers in a sample and in its latent.
func (m *Model) Dim() int { return m.settings.dim() }

// BaseDensity is the density of the latent; its variables are in the scope "base" within FlowScope of Store.
func (m *Model) BaseDensity() base.Base { return m.base }

// Step is the number of optimizer steps that trained the weights.
func (m *Model) Step() int {
	m.still.RLock()
	defer m.still.RUnlock()
	return m.step
}

// Flow is the bijector; its variables are in scope FlowScope of Store.
func (m *Model) Flow() bijector.Bijector { return m.flow }

// Store holds the weights that evaluation uses: averaged ones where training kept an average.
func (m *Model) Store() *model.Store {
	m.still.RLock()
	defer m.still.RUnlock()
	_ = m.catchUp() // which can only fail for want of memory
	return m.evaluated()
}

// evaluated is the store that evaluation reads.
func (m *Model) evaluated() *model.Store {
	if m.average != nil {
		return m.average
	}
	return m.store
}

// Backend is what the model runs on: WithBackend's, or the default of OpenBackend.
func (m *Model) Backend() compute.Backend { return m.backend }

// NumParameters counts the trainable numbers of the flow and of its base density.
func (m *Model) NumParameters() int {
	n := 0
	m.still.RLock()
	defer m.still.RUnlock()
	m.mu.Lock()
	defer m.mu.Unlock()
	for v := range m.store.Scope("/" + FlowScope).IterVariables() {
		if v.Trainable {
			n += v.Shape().Size()
		}
	}
	return n
}

// shape is the shape of n samples.
func (m *Model) shape(n int) shapes.Shape {
	return shapes.Make(m.settings.dtype(), append([]int{n}, m.settings.Sample...)...)
}

// exec gives the evaluation of the given name, built and compiled for inputs. The caller holds still.
func (m *Model) exec(name string, inputs []shapes.Shape, fn func(s *model.Scope, in []*graph.Node) []*graph.Node) (*model.Exec, error) {
	if err := m.catchUp(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.execs[name]
	if e == nil {
		var err error
		if e, err = model.NewExec(m.backend, m.evaluated(), fn); err != nil {
			return nil, err
		}
		m.execs[name] = e.WithName(name)
	}
	_, err := e.Compile(inputs...)
	return e, err
}

// forgetExecs drops compiled evaluations, whose store may have changed. The caller holds mu.
func (m *Model) forgetExecs() {
	for _, e := range m.execs {
		e.Finalize()
	}
	m.execs = map[string]*model.Exec{}
}

// tensorOfNumbers makes numbers a tensor of the model's type.
func tensorOfNumbers[T float32 | float64](m *Model, x []T, dims ...int) *tensors.Tensor {
	if m.settings.DType == "float64" {
		return tensors.FromFlatDataAndDimensions(converted[float64](x), dims...)
	}
	return tensors.FromFlatDataAndDimensions(converted[float32](x), dims...)
}

// converted gives numbers in another type, or as they are where they have it.
func converted[To, From float32 | float64](x []From) []To {
	if same, ok := any(x).([]To); ok {
		return same
	}
	out := make([]To, len(x))
	for i, v := range x {
		out[i] = To(v)
	}
	return out
}
