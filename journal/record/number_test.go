package record

import (
	"testing"
	"time"
)

// TestSpan writes durations, also that of a run whose clock was set back.
func TestSpan(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "0 ms", 99 * time.Millisecond: "99 ms", 1200 * time.Millisecond: "1.2 s", 185 * time.Second: "3 m 05 s",
		130 * time.Minute: "2 h 10 m", -5 * time.Second: "not known"} {
		if got := Span(d); got != want {
			t.Errorf("%d: %q, want %q", d, got, want)
		}
	}
}
