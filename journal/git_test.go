package journal

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestCode makes a repository with changed, new and ignored files, and demands that a run knows the commit and keeps what git does not hold,
// and that the repository stays as it is.
func TestCode(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	dir := t.TempDir()
	do := func(args ...string) string {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=t", "-c", "user.email=t@example.org"}, args...)...)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	write := func(name, text string) { must(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644)) }
	write("go.mod", "module example.org/mine\n")
	write("a.txt", "one\n")
	write(".gitignore", "ignored\n")
	do("init", "-q", "-b", "trunk")
	do("add", ".")
	do("commit", "-q", "-m", "first")
	must(t, os.Mkdir(filepath.Join(dir, "sub"), 0o755))
	t.Chdir(filepath.Join(dir, "sub"))
	clean, _ := gatherCode()
	if clean.Commit != do("rev-parse", "HEAD") || clean.Branch != "trunk" || clean.Dirty || clean.Project != "example.org/mine" {
		t.Errorf("a clean repository: %+v", clean.Checkout)
	}
	write("a.txt", "two\n")
	write("new.txt", "new\n")
	write("ignored", "secret\n")
	before := do("status", "--porcelain")
	j := openTemp(t)
	ctx := context.Background()
	run, err := j.Begin(ctx, "x", nil)
	must(t, err)
	must(t, run.Finish(nil))
	r, err := j.Get(ctx, run.ID)
	must(t, err)
	var diff string
	for _, s := range r.Sources {
		if s.Name == "uncommitted.diff" {
			data, err := j.ReadArtifact(ctx, s.Digest)
			must(t, err)
			diff = string(data)
		}
	}
	if !r.Code.Dirty || !strings.Contains(diff, "-one\n+two") || !strings.Contains(diff, "+new") || strings.Contains(diff, "secret") {
		t.Errorf("uncommitted changes:\n%s", diff)
	}
	if after := do("status", "--porcelain"); after != before {
		t.Errorf("the repository changed: %q, was %q", after, before)
	}
	if same, why := clean.Same(r.Code); same || !strings.Contains(why, "uncommitted changes") {
		t.Errorf("Same: %v %s", same, why)
	}
	library := askGit(libraryDir())
	if (r.Code.Library != nil) != (library.Commit != "") || r.Code.Library != nil && r.Code.Library.Commit != library.Commit {
		t.Errorf("flowbook's own checkout: %+v, want %s", r.Code.Library, library.Commit)
	}
	t.Chdir(t.TempDir())
	if outside, _ := gatherCode(); outside.Commit != library.Commit || outside.Commit == "" && outside.Why == "" {
		t.Errorf("outside any repository: %+v", outside)
	}
}
