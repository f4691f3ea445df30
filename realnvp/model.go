// Package realnvp is a Real NVP (Dinh, Sohl-Dickstein, Bengio 2016, arXiv:1605.08803) on GoMLX: an invertible map
// between data and a standard normal latent, with an exact density, exact encoding and one-pass sampling.
//
// A Model is built by New, from any flow: one of package preset, or a bijector.Chain of parts, the reader's own among
// them. It is trained by Train (by package journaled as a run of the journal), and asked by LogProb, BitsPerDim, Encode,
// Decode, Sample and Interpolate. Samples are flat []float32, row-major: n·D numbers are n samples; images are NHWC with
// pixels 0…256. log p is in nats of the data's own unit; bits per dimension are −log p/(D·ln 2), so
// a uniform image scores exactly 8.
//
// No public name panics: what goes wrong is an error that names the thing and the remedy.
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

// FlowScope is the scope of the flow's own variables in a Model's store and in its checkpoints.
const FlowScope = "flow"

// Model is a flow and the density of its latent, with their weights. Its methods may be called from several goroutines,
// Train excepted.
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

	mu    sync.Mutex
	execs map[string]*model.Exec
}

// Option changes how New builds a Model.
type Option func(*options)

type options struct {
	backend  compute.Backend
	batch    int
	settings settings
	base     base.Base
}

// WithBackend runs the model on a backend of the caller's; see OpenBackend.
func WithBackend(b compute.Backend) Option { return func(o *options) { o.backend = b } }

// WithEvalBatch sets how many samples one call of the compiled evaluation takes (default 1000 vectors, 100 images).
// Any number of samples can be given to LogProb and the others: they come in chunks of this.
func WithEvalBatch(n int) Option { return func(o *options) { o.batch = n } }

// New builds a model of any flow, with fresh weights: of a bijector.Chain, given the shape of its samples,
//
//	realnvp.New(preset.Plane(), realnvp.Vector(2))
//	realnvp.New(preset.MNIST(), realnvp.Image(28, 28, 1), realnvp.Pixels())
//
// The flow maps samples, [batch, features] or [batch, height, width, channels], to latents [batch, D]. It fails where the
// parts do not fit each other or the samples, or where no backend opens.
func New(flow bijector.Bijector, opts ...Option) (*Model, error) {
	if flow == nil {
		return nil, fmt.Errorf("realnvp: New: the flow is nil; give a bijector.Chain, such as preset.Plane()")
	}
	return build(flow, options{base: base.Normal{}}, opts)
}

// build is New with options that start as o.
func build(flow bijector.Bijector, o options, opts []Option) (*Model, error) {
	for i, opt := range opts {
		if opt == nil {
			return nil, fmt.Errorf("realnvp: New: option %d is nil; leave it out", i)
		}
		opt(&o)
	}
	if err := recovered("New", func() error { return o.check(flow) }); err != nil {
		return nil, err
	}
	m := &Model{
		settings: o.settings, backend: o.backend, flow: flow, base: o.base, batch: o.batch,
		packed: len(o.settings.Sample) == 1 && lower.Packs(flow, o.base),
		store:  model.NewStore(), execs: map[string]*model.Exec{}, files: map[string]bool{},
	}
	// Zero would mean a random seed to GoMLX.
	m.store.SetParam("/"+model.ParamInitialSeed, int64(o.settings.Seed)+1)
	return m, m.initialize()
}

// check says what is wrong with the options, and fills in what they leave out.
func (o *options) check(flow bijector.Bijector) (err error) {
	if err := o.settings.check(); err != nil {
		return err
	}
	switch {
	case o.batch < 0:
		return fmt.Errorf("realnvp: WithEvalBatch(%d): it must be 1 or more, or 0 for the default", o.batch)
	case o.batch > 0:
	case len(o.settings.Sample) == 3:
		o.batch = 100
	default:
		o.batch = 1000
	}
	if o.base == nil {
		return fmt.Errorf("realnvp: New: the base density is nil; leave out the option Base for a normal")
	}
	if container, ok := flow.(bijector.Container); ok {
		for _, layer := range container.Children() {
			if layer.Name == baseScope {
				return fmt.Errorf("realnvp: New: a layer is named %q, where the base density keeps its parameters; name it otherwise", baseScope)
			}
		}
	}
	if o.backend == nil {
		o.backend, err = defaultBackend()
	}
	return err
}

// baseScope is the scope of the base density's parameters, within FlowScope.
const baseScope = "base"

// initialize makes the flow's variables, in the order of the flow, and gives them their first values.
func (m *Model) initialize() error {
	return try("building the flow", func() error {
		g := graph.NewGraph(m.backend, "variables")
		defer g.Finalize()
		model.SetStore(g, m.store)
		s := m.store.RootScope()
		x := graph.Parameter(g, "x", m.shape(2))
		var conditions []*graph.Node
		for i, width := range m.settings.widths() {
			conditions = append(conditions, graph.Parameter(g, fmt.Sprintf("given%d", i), shapes.Make(m.settings.dtype(), 2, width)))
		}
		m.logProb(m.context(s, conditions...), x)
		return m.store.InitializeVariables(m.backend, nil)
	})
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
func (m *Model) Step() int { return m.step }

// Flow is the bijector; its variables are in scope FlowScope of Store.
func (m *Model) Flow() bijector.Bijector { return m.flow }

// Store holds the weights that evaluation uses: averaged ones where training kept an average.
func (m *Model) Store() *model.Store {
	if m.average != nil {
		return m.average
	}
	_ = m.unpack() // which can only fail for want of memory
	return m.store
}

// unpack brings the store up to date with a training that packs its weights.
func (m *Model) unpack() error {
	if m.packing == nil {
		return nil
	}
	return try("unpacking the weights", func() error { return m.packing.Unpack(m.store) })
}

// Backend is what the model runs on.
func (m *Model) Backend() compute.Backend { return m.backend }

// NumParameters counts the trainable numbers of the flow.
func (m *Model) NumParameters() int {
	n := 0
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

// exec gives the compiled evaluation of the given name, building it on first use.
func (m *Model) exec(name string, fn func(s *model.Scope, in []*graph.Node) []*graph.Node) (*model.Exec, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.unpack(); err != nil {
		return nil, err
	}
	if e := m.execs[name]; e != nil {
		return e, nil
	}
	e, err := model.NewExec(m.backend, m.Store(), fn)
	if err != nil {
		return nil, err
	}
	m.execs[name] = e.WithName(name)
	return e, nil
}

// forgetExecs drops compiled evaluations, whose store may have changed.
func (m *Model) forgetExecs() {
	m.mu.Lock()
	defer m.mu.Unlock()
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
