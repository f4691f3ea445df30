package sweep

import (
	"os/exec"
	"strings"
	"testing"
)

// TestJournalStaysLight lists what a cell links that records and shows runs: the queue is not among it.
func TestJournalStaysLight(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "flowbook/journal", "flowbook/journal/cell", "flowbook/journal/export", "flowbook/journal/store/postgres").CombinedOutput()
	if err != nil {
		t.Skipf("go list: %v\n%s", err, out)
	}
	for name := range strings.Lines(string(out)) {
		if strings.Contains(name, "riverqueue") {
			t.Errorf("%s is linked into every journal", strings.TrimSpace(name))
		}
	}
}
