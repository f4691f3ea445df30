//go:build linux

package journal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func init() { children["open"] = childOpen }

// childOpen says what comes of opening a journal, reading all in it, and writing to it.
func childOpen(url string) error {
	ctx := context.Background()
	j, err := Open(url)
	if err != nil {
		return fmt.Errorf("%v: %w", errors.Is(err, ErrPermission), err)
	}
	defer j.Close()
	runs, err := j.Runs(ctx, Query{})
	if err != nil {
		return err
	}
	for _, r := range runs {
		if r, err = j.Get(ctx, r.ID); err != nil {
			return err
		}
		for _, a := range r.Artifacts {
			if _, err := j.ReadArtifact(ctx, a.Digest); err != nil {
				return err
			}
		}
		s, err := j.Series(ctx, r.ID, "loss")
		if err != nil {
			return err
		}
		fmt.Println("read", r.ID, s.Len())
	}
	if _, err := j.Begin(ctx, "x", nil); !errors.Is(err, ErrPermission) {
		return fmt.Errorf("Begin: %v", err)
	}
	if err := j.AddArtifactBytes(ctx, runs[0].ID, "b", "", nil); !errors.Is(err, ErrPermission) {
		return fmt.Errorf("AddArtifactBytes: %v", err)
	}
	if err := wholeJournal(ctx, j); err != nil {
		return err
	}
	return copyMayBeWritten(ctx, j)
}

// wholeJournal verifies a journal.
func wholeJournal(ctx context.Context, j *Journal) error {
	report, err := j.Verify(ctx)
	if err == nil && !report.OK() {
		err = errors.New(report.String())
	}
	return err
}

// copyMayBeWritten copies a journal, as the error of one that is open to read only advises, and begins a run in the copy.
func copyMayBeWritten(ctx context.Context, j *Journal) error {
	dir, err := os.MkdirTemp("/tmp", "journal-copy-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	to := filepath.Join(dir, "copy.db")
	if err := j.Copy(ctx, to); err != nil {
		return err
	}
	c, err := Open(to)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := wholeJournal(ctx, c); err != nil {
		return err
	}
	run, err := c.Begin(ctx, "x", nil)
	if err != nil {
		return err
	}
	return run.Finish(nil)
}

// TestOpenNoPermission opens and copies journals that the user may not write, as another user when the tests run as root.
func TestOpenNoPermission(t *testing.T) {
	dir, err := os.MkdirTemp("/tmp", "journal-permission-")
	must(t, err)
	defer os.RemoveAll(dir)
	ctx := context.Background()
	for _, name := range []string{"journal.db", "live.db", "old.db"} {
		j, err := Open(filepath.Join(dir, name))
		must(t, err)
		run, err := j.Begin(ctx, "x", nil)
		must(t, err)
		must(t, run.Log(1, Metrics{"loss": 1}))
		must(t, run.ArtifactBytes("a", "", []byte(name)))
		must(t, run.Finish(nil))
		switch name {
		case "live.db": // a log of changes lies beside it
			defer j.Close()
			continue
		case "old.db":
			tamper(t, j, "DELETE FROM goose_db_version WHERE version_id > 3; DROP INDEX attempt_code; ALTER TABLE attempt DROP COLUMN code_id; DROP INDEX run_code; ALTER TABLE run DROP COLUMN code_id; DROP TABLE code; ALTER TABLE run ADD COLUMN code TEXT NOT NULL DEFAULT '{}'")
		}
		must(t, j.Close())
	}
	binary := filepath.Join(dir, "test")
	must(t, copyFile(os.Args[0], binary))
	must(t, os.Chmod(filepath.Join(dir, "journal.db"), 0o444))
	must(t, os.Chmod(dir, 0o555))
	defer os.Chmod(dir, 0o755)
	for name, readable := range map[string]bool{"journal.db": true, "live.db": true, "old.db": true, "new.db": false, "sub/new.db": false} {
		path := filepath.Join(dir, name)
		cmd := child("open", path)
		cmd.Path = binary
		if os.Getuid() == 0 {
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		}
		out, err := cmd.Output()
		if readable {
			if err != nil || !strings.HasPrefix(string(out), "read ") || !strings.HasSuffix(string(out), " 1\n") {
				t.Errorf("%s: %v, the child says %s", name, err, out)
			}
			continue
		}
		if err == nil || !strings.HasPrefix(string(out), "error true: journal") || !strings.Contains(string(out), dir) {
			t.Errorf("%s: %v, the child says %s", name, err, out)
		}
	}
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		return err
	}
	return out.Close()
}
