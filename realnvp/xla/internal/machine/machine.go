// Package machine describes what, beside a program and its options, decides the machine code that XLA makes.
package machine

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
)

// names begin the variables that XLA, LLVM, the libraries inside of a plugin and the C library read. Some of them cannot
// change the code; to list one too many only costs a compilation.
var names = []string{"XLA_", "TF_", "TSL_", "PJRT_", "JAX_", "NPROC", "OMP_", "KMP_", "GOMP_", "MKL_", "DNNL_", "ONEDNN_", "EIGEN_", "LLVM_",
	"CUDA_", "CUDNN_", "CUBLAS_", "CUBLASLT_", "NVIDIA_", "NCCL_", "TRITON_", "ROCM_", "HIP_", "HSA_", "MIOPEN_", "GLIBC_TUNABLES", "LD_"}

// apart are read by go-xla or by the loader before XLA runs: what they choose is in the plugin's own digest.
var apart = []string{"PJRT_PLUGIN_LIBRARY_PATH=", "TF_CPP_MIN_LOG_LEVEL="}

// Environment lists the variables that may change what XLA makes, sorted, as NAME=value.
func Environment() []string {
	var found []string
	begins := func(v string) func(string) bool { return func(name string) bool { return strings.HasPrefix(v, name) } }
	for _, v := range os.Environ() {
		if slices.ContainsFunc(names, begins(v)) && !slices.ContainsFunc(apart, begins(v)) {
			found = append(found, v)
		}
	}
	slices.Sort(found)
	return found
}

// Describe says which processor this is, what it can do as the system lets programs see it, how many of its cores this
// process may use (XLA divides loops among them), and which C library computes the constants that XLA folds.
func Describe() string {
	return fmt.Sprintf("%s/%s, %d cores\n%s\n%s", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), processor(), libc())
}
