package xla

import (
	"fmt"
	"os"
	"sync"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/gobackend"
)

func init() { compute.Register("go", openGo) }

var warnOnce sync.Once

// openGo opens GoMLX's pure Go backend, and says so: who meant to use XLA would only see that all is slow.
func openGo(config string) (compute.Backend, error) {
	warnOnce.Do(func() {
		fmt.Fprintln(os.Stderr, "flowbook: this program runs on GoMLX's pure Go backend, without XLA, which is about 50 times slower on convolutions; `make lab` sets XLA up")
	})
	return gobackend.New(config)
}
