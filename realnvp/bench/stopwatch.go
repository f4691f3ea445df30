package main

import (
	"time"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
)

// stopwatch is a backend that adds up the time which its executables take: what is left of a training step is the
// loop's. All else it leaves to the backend inside, but every buffer must say that it is the stopwatch's.
type stopwatch struct {
	compute.Backend
	inside time.Duration
}

type watchedBuffer struct {
	compute.Buffer
	watch *stopwatch
}

func (b *watchedBuffer) Backend() compute.Backend { return b.watch }

func (s *stopwatch) BufferFromFlatData(device compute.DeviceNum, flat any, shape shapes.Shape) (compute.Buffer, error) {
	b, err := s.Backend.BufferFromFlatData(device, flat, shape)
	return &watchedBuffer{b, s}, err
}

func (s *stopwatch) NewSharedBuffer(device compute.DeviceNum, shape shapes.Shape) (compute.Buffer, any, error) {
	b, flat, err := s.Backend.NewSharedBuffer(device, shape)
	return &watchedBuffer{b, s}, flat, err
}

func (s *stopwatch) Builder(name string) compute.Builder {
	return &watchedBuilder{s.Backend.Builder(name), s}
}

type watchedBuilder struct {
	compute.Builder
	watch *stopwatch
}

func (b *watchedBuilder) Compile() (compute.Executable, error) {
	executable, err := b.Builder.Compile()
	return &watchedExecutable{executable, b.watch}, err
}

type watchedExecutable struct {
	compute.Executable
	watch *stopwatch
}

// Execute takes the time until the first output can be read.
func (e *watchedExecutable) Execute(inputs []compute.Buffer, donate []bool, device compute.DeviceNum) ([]compute.Buffer, error) {
	bare := make([]compute.Buffer, len(inputs))
	for i, b := range inputs {
		bare[i] = b.(*watchedBuffer).Buffer
	}
	start := time.Now()
	outputs, err := e.Executable.Execute(bare, donate, device)
	if err == nil {
		_, err = outputs[0].Data()
	}
	e.watch.inside += time.Since(start)
	for i, b := range outputs {
		outputs[i] = &watchedBuffer{b, e.watch}
	}
	return outputs, err
}
