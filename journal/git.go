package journal

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// A Checkout is a working copy of a git repository.
type Checkout struct {
	Commit string `json:"commit,omitempty"` // empty outside a repository or without git
	Branch string `json:"branch,omitempty"`
	Dirty  bool   `json:"dirty,omitempty"` // there were uncommitted changes
	Diff   string `json:"diff,omitempty"`  // sha256 of them; the run's source artifact "uncommitted.diff" holds them
}

// A checkout is what git says of a folder.
type checkout struct {
	Checkout
	top  string // the working copy's folder
	diff []byte // to the commit, new files that git does not ignore included
	why  string // there is no commit, or no whole diff
}

// uncommitted is the difference to the commit as a file to keep, unless it is too large.
func (c checkout) uncommitted(name string) []source {
	if !c.Dirty || len(c.diff) > maxDiff {
		return nil
	}
	return []source{{name, c.diff}}
}

// libraryDir is the folder of this package's source, where it still is when the program runs.
func libraryDir() string {
	_, file, _, _ := runtime.Caller(0)
	dir := filepath.Dir(file)
	if _, err := os.Stat(file); err != nil || !filepath.IsAbs(dir) {
		return ""
	}
	return dir
}

// git runs git in a folder; nothing it is asked here changes the repository.
func git(dir string, env []string, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, "git", append([]string{"-C", dir}, args...)...)
	cmd.Env = append(os.Environ(), append(env, "GIT_OPTIONAL_LOCKS=0")...)
	var out capped
	cmd.Stdout = &out
	err := cmd.Run()
	return out.Bytes(), err
}

// askGit asks git about a folder.
func askGit(dir string) (c checkout) {
	if _, err := exec.LookPath("git"); err != nil {
		c.why = "git is not installed"
		return c
	}
	c.why = "no git commit at " + dir
	if dir == "" {
		return c
	}
	out, err := git(dir, nil, "rev-parse", "HEAD", "--abbrev-ref", "HEAD", "--show-toplevel", "--git-path", "index")
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if err != nil || len(lines) != 4 {
		return c
	}
	c.Commit, c.Branch, c.top, c.why = lines[0], lines[1], lines[2], ""
	index := lines[3]
	if !filepath.IsAbs(index) {
		index = filepath.Join(dir, index)
	}
	if err := c.compare(index); err != nil {
		c.why = "the uncommitted changes are not known whole: " + err.Error()
	}
	if c.Dirty = len(c.diff) > 0; c.Dirty {
		c.Diff = digest(c.diff)
	}
	return c
}

// compare finds the difference to the commit. A copy of the index takes the new files as "intent to add", so that one diff shows all;
// git's own index stays as it is.
func (c *checkout) compare(index string) error {
	tmp, err := os.MkdirTemp("", "journal-git-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	copied := filepath.Join(tmp, "index")
	if data, err := os.ReadFile(index); err == nil {
		if err := os.WriteFile(copied, data, 0o600); err != nil {
			return err
		}
	}
	env := []string{"GIT_INDEX_FILE=" + copied}
	if _, err := git(c.top, env, "add", "--intent-to-add", "--", "."); err != nil {
		return fmt.Errorf("git add --intent-to-add: %w", err)
	}
	if c.diff, err = git(c.top, env, "diff", "--no-ext-diff", "--no-color", "--binary", "HEAD"); err != nil {
		return fmt.Errorf("git diff: %w", err)
	}
	return nil
}

// capped is a buffer that refuses more than a little over maxDiff bytes.
type capped struct{ bytes.Buffer }

func (c *capped) Write(p []byte) (int, error) {
	if c.Len() > maxDiff {
		return 0, fmt.Errorf("more than %d MiB", maxDiff>>20)
	}
	return c.Buffer.Write(p)
}
