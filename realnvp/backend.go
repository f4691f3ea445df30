package realnvp

import (
	"fmt"
	"os"
	"strings"
	"sync"

	"github.com/gomlx/compute"
	_ "github.com/gomlx/gomlx/backends/default" // registers XLA and the pure Go backend
)

// OpenBackend opens the backend of the given name: "xla:cpu", "xla:cuda", "go" (pure Go, needs nothing, about 50
// times slower on convolutions). An empty name means GOMLX_BACKEND, and where that is empty too, XLA if its plugin is
// found in PJRT_PLUGIN_LIBRARY_PATH, else Go.
func OpenBackend(name string) (compute.Backend, error) {
	if name == "" {
		name = os.Getenv(compute.ConfigEnvVar)
	}
	if name == "" && os.Getenv("PJRT_PLUGIN_LIBRARY_PATH") == "" {
		name = "go"
	}
	backend, err := compute.NewWithConfig(name)
	if err != nil {
		first, _, _ := strings.Cut(err.Error(), "\n")
		return nil, fmt.Errorf("realnvp: backend %q cannot be opened: %s; known are xla:cpu, xla:cuda and go. "+
			"XLA needs its plugin's folder in PJRT_PLUGIN_LIBRARY_PATH: `source .flowbook/env` sets it after `make lab`, "+
			"and GOMLX_BACKEND=go needs no plugin", name, first)
	}
	return backend, nil
}

var defaultBackend = sync.OnceValues(func() (compute.Backend, error) { return OpenBackend("") })
