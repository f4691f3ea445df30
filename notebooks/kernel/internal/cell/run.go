// Package cell runs the program that a cell was compiled to, between GoNB and the program. It gives the program what GoNB
// leaves out: an input that ends, text that is never cut within a character, pictures that all arrive, and after a stop one
// sentence in place of a trace. GoNB sees a program that behaves.
package cell

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"
)

// Input is what the program reads as its standard input.
type Input int

const (
	// Ended is at its end at once.
	Ended Input = iota
	// Asked is what the reader of the notebook types, when the program asks for it.
	Asked
)

// patience is how long a program may go on after its kernel has gone.
const patience = 4 * time.Second

// Run runs a program to its end and returns its exit code.
func Run(input Input, program string, arguments ...string) int {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, os.Interrupt) // the kernel sends it to the program too
	var stopped atomic.Bool
	go func() {
		for range signals {
			stopped.Store(true)
		}
	}()

	cmd := exec.Command(program, arguments...)
	stdout, stderr := newRunes(os.Stdout), &panics{to: newRunes(os.Stderr), stopped: &stopped, end: func() { _ = cmd.Process.Kill() }}
	cmd.Stdout, cmd.Stderr = stdout, stderr
	cmd.WaitDelay = 300 * time.Millisecond // for what the program started and left behind
	if input == Asked {
		cmd.Stdin = os.Stdin
	}
	display, err := newDisplay(cmd)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if err := cmd.Start(); err != nil {
		fmt.Fprintln(os.Stderr, "the cell's program cannot be started:", err)
		return 1
	}
	display.started()
	go endWithParent(cmd.Process)
	err = cmd.Wait()
	display.finish()
	stdout.Close()
	stderr.Close()
	if stderr.ended {
		return 2 // as of a program that Go has ended
	}
	return code(cmd, err, stopped.Load())
}

// code is the program's exit code; what a shell would give, where a signal ended it.
func code(cmd *exec.Cmd, err error, stopped bool) int {
	if err == nil || errors.Is(err, exec.ErrWaitDelay) {
		return 0
	}
	status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus)
	if !ok || !status.Signaled() {
		return cmd.ProcessState.ExitCode()
	}
	if !stopped {
		fmt.Fprintln(os.Stderr, "the cell's program was ended by a signal:", status.Signal())
	}
	return 128 + int(status.Signal())
}

// endWithParent ends the program when the kernel is gone: first as the stop button does, so that a training writes its
// checkpoint, and then for good.
func endWithParent(program *os.Process) {
	for parent := os.Getppid(); os.Getppid() == parent; {
		time.Sleep(500 * time.Millisecond)
	}
	_ = program.Signal(os.Interrupt)
	time.Sleep(patience)
	_ = program.Kill()
}
