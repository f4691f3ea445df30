package provenance

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"flowbook/journal/internal/lock"
)

// A Worktree is a working copy of recorded code, made for a while beside the user's own.
type Worktree struct {
	Dir  string // the working copy
	Temp string // a folder beside it, gone with it
	lock *lock.Folder
	made []checkedOut // the last first
}

// A checkedOut is a working copy that git notes in a repository.
type checkedOut struct{ from, dir string }

// temporary begins the name of the folder that holds a working copy.
const temporary = "journal-replay-"

// Restore makes a working copy of the commit in a temporary folder, from the repository that project lies in, and applies diff, the
// changes that were recorded with it, and its submodules, of those that are checked out there. It touches neither the user's working copy nor its index. Close removes it; one whose process was
// killed before is removed by the next Restore, or by [RemoveAbandoned].
func Restore(ctx context.Context, project, commit string, diff []byte) (w *Worktree, err error) {
	r, err := holds(ctx, project, commit)
	if err != nil {
		return nil, err
	}
	temp, err := os.MkdirTemp("", temporary)
	if err != nil {
		return nil, err
	}
	w = &Worktree{Dir: filepath.Join(temp, filepath.Base(r.top)), Temp: filepath.Join(temp, "build")}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.Close())
			w = nil
		}
	}()
	if w.lock, err = lock.Take(temp); err != nil {
		return w, err
	}
	if err := os.Mkdir(w.Temp, 0o700); err != nil {
		return w, err
	}
	if err := w.checkOut(ctx, r.top, w.Dir, commit); err != nil {
		return w, err
	}
	if len(diff) == 0 {
		return w, nil
	}
	if _, err := git(ctx, w.Dir, 1<<20, bytes.NewReader(diff), asCommitted("apply", "--whitespace=nowarn", "-")...); err != nil {
		return w, fmt.Errorf("the recorded changes do not apply to commit %s: %w", short(commit), err)
	}
	return w, nil
}

// asCommitted are the arguments of git for a working copy with all files, their bytes as they are committed or recorded.
func asCommitted(args ...string) []string {
	return append([]string{"-c", "core.sparseCheckout=false", "-c", "core.autocrlf=false", "-c", "core.eol=lf"}, args...)
}

// checkOut makes a working copy of a commit, whole where the repository at top is sparse, and of its submodules.
func (w *Worktree) checkOut(ctx context.Context, top, dir, commit string) error {
	if _, err := removeAbandoned(ctx, top); err != nil {
		return err
	}
	w.made = append([]checkedOut{{top, dir}}, w.made...)
	if _, err := git(ctx, top, 1<<20, nil, asCommitted("worktree", "add", "--quiet", "--detach", dir, commit)...); err != nil {
		return fmt.Errorf("commit %s cannot be checked out: %w", short(commit), err)
	}
	listing, err := git(ctx, dir, 64<<20, nil, "ls-files", "-z", "-v", "--stage")
	if err != nil {
		return err
	}
	for _, sub := range parseIndex(listing).submodules {
		path := filepath.FromSlash(sub.path)
		if !Exists(filepath.Join(top, path, ".git")) {
			continue
		}
		r, err := holds(ctx, filepath.Join(top, path), sub.sha)
		if err == nil {
			err = w.checkOut(ctx, r.top, filepath.Join(dir, path), sub.sha)
		}
		if err != nil {
			return fmt.Errorf("submodule %s: %w", sub.path, err)
		}
	}
	return nil
}

// holds finds the repository of a folder and wants a commit of it.
func holds(ctx context.Context, dir, commit string) (repository, error) {
	r, err := find(ctx, dir)
	if err != nil {
		return r, err
	}
	if _, err := git(ctx, r.top, 1<<10, nil, "cat-file", "-e", commit+"^{commit}"); err != nil {
		return r, fmt.Errorf("commit %s is not in the repository at %s: call this in a checkout that has it, or fetch it first", short(commit), r.top)
	}
	return r, nil
}

// Close removes the working copy and what git notes of it.
func (w *Worktree) Close() error {
	if w.lock != nil {
		defer w.lock.Close()
	}
	for _, made := range w.made {
		if !Exists(filepath.Join(made.dir, ".git")) {
			continue
		}
		if err := forget(context.Background(), made.from, made.dir); err != nil { // also after Ctrl-C
			return err
		}
	}
	return os.RemoveAll(filepath.Dir(w.Dir))
}

// Hold has a program that works in the copy keep it from being taken for abandoned, should this process be killed before it.
func (w *Worktree) Hold(cmd *exec.Cmd) {
	if runtime.GOOS != "windows" && w.lock != nil && w.lock.File != nil { // there no file is handed on
		cmd.ExtraFiles = append(cmd.ExtraFiles, w.lock.File)
	}
}

// forget removes a working copy, and what git notes of it.
func forget(ctx context.Context, top, dir string) error {
	if _, err := git(ctx, top, 1<<20, nil, "worktree", "remove", "--force", "--force", dir); err != nil {
		return fmt.Errorf("the temporary working copy %s is not removed; git worktree remove --force does it: %w", dir, err)
	}
	return nil
}

// RemoveAbandoned removes the working copies of the repository that a folder lies in whose processes were killed before they could, and
// tells how many. Outside of a repository there are none.
func RemoveAbandoned(ctx context.Context, project string) (int, error) {
	r, err := find(ctx, project)
	if err != nil {
		return 0, nil
	}
	return removeAbandoned(ctx, r.top)
}

// temporaryAbove is the folder of Restore that a working copy lies in, itself or as a submodule; "" where it is none of them.
func temporaryAbove(dir string) string {
	for d := filepath.Dir(dir); d != filepath.Dir(d); d = filepath.Dir(d) {
		if strings.HasPrefix(filepath.Base(d), temporary) {
			return d
		}
	}
	return ""
}

func removeAbandoned(ctx context.Context, top string) (n int, err error) {
	list, err := git(ctx, top, 1<<20, nil, "worktree", "list", "--porcelain", "-z")
	if err != nil {
		return 0, err
	}
	for line := range strings.SplitSeq(string(list), "\x00") {
		dir, ok := strings.CutPrefix(line, "worktree ")
		temp := temporaryAbove(filepath.FromSlash(dir))
		if !ok || temp == "" || Exists(temp) && !lock.Abandoned(temp) {
			continue
		}
		if err := errors.Join(forget(ctx, top, dir), os.RemoveAll(temp)); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// Module is the folder of a module in the working copy, by the path in its go.mod; the working copy itself where path is empty.
func (w *Worktree) Module(path string) (string, error) {
	if path == "" {
		return w.Dir, nil
	}
	found := ""
	err := filepath.WalkDir(w.Dir, func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && p != w.Dir && (strings.HasPrefix(d.Name(), ".") || d.Name() == "vendor" || d.Name() == "node_modules"):
			return fs.SkipDir
		case d.Name() != "go.mod" || !d.Type().IsRegular():
			return nil
		}
		if mod, err := os.ReadFile(p); err == nil && modulePath(mod) == path {
			found = filepath.Dir(p)
			return fs.SkipAll
		}
		return nil
	})
	if err == nil && found == "" {
		err = fmt.Errorf("no go.mod of module %s is in the recorded commit", path)
	}
	return found, err
}

// Whole says why the code that a run ran cannot be put together again from its commit and its recorded changes; "" where it can.
// LeftOut is another question: files of the changes that are not kept.
func (c Code) Whole() string {
	switch {
	case c.Commit == "" && c.Why != "":
		return "its record has no commit: " + c.Why
	case c.Commit == "":
		return "its record has no commit"
	case c.Program != "":
		return "its program lies outside of the repository, as a notebook's cell does"
	case c.Why != "":
		return c.Why
	}
	for _, sub := range c.Submodules {
		if !sub.Absent {
			return fmt.Sprintf("its submodule %s was not as the commit has it", sub.Path)
		}
	}
	return ""
}
