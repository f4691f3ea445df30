package machine

import (
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
)

// The description is the same on every thread, or a program would not find what it left.
func TestDescribeIsSteady(t *testing.T) {
	want := Describe()
	if len(want) < 40 || !strings.Contains(want, runtime.GOARCH) {
		t.Errorf("the machine is described as %q", want)
	}
	var wait sync.WaitGroup
	for range 32 {
		wait.Go(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			if got := Describe(); got != want {
				t.Errorf("on another thread\n%s\nnot\n%s", got, want)
			}
		})
	}
	wait.Wait()
}

func TestEnvironment(t *testing.T) {
	before := Environment()
	t.Setenv("PJRT_PLUGIN_LIBRARY_PATH", "/elsewhere")
	t.Setenv("SOMEBODY_ELSES", "1")
	if got := Environment(); !slices.Equal(got, before) {
		t.Errorf("what XLA does not read is listed: %q", got)
	}
	t.Setenv("XLA_FLAGS", "--a=1")
	t.Setenv("NPROC", "1")
	for _, want := range []string{"XLA_FLAGS=--a=1", "NPROC=1"} {
		if got := Environment(); !slices.Contains(got, want) {
			t.Errorf("%s is missing: %q", want, got)
		}
	}
}
