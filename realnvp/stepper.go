package realnvp

import (
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"flowbook/realnvp/internal/hostmemory"
)

// stepper is the compiled training step.
type stepper struct {
	m             *Model
	apply, gather *model.Exec
	spread        *spread // nil on one device
	compiled      map[*model.Exec]bool
}

func (m *Model) newStepper(t TrainConfig) (*stepper, error) {
	s := &stepper{m: m, compiled: map[*model.Exec]bool{}}
	m.packing = nil
	return s, try("train", func() (err error) {
		if err = m.store.DeleteVariablesInScope("/" + accumulateScope); err != nil {
			return err
		}
		if t.EMA > 0 {
			if err = m.startAverage(); err != nil {
				return err
			}
		}
		if m.packs() {
			if m.packing, err = newPacking(m.store); err != nil {
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

func (s *stepper) exec(t TrainConfig, apply bool) (*model.Exec, error) {
	store := s.m.store
	if s.m.packing != nil {
		store = s.m.packing.store
	}
	exec, err := model.NewExec(s.m.backend, store, s.m.stepGraph(t, apply))
	if err == nil && s.spread != nil {
		s.spread.over(exec)
	}
	return exec, err
}

// run executes one batch: the mean −log p in nats, and the gradient's norm.
func (s *stepper) run(batch fed, rate, decay float64, apply bool) (loss, norm float64, err error) {
	err = try("train step", func() error {
		args := []any{s.m.tensor(batch.x, batch.dims...), s.m.tensor([]float32{float32(rate), float32(decay)}, 2)}
		if s.m.config.Classes > 0 {
			args = append(args, s.m.oneHot(batch.labels, batch.dims[0]))
		}
		if s.spread != nil {
			if err := s.spread.inputs(args); err != nil {
				return err
			}
		}
		exec := s.apply
		if !apply {
			exec = s.gather
		}
		if err := s.compile(exec, args); err != nil {
			return err
		}
		out, err := exec.Call(args...)
		if err != nil {
			return err
		}
		if s.m.packing != nil {
			s.m.packing.ahead = true
		}
		loss, norm = tensors.ToScalar[float64](out[0]), tensors.ToScalar[float64](out[1])
		for _, t := range out {
			t.MustFinalizeAll()
		}
		for _, arg := range args {
			if err := arg.(interface{ FinalizeAll() error }).FinalizeAll(); err != nil {
				return err
			}
		}
		return nil
	})
	return loss, norm, err
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

// close frees the compiled step. Every variable is on one device after it.
func (s *stepper) close() error {
	s.apply.Finalize()
	if s.gather != nil {
		s.gather.Finalize()
	}
	err := s.m.unpack()
	s.m.packing = nil
	if err == nil && s.spread != nil {
		err = try("train", func() error { return collect(s.m.store) })
	}
	return err
}
