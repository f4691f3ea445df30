// Package realnvp is a Real NVP (Dinh, Sohl-Dickstein, Bengio 2016, arXiv:1605.08803) on GoMLX: an invertible map
// between data and a standard normal latent, with an exact density, exact encoding and one-pass sampling.
//
// A Model is built from a Config, trained by Train, and asked by LogProb, BitsPerDim, Encode, Decode, Sample and
// Interpolate. Samples are flat []float32, row-major: n·D numbers are n samples; images are NHWC with pixels
// 0…256. log p is in nats of the data's own unit; bits per dimension are −log p/(D·ln 2), so a uniform image scores
// exactly 8.
//
// No public name panics: what goes wrong is an error that names the thing and the remedy.
package realnvp

import (
	"fmt"
	"strings"
	"sync"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"flowbook/realnvp/bijector"
	"flowbook/realnvp/param"
)

// FlowScope is the scope of the flow's own variables in a Model's store and in its checkpoints.
const FlowScope = "flow"

// Model is a flow with its weights. Its methods may be called from several goroutines, Train excepted.
type Model struct {
	config   Config
	backend  compute.Backend
	flow     bijector.Bijector
	layers   map[string]string // types of the layers of a caller's own, by path
	store    *model.Store      // weights as trained, optimizer, running moments
	packed   bool              // whether training packs weights: those of a flow of vectors, without layers of a caller's own
	packing  *packing          // the same while a training runs that packs them, else nil
	average  *model.Store      // weights averaged over training (EMA), for evaluation; nil without
	batch    int               // samples a call of the compiled evaluation takes
	step     int               // optimizer steps so far
	progress progress          // what a resumed training needs besides
	feed     <-chan fed        // of a training, until its source is free; else nil
	files    map[string]bool   // checkpoints that this model was read from or written to

	mu    sync.Mutex
	execs map[string]*model.Exec
}

// Option changes how New builds a Model.
type Option func(*options)

type options struct {
	backend compute.Backend
	layers  func(path string, b bijector.Bijector) bijector.Bijector
	batch   int
}

// WithBackend runs the model on a backend of the caller's; see OpenBackend.
func WithBackend(b compute.Backend) Option { return func(o *options) { o.backend = b } }

// WithLayers replaces every layer of the flow by what wrap makes of it; path is the layer's scope. Package bugs puts
// its bugs in by it, and a user can put in a bijector of their own.
func WithLayers(wrap func(path string, b bijector.Bijector) bijector.Bijector) Option {
	return func(o *options) { o.layers = wrap }
}

// WithEvalBatch sets how many samples one call of the compiled evaluation takes (default 1000 vectors, 100 images).
// Any number of samples can be given to LogProb and the others: they come in chunks of this.
func WithEvalBatch(n int) Option { return func(o *options) { o.batch = n } }

// New builds the flow of a Config with fresh weights drawn by Config.Seed. With SScale zero, it starts as the identity
// (after preprocessing). It fails where the Config does not validate or no backend opens.
func New(config Config, opts ...Option) (*Model, error) {
	if err := config.Validate(); err != nil {
		return nil, err
	}
	o := options{batch: 1000}
	if config.IsImage() {
		o.batch = 100
	}
	for _, opt := range opts {
		opt(&o)
	}
	if o.batch < 1 {
		return nil, fmt.Errorf("realnvp: WithEvalBatch(%d): it must be 1 or more", o.batch)
	}
	if o.backend == nil {
		var err error
		if o.backend, err = defaultBackend(); err != nil {
			return nil, err
		}
	}
	flow := config.flow()
	layers := map[string]string{}
	if o.layers != nil {
		flow = bijector.Wrap(flow, func(path string, b bijector.Bijector) bijector.Bijector {
			own := o.layers(path, b)
			if was, is := fmt.Sprintf("%T", b), fmt.Sprintf("%T", own); was != is {
				layers[path] = is
			}
			return own
		})
	}
	m := &Model{
		config: config, backend: o.backend, flow: flow, packed: !config.IsImage() && o.layers == nil, layers: layers, batch: o.batch,
		store: model.NewStore(), execs: map[string]*model.Exec{}, files: map[string]bool{},
	}
	// Zero would mean a random seed to GoMLX.
	m.store.SetParam("/"+model.ParamInitialSeed, config.Seed+1)
	return m, m.initialize()
}

// initialize makes the flow's variables, in the order of the flow, and gives them their first values.
func (m *Model) initialize() error {
	return try("building the flow", func() error {
		g := graph.NewGraph(m.backend, "variables")
		defer g.Finalize()
		model.SetStore(g, m.store)
		s := m.store.RootScope()
		x := graph.Parameter(g, "x", m.shape(2))
		c := m.context(s)
		if m.config.Classes > 0 {
			c.Labels = []*graph.Node{graph.Parameter(g, "labels", shapes.Make(m.config.dtype(), 2, m.config.Classes))}
		}
		m.logProb(c, x)
		return m.store.InitializeVariables(m.backend, nil)
	})
}

// context is what the flow is given besides its input: its parameters in FlowScope below s, and the labels, if any, one-hot.
func (m *Model) context(s *model.Scope, labels ...*graph.Node) *param.Context {
	c := param.New(s.At(FlowScope))
	c.Labels = labels
	return c
}

// logProb is the graph of log p(x): [n, sample...] → [n], in nats of the data's unit (Dinh et al. 2016, eq. 3).
func (m *Model) logProb(c *param.Context, x *graph.Node) *graph.Node {
	z, logDet := m.flow.Forward(c, x)
	return graph.Add(bijector.StandardNormal(z), logDet)
}

// Config is the flow's configuration.
func (m *Model) Config() Config { return m.config }

// Dim is D, the number of numbers in a sample and in its latent.
func (m *Model) Dim() int { return m.config.Dim() }

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
	return try("unpacking the weights", func() error { return m.packing.unpack(m.store) })
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
	return shapes.Make(m.config.dtype(), append([]int{n}, m.config.sampleDims()...)...)
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

// tensor makes samples a tensor of the model's type.
func (m *Model) tensor(x []float32, dims ...int) *tensors.Tensor {
	if m.config.DType == "float64" {
		wide := make([]float64, len(x))
		for i, v := range x {
			wide[i] = float64(v)
		}
		return tensors.FromFlatDataAndDimensions(wide, dims...)
	}
	return tensors.FromFlatDataAndDimensions(x, dims...)
}

// try turns a panic of graph code into an error, and makes one line of what GoMLX says in many.
func try(doing string, fn func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			cause, is := p.(error)
			if !is {
				cause = fmt.Errorf("%v", p)
			}
			err = &failure{doing, cause}
		}
	}()
	if err := fn(); err != nil {
		return &failure{doing, err}
	}
	return nil
}

// failure is an error of GoMLX's, or one under it, with what was being done.
type failure struct {
	doing string
	err   error
}

func (f *failure) Error() string {
	first, _, _ := strings.Cut(f.err.Error(), "\n")
	return fmt.Sprintf("realnvp: %s: %s", f.doing, first)
}

func (f *failure) Unwrap() error { return f.err }
