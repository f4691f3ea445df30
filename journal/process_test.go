package journal

import (
	"testing"
	"time"
)

// TestAlive judges a process on another machine by its last sign of life, also where one of the clocks was or is wrong.
func TestAlive(t *testing.T) {
	here, other := process{host: "here", boot: "b p"}, process{host: "there", boot: "c p"}
	now := time.Now()
	for _, c := range []struct {
		ago  time.Duration
		want bool
	}{{0, true}, {59 * time.Second, true}, {61 * time.Second, false}, {-5 * time.Minute, true}, {-365 * 24 * time.Hour, false}} {
		if got := here.alive(other, now.Add(-c.ago), now); got != c.want {
			t.Errorf("a sign of life from %v ago: alive %v, want %v", c.ago, got, c.want)
		}
	}
}
