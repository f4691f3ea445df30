package command

import (
	"context"
	"strings"
	"testing"
	"time"

	"flowbook/journal"
)

// run and resume log how the machine fares, where they are asked to.
func TestSystemFlag(t *testing.T) {
	journal.Register("slow", journal.Typed("takes a second", struct{}{}, func(ctx context.Context, run *journal.Run, _ struct{}) error {
		time.Sleep(1300 * time.Millisecond)
		return context.Canceled
	}))
	s := newShell(t)
	if code, _, said := s.call("run", "slow", "--system", "1ms"); code != Usage || !strings.Contains(said, "--system 1ms: 1s is the shortest") {
		t.Errorf("every millisecond: exit %d, %s", code, said)
	}
	readings := func() string {
		code, out, said := s.call("show", "last", "--json")
		if code != 0 {
			t.Fatal(said)
		}
		_, after, _ := strings.Cut(out, `"system/memory_bytes"`)
		after, _, _ = strings.Cut(after, "}")
		return after
	}
	s.call("run", "slow")
	if got := readings(); got != "" {
		t.Errorf("nobody asked, and there is %s", got)
	}
	s.call("run", "slow", "--system", "1s")
	if got := readings(); !strings.Contains(got, `"count": 1`) {
		t.Errorf("a second's run has %s", got)
	}
	s.call("resume", "last", "--system", "1s")
	if got := readings(); !strings.Contains(got, `"count": 2`) {
		t.Errorf("gone on, it has %s", got)
	}
}
