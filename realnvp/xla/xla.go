// Package xla is GoMLX's XLA backend with a cache: what XLA has compiled on this machine is not compiled again. Importing
// it registers GoMLX's backends, XLA and pure Go.
package xla

import (
	"os"
	"sync/atomic"

	_ "github.com/gomlx/gomlx/backends/default" // the pure Go backend, and XLA where it is to be had
)

// fast leaves LLVM's optimisation out; takes XLA's older emitters of fused loops, which without it are the quicker; and
// divides the code in two for LLVM, not in 32, each of which costs some.
const fast = "--xla_backend_optimization_level=0 --xla_backend_extra_options=xla_cpu_disable_new_fusion_emitters --xla_cpu_parallel_codegen_split_count=2"

// CompileFast asks XLA to compile for the CPU in less time, into code that is slower: for a program that compiles
// much and computes little, such as one that trains many small flows for some seconds each (realnvp/bench/README.md
// has the times with and without it, compiled and from the cache). It is to be called before anything is compiled,
// and holds for the process; results differ from those of the usual code in their last digits. Where XLA_FLAGS is
// set, that holds instead. Package internal/lower asks [Fast] how to write convolutions.
func CompileFast() {
	if os.Getenv("XLA_FLAGS") == "" {
		os.Setenv("XLA_FLAGS", fast)
		flagsSet()
	}
}

// long leaves convolutions and products of matrices to oneDNN, and for that takes convolutions from YNNPACK.
const long = "--xla_cpu_use_onednn=true --xla_cpu_experimental_onednn_custom_call=true --xla_cpu_experimental_ynn_fusion_type=-individual_convolution"

var wantsLong atomic.Bool

// CompileForLong asks XLA for the code of a training that takes long: steps of convolutions are 10 to 20 % shorter
// (realnvp/bench/README.md), but XLA cannot write down what it compiled so, and each process compiles it anew. It is to
// be called before a backend is opened (a model is made), and holds for the process. Results differ from those of the
// usual code in their last digits, so a training is resumed bit for bit where its resumption calls it too; [Compiler]
// says whether it holds. It does nothing where XLA_FLAGS is set, with a plugin that it was not tested with, and on a
// processor without AVX-512.
func CompileForLong() { wantsLong.Store(true) }

// flagsSet is told that CompileFast changed the environment.
var flagsSet = func() {}

// Fast says whether this process compiles fast: CompileFast was called, and XLA_FLAGS was not set before.
func Fast() bool { return os.Getenv("XLA_FLAGS") == fast }
