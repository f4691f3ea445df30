package realnvp

import (
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"flowbook/realnvp/base"
	"flowbook/realnvp/bijector"
	"flowbook/realnvp/internal/lower"
)

// Option changes how New builds a Model. What an option says is checked by New.
type Option func(*options)

type options struct {
	backend  compute.Backend
	batch    int
	settings settings
	base     base.Base
}

// WithBackend runs the model on a backend of the caller's; without it, on that of OpenBackend(""), opened once for
// the process.
func WithBackend(b compute.Backend) Option { return func(o *options) { o.backend = b } }

// WithEvalBatch sets how many samples one call of the compiled evaluation takes (default 1000 vectors, 100 images).
// Any number of samples can be given to LogProb and the others: they come in chunks of this.
func WithEvalBatch(n int) Option { return func(o *options) { o.batch = n } }

// New builds a model of any flow, with fresh weights: of a bijector.Chain, given the shape of its samples,
//
//	realnvp.New(preset.Plane(), realnvp.Vector(2))
//	realnvp.New(preset.MNIST(), realnvp.Image(28, 28, 1), realnvp.Pixels())
//
// The flow maps samples, [batch, features] or [batch, height, width, channels], to latents [batch, D]. One of Vector
// and Image has to be given. New fails where an option is not one that a model can have, where the parts do not fit
// each other or the samples, and where no backend opens.
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
	if err := m.initialize(); err != nil {
		return nil, err
	}
	return m, nil
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
