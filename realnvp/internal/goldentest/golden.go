// Package goldentest reads the float64 cases with known answers in realnvp/testdata/golden, or in the folder that
// FLOWBOOK_GOLDEN names, and runs graph code on them.
package goldentest

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	_ "flowbook/realnvp/xla" // registers XLA, with its cache, and the pure Go backend
)

// Array is a golden array: {"shape": [...], "data": [...]}, row-major. A bare number reads as a scalar.
type Array struct {
	Shape []int     `json:"shape"`
	Data  []float64 `json:"data"`
}

// UnmarshalJSON reads an array or a bare number.
func (a *Array) UnmarshalJSON(b []byte) error {
	var number float64
	if json.Unmarshal(b, &number) == nil {
		a.Data = []float64{number}
		return nil
	}
	type plain Array
	return json.Unmarshal(b, (*plain)(a))
}

// Tensor gives the array as a tensor of float64 or float32.
func (a Array) Tensor(dtype dtypes.DType) *tensors.Tensor {
	if dtype == dtypes.Float64 {
		return tensors.FromFlatDataAndDimensions(a.Data, a.Shape...)
	}
	data := make([]float32, len(a.Data))
	for i, v := range a.Data {
		data[i] = float32(v)
	}
	return tensors.FromFlatDataAndDimensions(data, a.Shape...)
}

// Load reads the golden file name, such as "a_squeeze.json", into v.
func Load(t testing.TB, name string, v any) {
	t.Helper()
	folder := os.Getenv("FLOWBOOK_GOLDEN")
	if folder == "" {
		_, here, _, _ := runtime.Caller(0)
		folder = filepath.Join(filepath.Dir(here), "..", "..", "testdata", "golden")
	}
	raw, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		t.Fatalf("golden file: %v", err)
	}
	if err := json.Unmarshal(raw, v); err != nil {
		t.Fatalf("golden file %s: %v", name, err)
	}
}

// Backend opens the backend that GOMLX_BACKEND names.
func Backend(t testing.TB) compute.Backend {
	t.Helper()
	backend, err := compute.New()
	if err != nil {
		t.Fatalf("no backend: %v", err)
	}
	t.Cleanup(backend.Finalize)
	return backend
}

// Run builds and runs graph code on a store; inputs are tensors.
func Run(t testing.TB, backend compute.Backend, store *model.Store, fn func(s *model.Scope, in []*graph.Node) []*graph.Node, inputs ...any) []*tensors.Tensor {
	t.Helper()
	out, err := model.CallOnceN(backend, store, fn, inputs...)
	if err != nil {
		t.Fatalf("running the graph: %v", err)
	}
	return out
}

// Set puts a variable's value into the store.
func Set(t testing.TB, store *model.Store, path string, a Array, dtype dtypes.DType) {
	t.Helper()
	if _, err := store.CreateVariable(path, a.Tensor(dtype)); err != nil {
		t.Fatalf("variable %s: %v", path, err)
	}
}

// Floats reads a float tensor as float64.
func Floats(t testing.TB, tensor *tensors.Tensor) []float64 {
	t.Helper()
	switch tensor.DType() {
	case dtypes.Float64:
		return tensors.MustCopyFlatData[float64](tensor)
	case dtypes.Float32:
		values := tensors.MustCopyFlatData[float32](tensor)
		out := make([]float64, len(values))
		for i, v := range values {
			out[i] = float64(v)
		}
		return out
	}
	t.Fatalf("tensor of type %s is no float", tensor.DType())
	return nil
}

// Check compares with the golden values: 1e-10 absolute in float64, 1e-5 of the largest magnitude in float32.
func Check(t testing.TB, what string, got *tensors.Tensor, want Array) {
	t.Helper()
	tolerance := 1e-10
	if got.DType() == dtypes.Float32 {
		largest := 1e-3
		for _, v := range want.Data {
			largest = math.Max(largest, math.Abs(v))
		}
		tolerance = 1e-5 * largest
	}
	Close(t, what, Floats(t, got), want.Data, tolerance)
}

// Close compares two slices within an absolute tolerance; NaN is never close.
func Close(t testing.TB, what string, got, want []float64, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d values, want %d", what, len(got), len(want))
		return
	}
	for i := range got {
		if !(math.Abs(got[i]-want[i]) <= tolerance) {
			t.Errorf("%s: value %d is %.17g, want %.17g (tolerance %.1g)", what, i, got[i], want[i], tolerance)
			return
		}
	}
}
