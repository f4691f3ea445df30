package realnvp

import (
	"fmt"
	"os"
	"sync"

	"github.com/gomlx/compute"

	_ "flowbook/realnvp/xla" // registers XLA, with its cache, and the pure Go backend
)

// OpenBackend opens the backend of the given name: "xla:cpu", "xla:cuda", "go" (pure Go, needs nothing, far slower on
// convolutions). An empty name means GOMLX_BACKEND, and where that is empty too, XLA if PJRT_PLUGIN_LIBRARY_PATH is
// set, else Go. It fails where there is no such backend, or its plugin is not found.
func OpenBackend(name string) (compute.Backend, error) {
	if name == "" {
		name = os.Getenv(compute.ConfigEnvVar)
	}
	if name == "" && os.Getenv("PJRT_PLUGIN_LIBRARY_PATH") == "" {
		name = "go"
	}
	var backend compute.Backend
	err := try("opening it", func() (err error) {
		backend, err = compute.NewWithConfig(name)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("realnvp: backend %q cannot be opened: %w; known are xla:cpu, xla:cuda and go. "+
			"XLA needs its plugin's folder in PJRT_PLUGIN_LIBRARY_PATH: `source .flowbook/env` sets it after `make lab`, "+
			"and GOMLX_BACKEND=go needs no plugin", name, err)
	}
	return backend, nil
}

var defaultBackend = sync.OnceValues(func() (compute.Backend, error) { return OpenBackend("") })
