package xla

import (
	"io"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/gomlx/compute"
)

func TestGoBackendSaysSoOnce(t *testing.T) {
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	warnOnce = sync.Once{} // another test may have opened it
	stderr := os.Stderr
	os.Stderr = write
	for range 2 {
		backend, err := compute.NewWithConfig("go")
		if err != nil {
			t.Error(err)
			continue
		}
		backend.Finalize()
	}
	os.Stderr = stderr
	write.Close()
	said, _ := io.ReadAll(read)
	if strings.Count(string(said), "\n") != 1 || !strings.Contains(string(said), "without XLA") {
		t.Errorf("said %q", said)
	}
}
