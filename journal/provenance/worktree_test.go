//go:build unix

package provenance

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestRestore puts a commit and its changes together again, and refuses changes that do not apply, leaving nothing behind.
func TestRestore(t *testing.T) {
	r := newRepo(t)
	r.write("a.txt", "one\n")
	r.write("sub/go.mod", "module example.org/sub\n")
	r.commit()
	r.write("a.txt", "two\n")
	r.write("b c.txt", "new\n")
	was := r.look()
	r.git("add", "-A")
	r.git("commit", "-q", "-m", "y")
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	ctx := context.Background()
	w, err := Restore(ctx, filepath.Join(r.dir, "sub"), was.Commit, was.diff)
	if err != nil {
		t.Fatal(err)
	}
	if again := look(ctx, w.Dir, nil); again.Commit != was.Commit || again.Diff != was.Diff {
		t.Errorf("commit %s, changes %s; want %s, %s", again.Commit, again.Diff, was.Commit, was.Diff)
	}
	if dir, err := w.Module("example.org/sub"); err != nil || dir != filepath.Join(w.Dir, "sub") {
		t.Errorf("the module is in %s, %v", dir, err)
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	for _, c := range []struct{ commit, diff, want string }{
		{was.Commit, strings.ReplaceAll(string(was.diff), "-one", "-four"), "do not apply to commit"},
		{strings.Repeat("0", 39) + "1", "", "not in the repository"},
	} {
		if _, err := Restore(ctx, r.dir, c.commit, []byte(c.diff)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v; want %q", err, c.want)
		}
	}
	if left, _ := os.ReadDir(temp); len(left) > 0 || Exists(filepath.Join(r.dir, ".git", "worktrees")) {
		t.Errorf("left behind: %v", left)
	}
}

// TestAbandonedWorktree leaves working copies behind, as a killed process does: the next Restore clears them, but not one that is in use.
func TestAbandonedWorktree(t *testing.T) {
	r := newRepo(t)
	r.write("a.txt", "one\n")
	commit := r.commit()
	t.Setenv("TMPDIR", t.TempDir())
	ctx := context.Background()
	restore := func() *Worktree {
		w, err := Restore(ctx, r.dir, commit, nil)
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	used, killed, childs := restore(), restore(), restore()
	child := exec.Command("sleep", "60")
	childs.Hold(child)
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	killed.lock.Close() // as the system does when the process dies
	childs.lock.Close()
	next := restore()
	if Exists(filepath.Dir(killed.Dir)) || !Exists(used.Dir) || !Exists(childs.Dir) {
		t.Errorf("abandoned: there %v; in use: %v, by a program: %v", Exists(filepath.Dir(killed.Dir)), Exists(used.Dir), Exists(childs.Dir))
	}
	child.Process.Kill()
	child.Wait()
	if n, err := RemoveAbandoned(ctx, r.dir); err != nil || n != 1 || Exists(filepath.Dir(childs.Dir)) {
		t.Errorf("%d removed, %v", n, err)
	}
	if n, err := RemoveAbandoned(ctx, t.TempDir()); err != nil || n != 0 {
		t.Errorf("outside of a repository: %d, %v", n, err)
	}
	if err := errors.Join(used.Close(), next.Close()); err != nil {
		t.Error(err)
	}
	if left, _ := os.ReadDir(os.TempDir()); len(left) > 0 || Exists(filepath.Join(r.dir, ".git", "worktrees")) {
		t.Errorf("left behind: %v", left)
	}
}

// TestRestoreWhole restores from a sparse checkout, whose filter of line endings is not the recorded one's, with a submodule in which git
// knows the commit: the copy is whole, and its code is the recorded one's.
func TestRestoreWhole(t *testing.T) {
	dep := newRepo(t)
	dep.write("dep.go", "package dep\n")
	dep.commit()
	r := repo{t, t.TempDir()}
	r.git("init", "-q", "-b", "trunk")
	r.git("submodule", "--quiet", "add", dep.dir, "lib/dep")
	r.write("part/part.go", "package part\n")
	r.write("a.txt", "one\ntwo\n")
	commit := r.commit()
	r.write("a.txt", "one\n2\n")
	r.write("new.txt", "new\n")
	r.write("new crlf.txt", "new\r\n")
	was := r.look()
	r.git("checkout", "-q", "a.txt")
	os.Remove(filepath.Join(r.dir, "new.txt"))
	sub := repo{t, filepath.Join(r.dir, "lib/dep")}
	sub.write("dep.go", "package dep // later\n")
	sub.commit()
	r.git("sparse-checkout", "set", "lib")
	r.git("config", "core.autocrlf", "true")
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	restore := func() *Worktree {
		w, err := Restore(context.Background(), r.dir, commit, was.diff)
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	w := restore()
	data, _ := os.ReadFile(filepath.Join(w.Dir, "lib/dep/dep.go"))
	if !Exists(filepath.Join(w.Dir, "part/part.go")) || string(data) != "package dep\n" {
		t.Errorf("the copy is not whole: the submodule has %q", data)
	}
	if got, why := stampedAt(was, "1").Compare(stampedAt(look(context.Background(), w.Dir, nil), "2")); got == Different {
		t.Errorf("the copy differs: %s", why)
	}
	w.lock.Close() // killed
	if err := restore().Close(); err != nil {
		t.Error(err)
	}
	left, _ := os.ReadDir(temp)
	if list := r.git("worktree", "list", "--porcelain") + sub.git("worktree", "list", "--porcelain"); len(left) > 0 || strings.Count(list, "worktree ") != 2 {
		t.Errorf("left behind: %v %s", left, list)
	}
}

// TestDiff compares commits with changes, and writes nothing into the repository.
func TestDiff(t *testing.T) {
	r := newRepo(t)
	r.dir = filepath.Join(r.dir, "a folder: \"odd\"\n;")
	r.write("a.txt", "one\n")
	r.git("init", "-q", "-b", "trunk")
	first := r.commit()
	r.write("a.txt", "two\n")
	second := r.commit()
	r.write("a.txt", "three\n")
	r.write("b.txt", "new\n")
	now := r.look()
	before := tree(t, r.dir, "none")
	ctx := context.Background()
	text, err := Diff(ctx, r.dir, Snapshot{first, nil}, Snapshot{second, now.diff})
	if err != nil || !strings.Contains(text, "-one\n+three\n") || !strings.Contains(text, "+++ b/b.txt\n@@ -0,0 +1 @@\n+new\n") {
		t.Errorf("%v\n%s", err, text)
	}
	if text, err := Diff(ctx, r.dir, Snapshot{second, now.diff}, Snapshot{second, now.diff}); err != nil || text != "" {
		t.Errorf("of the same: %v %s", err, text)
	}
	if _, err := Diff(ctx, r.dir, Snapshot{first, now.diff}, Snapshot{second, nil}); err == nil || !strings.Contains(err.Error(), "do not apply") {
		t.Errorf("changes of another commit: %v", err)
	}
	if after := tree(t, r.dir, "none"); after != before {
		t.Errorf("the repository was\n%s\nand is\n%s", before, after)
	}
}
