package realnvp

import (
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/core/tensors/dtensor"
	"github.com/gomlx/gomlx/ml/model"

	"flowbook/realnvp/internal/hostmemory"
	"flowbook/realnvp/internal/lower"
)

// stepper is the compiled training step. It measures a batch and says what values a step would leave; it moves nothing.
type stepper struct {
	m             *Model
	apply, gather *model.Exec
	spread        *spread // nil on one device
	compiled      map[*model.Exec]bool
	moved         map[graph.GraphId][]*model.Variable // what each graph gives new values of, in the order of its outputs
}

// outcome is what the execution of one batch gives.
type outcome struct {
	loss, norm float64 // mean −log p in nats; norm of the gradient
	next       values  // of the variables that the step moves
}

func (o outcome) finite() bool { return finite(o.loss) && finite(o.norm) }

func (m *Model) newStepper(t TrainConfig) (*stepper, error) {
	s := &stepper{m: m, compiled: map[*model.Exec]bool{}, moved: map[graph.GraphId][]*model.Variable{}}
	m.packing = nil
	return s, try("train", func() (err error) {
		if m.packed {
			if m.packing, err = lower.Pack(m.store, lower.Scopes{Flow: FlowScope, Optimizer: optimizerScope, Average: averageScope, Accumulated: accumulateScope}); err != nil {
				return err
			}
		}
		if s.spread, err = newSpread(t.Devices); err != nil {
			return err
		}
		if s.apply, err = s.exec(t, true); err != nil {
			return err
		}
		if t.Accumulate > 1 {
			s.gather, err = s.exec(t, false)
		}
		return err
	})
}

// store is what the step reads its variables from.
func (s *stepper) store() *model.Store {
	if s.m.packing != nil {
		return s.m.packing.Store
	}
	return s.m.store
}

func (s *stepper) exec(t TrainConfig, apply bool) (*model.Exec, error) {
	build := s.m.stepGraph(t, apply)
	exec, err := model.NewExec(s.m.backend, s.store(), func(scope *model.Scope, in []*graph.Node) []*graph.Node {
		return append(build(scope, in), s.newValues(scope.Store(), in[0].Graph())...)
	})
	if err == nil && s.spread != nil {
		s.spread.over(exec, len(s.m.settings.widths()))
	}
	return exec, err
}

// newValues makes the variables that a graph changed unchanged ones, and gives what they were changed to as outputs: GoMLX
// would replace their values, and free the old ones, before anyone could look at the loss.
func (s *stepper) newValues(store *model.Store, g *graph.Graph) (changed []*graph.Node) {
	var moved []*model.Variable
	for v := range store.IterVariables() {
		if v.ChangedInGraph(g) {
			moved = append(moved, v)
			changed = append(changed, v.NodeValue(g))
			v.SetNodeValue(g.GetParameterByName(v.Path()))
		}
	}
	s.moved[g.GraphId()] = moved
	return changed
}

// run executes one batch from the variables' present values. last tells whether it ends a step.
func (s *stepper) run(batch fed, rate, decay float64, last bool) (out outcome, err error) {
	err = try("train step", func() error {
		args := append([]any{batch.tensor(s.m), tensorOfNumbers(s.m, []float64{rate, decay}, 2)}, s.m.givenTensors(batch.given, 0, batch.dims[0], batch.dims[0])...)
		if s.spread != nil {
			if err := s.spread.inputs(args); err != nil {
				return err
			}
		}
		exec := s.apply
		if !last {
			exec = s.gather
		}
		var outputs []*tensors.Tensor
		var g *graph.Graph
		err := s.m.moving(func() (err error) { // the first call makes the optimizer's variables
			if err := s.compile(exec, args); err != nil {
				return err
			}
			outputs, g, err = exec.CallWithGraph(args...)
			return err
		})
		if err != nil {
			return err
		}
		for _, arg := range args {
			if err := arg.(interface{ FinalizeAll() error }).FinalizeAll(); err != nil {
				return err
			}
		}
		out, err = s.outcome(outputs, s.moved[g.GraphId()])
		return err
	})
	return out, err
}

// outcome sorts the outputs of an execution, each device's after those of the device before.
func (s *stepper) outcome(outputs []*tensors.Tensor, moved []*model.Variable) (outcome, error) {
	devices := 1
	if s.spread != nil {
		devices = s.spread.devices
	}
	each := len(outputs) / devices
	out := outcome{
		loss: tensors.ToScalar[float64](outputs[0]), norm: tensors.ToScalar[float64](outputs[1]),
		next: make(values, len(moved)),
	}
	for device := range devices {
		for _, t := range outputs[device*each : device*each+2] {
			t.MustFinalizeAll()
		}
	}
	for i, v := range moved {
		held := value{trainable: v.Trainable}
		if s.spread == nil {
			held.whole = outputs[2+i]
		} else {
			shards := make([]*tensors.Tensor, devices)
			for device := range devices {
				shards[device] = outputs[device*each+2+i]
			}
			var err error
			if held.spread, err = dtensor.NewTensor(s.spread.copied, shards); err != nil {
				return out, err
			}
		}
		out.next[v.Path()] = held
	}
	return out, nil
}

// take makes the values of an outcome those of the variables. What was there is freed, unless it is one of kept. The
// caller is moving.
func (s *stepper) take(next, kept values) error {
	if s.m.packing != nil {
		s.m.packing.Ahead = true
	}
	was, err := valuesOf(s.store(), s.spread)
	if err != nil {
		return err
	}
	for path, held := range next {
		if err := held.give(s.store().GetVariable(path)); err != nil {
			return err
		}
		if err := (values{path: was[path]}).free(kept); err != nil {
			return err
		}
	}
	return nil
}

// compile compiles a step before its first call, and gives back the memory that this took: the step itself may want
// it, and would else add to the process's peak.
func (s *stepper) compile(exec *model.Exec, args []any) error {
	if s.spread != nil || s.compiled[exec] {
		return nil
	}
	var inputs []shapes.Shape
	for _, arg := range args {
		inputs = append(inputs, arg.(*tensors.Tensor).Shape())
	}
	if _, err := exec.Compile(inputs...); err != nil {
		return err
	}
	hostmemory.Trim()
	s.compiled[exec] = true
	return nil
}

// close frees the compiled step and the memory that was kept for the next. Every variable is on one device after it. The
// caller is moving.
func (s *stepper) close() error {
	defer hostmemory.GiveBack()
	s.apply.Finalize()
	if s.gather != nil {
		s.gather.Finalize()
	}
	err := s.m.unpack()
	if s.m.packing != nil {
		s.m.packing.Store.Finalize()
		s.m.packing = nil
	}
	if err == nil && s.spread != nil {
		err = try("train", func() error { return collect(s.m.store) })
	}
	return err
}
