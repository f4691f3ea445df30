// Package lower holds what makes the flows fast and is not needed to understand them: other ways to write the same
// graph code, chosen by measurements (realnvp/bench/README.md). Nothing outside this package chooses.
//
// Off switches it off: each function then writes what its comment says, plainly, and On is false for those that ask.
// A test of package preset holds the loss and the gradients of each preset with and without it to each other, and one of
// realnvp the trainings whose weights are packed.
package lower

import "sync/atomic"

var off atomic.Bool

// Off switches the package off for graphs that are built from now on, in the whole process, until restore is called.
func Off() (restore func()) {
	was := off.Swap(true)
	return func() { off.Store(was) }
}

// On says whether the package is switched on, as it is at first.
func On() bool { return !off.Load() }
