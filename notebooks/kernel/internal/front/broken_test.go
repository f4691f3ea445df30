package front

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"testing"
)

func TestRemedy(t *testing.T) {
	full := fmt.Errorf("no connection file for GoNB: %w", &fs.PathError{Op: "write", Path: "/x", Err: syscall.ENOSPC})
	for err, want := range map[error]string{full: "make room", errors.New("GoNB is not there"): "make lab"} {
		if got := remedy(err); !strings.Contains(got, want) {
			t.Errorf("%v: %s", err, got)
		}
	}
}
