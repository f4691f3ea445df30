//go:build ((linux && (amd64 || arm64)) || (darwin && arm64)) && !noxla

package xla

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"golang.org/x/sys/cpu"
)

// TestLongChild is the process of TestCompileForLong.
func TestLongChild(t *testing.T) {
	if os.Getenv("FLOWBOOK_TEST_LONG") == "" {
		t.Skip("a part of TestCompileForLong")
	}
	if os.Getenv("FLOWBOOK_TEST_LONG") == "yes" {
		CompileForLong()
	}
	backend, err := compute.New()
	if err != nil {
		t.Fatal(err)
	}
	defer backend.Finalize()
	exec, err := graph.NewExec(backend, func(x, w *graph.Node) []*graph.Node {
		y := graph.Tanh(graph.Convolve(x, w).PadSame().Done())
		product := graph.Dot(graph.Reshape(y, -1, 16), graph.Reshape(w, 16, -1)).Product()
		return graph.Gradient(graph.Add(graph.ReduceAllSum(graph.Square(y)), graph.ReduceAllSum(product)), x, w)
	})
	if err != nil {
		t.Fatal(err)
	}
	ramp := func(dims ...int) *tensors.Tensor {
		n := 1
		for _, d := range dims {
			n *= d
		}
		v := make([]float32, n)
		for i := range v {
			v[i] = float32(math.Sin(float64(i)))
		}
		return tensors.FromFlatDataAndDimensions(v, dims...)
	}
	out, err := exec.Call(ramp(4, 28, 28, 16), ramp(3, 3, 16, 16))
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range out {
		values, err := tensors.CopyFlatData[float32](o)
		if err != nil {
			t.Fatal(err)
		}
		var sum, squares float64
		for _, v := range values {
			sum, squares = sum+float64(v), squares+float64(v)*float64(v)
		}
		fmt.Println("computed", sum, squares)
	}
	fmt.Println("flags", os.Getenv("XLA_FLAGS"))
	compiler := Compiler(backend)
	fmt.Println("compiler", compiler)
	CompileForLong() // too late: XLA has read its flags
	late, err := compute.New()
	if err != nil {
		t.Fatal(err)
	}
	defer late.Finalize()
	if now := Compiler(late); now != compiler {
		t.Errorf("a second backend is said to be compiled for by %s, the first by %s", now, compiler)
	}
}

// TestCompileForLong: the same numbers but for their last digits, and nothing kept, which XLA could not write down; and flags that
// someone set hold.
func TestCompileForLong(t *testing.T) {
	if !strings.HasPrefix(os.Getenv("GOMLX_BACKEND"), "xla:cpu") {
		t.Skip("for XLA's CPU plugin alone: use GOMLX_BACKEND=xla:cpu")
	}
	run := func(wants, flags, dir string) (computed [4]float64, has, compiler string) {
		child := exec.Command(os.Args[0], "-test.run=^TestLongChild$", "-test.v")
		child.Env = append(os.Environ(), "FLOWBOOK_TEST_LONG="+wants, "XLA_FLAGS="+flags, "FLOWBOOK_XLA_CACHE="+dir)
		out, err := child.CombinedOutput()
		if err != nil {
			t.Fatalf("long %s: %v\n%s", wants, err, out)
		}
		text, found := string(out), 0
		for line := range strings.Lines(text) {
			if n, _ := fmt.Sscanf(line, "computed %g %g", &computed[2*min(found, 1)], &computed[2*min(found, 1)+1]); n == 2 {
				found++
			}
			if flags, ok := strings.CutPrefix(strings.TrimSpace(line), "flags "); ok {
				has = flags
			}
			if said, ok := strings.CutPrefix(strings.TrimSpace(line), "compiler "); ok {
				compiler = said
			}
		}
		if found != 2 {
			t.Fatalf("long %s: no numbers in\n%s", wants, out)
		}
		return computed, has, compiler
	}
	kept := func(dir string) (programs int) {
		files, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if info, err := f.Info(); err == nil && info.Size() > 1000 { // the plugin's digest is smaller
				programs++
			}
		}
		return programs
	}
	usual, short := t.TempDir(), t.TempDir()
	want, flags, plugin := run("no", "", usual)
	if flags != "" || kept(usual) == 0 || !regexp.MustCompile(`^plugin [0-9a-f]{8}$`).MatchString(plugin) {
		t.Fatalf("the usual code: XLA_FLAGS=%q, %d programs kept, compiled by %q", flags, kept(usual), plugin)
	}
	got, flags, compiler := run("yes", "", short)
	for i := range want {
		if math.Abs(got[i]-want[i]) > 1e-4*math.Abs(want[i])+1e-2 {
			t.Errorf("compiled for long %v, else %v", got, want)
			break
		}
	}
	if cpu.X86.HasAVX512BW && cpu.X86.HasAVX512VL {
		if flags != long || kept(short) != 0 || compiler != plugin+", CompileForLong" {
			t.Errorf("compiled for long: XLA_FLAGS=%q, %d programs kept, compiled by %q", flags, kept(short), compiler)
		}
	} else if flags != "" || compiler != plugin {
		t.Errorf("without AVX-512: XLA_FLAGS=%q, compiled by %q", flags, compiler)
	}
	const own = "--xla_cpu_enable_fast_math=false"
	if _, flags, compiler := run("yes", own, t.TempDir()); flags != own || compiler != plugin+", XLA_FLAGS="+own {
		t.Errorf("XLA_FLAGS of the reader's own became %q, compiled by %q", flags, compiler)
	}
}
