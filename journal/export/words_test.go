package export

import (
	"strings"
	"testing"
)

// TestExportTail cuts a text between lines and letters.
func TestExportTail(t *testing.T) {
	if got := tail(strings.Repeat("line\n", 100), 20); !strings.HasPrefix(got, "… 485 bytes before this\n") || !strings.HasSuffix(got, "line\n") {
		t.Errorf("tail gives %q", got)
	}
	if got := tail("äöü", 3); !strings.HasSuffix(got, "ü") || strings.Contains(got, "\uFFFD") {
		t.Errorf("tail cuts a letter: %q", got)
	}
}
