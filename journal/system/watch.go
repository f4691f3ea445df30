// Package system records how the machine fares under a run: what the process and the machine take of the processors and of memory,
// and NVIDIA's GPUs where there are some.
//
//	stop, err := system.Watch(run, 5*time.Second)
//	defer stop()
//
// The metrics are named system/…, as MLflow's are, and their step is the second of the run, not a step of its training. Nobody is
// better by them: a replay does not compare them, and they lead no table. A program pays for this package only where it imports it.
package system

import (
	"context"
	"errors"
	"math"
	"sync"
	"time"

	"flowbook/journal"
	"flowbook/journal/fault"
)

// Shortest is the shortest time between two readings.
const Shortest = time.Second

// Watch logs a reading every so often, from now until stop is called or the run is finished:
//
//	system/cpu_percent           of the process, 100 for each core that it keeps busy
//	system/memory_bytes          of the process, resident
//	system/machine_cpu_percent   of all cores together, 100 at most
//	system/machine_memory_bytes  in use on the machine
//	system/gpu0_percent          how much of the time the first GPU was at work
//	system/gpu0_memory_bytes     in use on it
//
// What cannot be read here is left out. It fails where nothing can.
func Watch(run *journal.Run, every time.Duration) (stop func(), err error) {
	if every < Shortest {
		return nil, fault.Invalid("a reading of the machine every %v: %v is the shortest", every, Shortest)
	}
	record, err := run.Journal().Get(context.WithoutCancel(run.Context()), run.ID)
	if err != nil {
		return nil, err
	}
	m, err := newMeter()
	if err != nil {
		return nil, err
	}
	stopped, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-stopped:
				return
			case at := <-tick.C:
				second := int(math.Round(at.Sub(record.Started).Seconds()))
				if errors.Is(run.Log(second, m.read()), journal.ErrFinished) {
					return
				}
			}
		}
	}()
	return sync.OnceFunc(func() { close(stopped); <-ended }), nil
}

// Watched is [Watch] as an option of a run, from its beginning to its end.
func Watched(every time.Duration) journal.Option {
	return journal.WithCompanion(func(run *journal.Run) (stop func(), err error) { return Watch(run, every) })
}
