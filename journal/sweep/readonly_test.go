//go:build unix

package sweep

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestReadOnly lists the sweeps of another user's journal; what would write it is refused.
func TestReadOnly(t *testing.T) {
	dir, err := os.MkdirTemp("/tmp", "sweep-readonly-") // where another user can come
	must(t, err)
	defer os.RemoveAll(dir)
	must(t, os.Chmod(dir, 0o755))
	binary := filepath.Join(dir, "test")
	data, err := os.ReadFile(os.Args[0])
	must(t, err)
	must(t, os.WriteFile(binary, data, 0o755))
	url := filepath.Join(dir, "journal.db")
	_, q := openQueue(t, url)
	_, err = q.Add(context.Background(), Plan{Experiment: "tiny", Settings: []string{"seed=1..3"}})
	must(t, err)
	must(t, os.Chmod(dir, 0o555))
	defer os.Chmod(dir, 0o755)
	temp, err := os.MkdirTemp("/tmp", "sweep-temp-")
	must(t, err)
	defer os.RemoveAll(temp)
	must(t, os.Chmod(temp, 0o777))
	cmd := exec.Command(binary)
	cmd.Env = append(os.Environ(), "SWEEP_READER="+url, "TMPDIR="+temp)
	if os.Getuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	out, err := cmd.CombinedOutput()
	if err != nil || strings.TrimSpace(string(out)) != "waiting 3" {
		t.Errorf("%v: %s", err, out)
	}
	if left, _ := os.ReadDir(temp); len(left) > 0 {
		t.Errorf("%s is left behind", left[0].Name())
	}
}
