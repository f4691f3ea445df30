//go:build linux && (amd64 || arm64) && !noxla

package xla

import (
	"os"
	"strings"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"flowbook/realnvp/internal/hostmemory"
)

// TestMemoryOfAStepIsKept runs a program that needs much memory in between: later runs have that of earlier ones, and what
// is in it is not seen.
func TestMemoryOfAStepIsKept(t *testing.T) {
	if !strings.HasPrefix(os.Getenv("GOMLX_BACKEND"), "xla:cpu") {
		t.Skip("memory is kept for XLA's CPU plugin alone: use GOMLX_BACKEND=xla:cpu")
	}
	backend, err := compute.New()
	if err != nil {
		t.Fatal(err)
	}
	defer backend.Finalize()
	const rows = 3000 // and a product of 36 MB in between
	exec, err := graph.NewExec(backend, func(x *graph.Node) *graph.Node {
		product := graph.Dot(x, graph.Transpose(x, 0, 1)).Product()
		return graph.Dot(graph.Sqrt(graph.Abs(product)), x).Product()
	})
	if err != nil {
		t.Fatal(err)
	}
	sum := func(scale float32) (total float64) {
		x := make([]float32, rows*4)
		for i := range x {
			x[i] = scale * float32(i%7)
		}
		out, err := exec.Call(tensors.FromFlatDataAndDimensions(x, rows, 4))
		if err != nil {
			t.Fatal(err)
		}
		values, err := tensors.CopyFlatData[float32](out[0])
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range values {
			total += float64(v)
		}
		return total
	}
	first := sum(1)
	if first == 0 {
		t.Fatal("the program computes nothing")
	}
	before := hostmemory.Reused()
	for run := 0; hostmemory.Reused() < before+2; run++ { // XLA may free a block only after the next run has begun
		if run == 50 {
			t.Fatalf("in %d runs memory was taken again %d times", 2*run, hostmemory.Reused()-before)
		}
		if other, again := sum(0), sum(1); other != 0 || again != first {
			t.Fatalf("in kept memory the program computes %g and %g, before 0 and %g", other, again, first)
		}
	}
	hostmemory.GiveBack()
	if again := sum(1); again != first {
		t.Errorf("after GiveBack the program computes %g, before %g", again, first)
	}
}
