package realnvp

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gomlx/compute/distributed"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/core/tensors/dtensor"
	"github.com/gomlx/gomlx/ml/model"

	"flowbook/realnvp/internal/variables"
)

// spread splits a training step over devices: XLA's Shardy divides the whole batch's computation (GoMLX's AutoSharding),
// given that the batch is split along its first axis and all else is copied to each device.
type spread struct {
	devices       int
	split, copied *distributed.ShardingSpec
}

// newSpread gives the spread over the first devices of the backend; nil for a single one.
func newSpread(devices int) (*spread, error) {
	if devices <= 1 {
		return nil, nil
	}
	mesh, err := distributed.NewDeviceMesh([]int{devices}, []string{"batch"})
	if err != nil {
		return nil, err
	}
	split, err := distributed.BuildSpec(mesh).S("batch").Done()
	return &spread{devices, split, distributed.NewReplicatedShardingSpec(mesh)}, err
}

// over makes exec, a training step, one of all devices, of samples that are conditioned on so many labels and vectors.
func (s *spread) over(exec *model.Exec, conditions int) {
	exec.AutoSharding(s.split.Mesh).
		WithInputShardingSpecs(s.inputSpecs(2 + conditions)...).
		WithOutputShardingSpecs(s.copied)
}

// inputSpecs are those of a training step's inputs: samples, learning rate and decay, and what each sample is conditioned on.
func (s *spread) inputSpecs(n int) []*distributed.ShardingSpec {
	specs := slices.Repeat([]*distributed.ShardingSpec{s.split}, n)
	specs[1] = s.copied
	return specs
}

// inputs lays the inputs of a training step over the devices.
func (s *spread) inputs(args []any) error {
	specs := s.inputSpecs(len(args))
	for i, arg := range args {
		whole := arg.(*tensors.Tensor)
		parts, err := dtensor.ShardTensor(specs[i], whole)
		if err != nil {
			return err
		}
		whole.MustFinalizeAll()
		args[i] = parts
	}
	return nil
}

// collect brings the variables of a spread training back to one device, where everything but training is.
func collect(store *model.Store) error {
	for v := range store.IterVariables() {
		if v.ShardingSpec() == nil {
			continue
		}
		if v.HasValue() {
			value, err := variables.Clone(v)
			if err != nil {
				return err
			}
			if err := v.SetValue(value); err != nil {
				return err
			}
		}
		if err := v.SetShardingSpec(nil); err != nil {
			return err
		}
	}
	return nil
}

// checkDevices says what to do where the backend has fewer devices than asked for.
func (m *Model) checkDevices(devices int) error {
	has := m.backend.NumDevices()
	switch {
	case devices <= max(1, has):
		return nil
	case has == 1 && strings.HasPrefix(m.backend.Description(), "Go "):
		return fmt.Errorf("realnvp: TrainConfig.Devices is %d, and the Go backend has a single device; set it to 1, or use XLA (GOMLX_BACKEND=xla:cpu or xla:cuda)", devices)
	}
	return fmt.Errorf("realnvp: TrainConfig.Devices is %d, and the backend has %d (%s); set it to 1…%d", devices, has, m.backend.Description(), has)
}

// checkSplit says what to do where a batch cannot be split evenly.
func checkSplit(samples, devices int) error {
	if devices > 1 && samples%devices != 0 {
		return fmt.Errorf("a batch of %d samples cannot be split evenly over %d devices; "+
			"make the source's batches a multiple of TrainConfig.Devices, or set that to a divisor of %d", samples, devices, samples)
	}
	return nil
}
