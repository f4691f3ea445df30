package journal

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// project makes a git repository with a commit, goes there, and returns it with what does git in it.
func project(t *testing.T) (dir string, do func(args ...string) string) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	dir = t.TempDir()
	do = func(args ...string) string {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=t", "-c", "user.email=t@example.org"}, args...)...)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	must(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module example.org/mine\n"), 0o644))
	must(t, os.WriteFile(filepath.Join(dir, "a.txt"), []byte("one\n"), 0o644))
	do("init", "-q", "-b", "trunk")
	do("add", ".")
	do("commit", "-q", "-m", "first")
	t.Chdir(dir)
	t.Setenv("FLOWBOOK_HOME", "")
	t.Setenv("FLOWBOOK_JOURNAL", "")
	return dir, do
}

// recordRun records a run in the default journal, with a checkpoint, and reads it.
func recordRun(t *testing.T, opts ...Option) (*Record, string) {
	t.Helper()
	ctx := context.Background()
	j, err := OpenDefault()
	must(t, err)
	defer j.Close()
	run, err := j.Begin(ctx, "x", nil, opts...)
	must(t, err)
	must(t, run.Log(1, Metrics{"loss": 1}))
	must(t, run.CheckpointBytes(1, []byte(strings.Repeat("checkpoint", 1000))))
	must(t, run.Finish(nil))
	r, err := j.Get(ctx, run.ID)
	must(t, err)
	diff := ""
	for _, s := range r.Sources {
		data, err := j.ReadArtifact(ctx, s.Digest)
		must(t, err)
		if s.Name == "uncommitted.diff" {
			diff = string(data)
		}
	}
	return r, diff
}

// TestCode records runs in a repository, and demands that they know the commit, keep what git does not hold, leave the repository as it is,
// and do not take the journal itself for a change.
func TestCode(t *testing.T) {
	dir, do := project(t)
	for range 3 {
		r, diff := recordRun(t)
		if r.Code.Commit != do("rev-parse", "HEAD") || r.Code.Branch != "trunk" || r.Code.Dirty || diff != "" || r.Code.Project != "example.org/mine" || len(r.Code.LeftOut) > 0 {
			t.Fatalf("a clean repository: %+v\n%s", r.Code.Checkout, diff)
		}
	}
	if status := do("status", "--porcelain"); status != "" {
		t.Errorf("git sees the journal: %s", status)
	}
	must(t, os.WriteFile(filepath.Join(dir, "a.txt"), []byte("two\n"), 0o644))
	must(t, os.WriteFile(filepath.Join(dir, "new.txt"), []byte("new\n"), 0o644))
	before := do("status", "--porcelain")
	r, diff := recordRun(t)
	if !r.Code.Dirty || !strings.Contains(diff, "-one\n+two") || !strings.Contains(diff, "+new") || r.Code.Binary == nil || r.Code.Binary.Digest == "" {
		t.Errorf("uncommitted changes: %+v\n%s", r.Code, diff)
	}
	if after := do("status", "--porcelain"); after != before {
		t.Errorf("the repository changed: %q, was %q", after, before)
	}
	bare, diff := recordRun(t, WithoutSource())
	if bare.Code.Diff != r.Code.Diff || len(bare.Sources) > 0 {
		t.Errorf("without source: %+v, %d sources\n%s", bare.Code.Checkout, len(bare.Sources), diff)
	}
	t.Setenv("FLOWBOOK_JOURNAL_SOURCE", "none")
	if bare, _ = recordRun(t); len(bare.Sources) > 0 {
		t.Errorf("without source: %d sources", len(bare.Sources))
	}
	must(t, os.Remove(filepath.Join(dir, "new.txt")))
	do("checkout", "-q", "a.txt")
	for _, path := range []string{"runs.db", "sub/other.sqlite"} { // journals among the files
		t.Setenv("FLOWBOOK_JOURNAL", filepath.Join(dir, path))
		for range 2 {
			if r, diff := recordRun(t); r.Code.Dirty {
				t.Errorf("%s: a clean repository: %+v\n%s", path, r.Code.Checkout, diff)
			}
		}
	}
}

// TestCodeOutside records a run outside of any repository: flowbook's own commit is not the run's.
func TestCodeOutside(t *testing.T) {
	t.Chdir(t.TempDir())
	j := openTemp(t)
	run, err := j.Begin(context.Background(), "x", nil)
	must(t, err)
	must(t, run.Finish(nil))
	r, err := j.Get(context.Background(), run.ID)
	must(t, err)
	if r.Code.Commit != "" || r.Code.Dirty || r.Code.Why == "" {
		t.Errorf("%+v", r.Code)
	}
}

// TestCodeLate has a git that is slow: Begin does not wait for it, Finish does.
func TestCodeLate(t *testing.T) {
	_, do := project(t)
	commit := do("rev-parse", "HEAD")
	real, err := exec.LookPath("git")
	must(t, err)
	bin := t.TempDir()
	must(t, os.WriteFile(filepath.Join(bin, "git"), []byte("#!/bin/sh\nsleep 0.3\nexec "+real+" \"$@\"\n"), 0o755))
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	ctx := context.Background()
	j := openTemp(t)
	run, err := j.Begin(ctx, "x", nil)
	must(t, err)
	r, err := j.Get(ctx, run.ID)
	must(t, err)
	if r.Code.Commit != "" || r.Code.Why != notYet {
		t.Errorf("before it is found out: %+v", r.Code)
	}
	must(t, run.Finish(nil))
	r, err = j.Get(ctx, run.ID)
	must(t, err)
	if r.Code.Commit != commit || r.Code.Why != "" {
		t.Errorf("after: %+v", r.Code)
	}
	_, err = j.Begin(ctx, "x", nil)
	must(t, err)
	start := time.Now()
	must(t, j.Close()) // waits, too
	if time.Since(start) < 100*time.Millisecond {
		t.Errorf("Close waited %v for the code", time.Since(start))
	}
}

// TestResumedCode resumes a run after a commit and a change: the attempt has its own code and changes, beside those of the first.
func TestResumedCode(t *testing.T) {
	dir, do := project(t)
	ctx := context.Background()
	j, err := OpenDefault()
	must(t, err)
	defer j.Close()
	must(t, os.WriteFile(filepath.Join(dir, "a.txt"), []byte("two\n"), 0o644))
	run, err := j.Begin(ctx, "x", nil)
	must(t, err)
	fails := errors.New("it fails")
	_ = run.Finish(&fails)
	first := do("rev-parse", "HEAD")
	do("commit", "-q", "-a", "-m", "second")
	must(t, os.WriteFile(filepath.Join(dir, "a.txt"), []byte("three\n"), 0o644))
	again, err := j.Resume(ctx, run.ID)
	must(t, err)
	must(t, again.Finish(nil))
	check := func(j *Journal) {
		t.Helper()
		r, err := j.Get(ctx, run.ID)
		must(t, err)
		if r.Code.Commit != first || len(r.Attempts) != 2 || r.Attempts[0].Code != nil || r.Attempts[1].Code == nil || r.Attempts[1].Code.Commit != do("rev-parse", "HEAD") {
			t.Fatalf("first at %s; attempts %+v", r.Code.Commit, r.Attempts)
		}
		if changes, err := j.Changes(ctx, r); err != nil || !strings.Contains(string(changes), "+two\n") {
			t.Errorf("changes of the first attempt: %s, %v", changes, err)
		}
		var kept []string
		for _, s := range r.Sources {
			if s.Name == "uncommitted.diff" {
				kept = append(kept, s.Digest)
			}
		}
		if later := r.Attempts[1].Code.Diff; later == r.Code.Diff || !slices.Equal(kept, []string{r.Code.Diff, later}) {
			t.Errorf("sources %+v", r.Sources)
		}
		if said := r.CodeChanges(); len(said) != 0 { // the same program ran on, whatever lay in its folder
			t.Errorf("of the same binary: %q", said)
		}
		r.Attempts[1].Code.Binary = nil
		if said := r.CodeChanges(); len(said) != 1 || !strings.Contains(said[0], "attempt 2: the code differs: commit "+first[:12]) {
			t.Errorf("of another: %q", said)
		}
	}
	_, err = j.GC(ctx, 0) // keeps the code that an attempt alone has
	must(t, err)
	check(j)
	other, err := Open(filepath.Join(t.TempDir(), "other.db"))
	must(t, err)
	defer other.Close()
	r, err := j.Get(ctx, run.ID)
	must(t, err)
	for _, s := range r.Sources {
		data, err := j.ReadArtifact(ctx, s.Digest)
		must(t, err)
		_, err = other.PutArtifact(ctx, data)
		must(t, err)
	}
	must(t, other.Import(ctx, r, nil, nil))
	check(other)
}
