// Probe compiles and runs a small sum on the backend that GOMLX_BACKEND names, and prints what answered.
// Set-up runs it, so that a plugin that loads but does not compute is found before a notebook finds it.
package main

import (
	"fmt"
	"os"

	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"

	_ "github.com/gomlx/gomlx/backends/default"
)

func main() {
	if err := probe(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func probe() error {
	backend, err := compute.New()
	if err != nil {
		return err
	}
	defer backend.Finalize()
	square, err := NewExec(backend, func(x *Node) *Node { return ReduceAllSum(Mul(x, x)) })
	if err != nil {
		return err
	}
	sum, err := square.Exec1([]float32{1, 2, 3, 4})
	if err != nil {
		return err
	}
	if got := sum.Value().(float32); got != 30 {
		return fmt.Errorf("1+4+9+16 came out as %g, not 30", got)
	}
	fmt.Println(backend.Description())
	return nil
}
