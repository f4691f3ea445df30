package provenance

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

// Settings that a user may have and that must not bend what git answers, nor have it run a program or reach a network.
var settings = []string{
	"core.fsmonitor=false", "core.trustctime=true", "core.checkStat=default", "core.untrackedCache=false", "core.splitIndex=false", "core.quotePath=true", "core.pager=cat", "core.hooksPath=/dev/null",
	"diff.orderFile=/dev/null", "diff.algorithm=myers", "diff.indentHeuristic=true", "diff.suppressBlankEmpty=false", "diff.relative=false", "diff.wsErrorHighlight=none",
	"filter.lfs.clean=", "filter.lfs.process=", "filter.lfs.required=false", // its clean filter writes into .git/lfs; see lfs.go
	"protocol.allow=never", "color.ui=false", "advice.detachedHead=false",
}

// kept are the variables of git that count here: which settings there are, and where git may look. All others, such as GIT_DIR of a
// hook or GIT_EXTERNAL_DIFF, are of another repository or change the answer.
var kept = []string{"GIT_CONFIG_GLOBAL=", "GIT_CONFIG_SYSTEM=", "GIT_CONFIG_NOSYSTEM=", "GIT_CONFIG_COUNT=", "GIT_CONFIG_KEY_", "GIT_CONFIG_VALUE_",
	"GIT_CONFIG_PARAMETERS=", "GIT_CEILING_DIRECTORIES=", "GIT_DISCOVERY_ACROSS_FILESYSTEM=", "GIT_EXEC_PATH="}

func environment() []string {
	var env []string
	for _, v := range os.Environ() {
		keep := !strings.HasPrefix(v, "GIT_")
		for _, k := range kept {
			keep = keep || strings.HasPrefix(v, k)
		}
		if keep {
			env = append(env, v)
		}
	}
	return append(env, "GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0", "GIT_NO_LAZY_FETCH=1", "GIT_LITERAL_PATHSPECS=1", "LC_ALL=C")
}

// errTooMuch ends a git command that answers more than there is room for.
var errTooMuch = errors.New("too much")

// A bounded is a buffer that refuses more than so many bytes. It has no method but Write, so that nothing is read past it.
type bounded struct {
	buf  bytes.Buffer
	room int
}

func (b *bounded) Write(p []byte) (int, error) {
	if len(p) > b.room-b.buf.Len() {
		n := b.room - b.buf.Len()
		b.buf.Write(p[:n])
		return n, errTooMuch
	}
	return b.buf.Write(p)
}

// git runs git in a folder and returns at most room bytes of what it answers; with more, the error is errTooMuch.
func git(ctx context.Context, dir string, room int, in io.Reader, args ...string) ([]byte, error) {
	return gitIn(ctx, nil, dir, room, in, args...)
}

// gitIn is git with more variables in its environment.
func gitIn(ctx context.Context, env []string, dir string, room int, in io.Reader, args ...string) ([]byte, error) {
	all := []string{"--no-pager"}
	for _, s := range settings {
		all = append(all, "-c", s)
	}
	cmd := exec.CommandContext(ctx, "git", append(all, args...)...)
	cmd.Dir, cmd.Env, cmd.Stdin = dir, append(environment(), env...), in
	cmd.WaitDelay = time.Second // a filter that git started may hold the pipe
	out, said := &bounded{room: room}, &bounded{room: 4 << 10}
	cmd.Stdout, cmd.Stderr = out, said
	err := cmd.Run()
	switch {
	case out.buf.Len() == room && err != nil && ctx.Err() == nil:
		err = errTooMuch
	case ctx.Err() != nil:
		err = fmt.Errorf("git %s took too long", args[0])
	case err != nil && said.buf.Len() > 0:
		first, _, _ := strings.Cut(strings.TrimSpace(said.buf.String()), "\n")
		err = errors.New(strings.TrimPrefix(strings.TrimPrefix(first, "fatal: "), "error: "))
	}
	return out.buf.Bytes(), err
}

// A repository is a working copy.
type repository struct {
	top    string
	commit string
	branch string
}

// find asks git which working copy a folder is in.
func find(ctx context.Context, dir string) (r repository, err error) {
	if dir == "" {
		return r, errors.New("the folder is not known")
	}
	if _, err := exec.LookPath("git"); err != nil {
		return r, errors.New("git is not installed")
	}
	out, err := git(ctx, dir, 64<<10, nil, "rev-parse", "--is-inside-work-tree", "HEAD", "--symbolic-full-name", "HEAD", "--show-toplevel")
	lines := strings.SplitN(strings.TrimSuffix(string(out), "\n"), "\n", 4)
	if err == nil && len(lines) == 4 && lines[0] == "true" {
		r.commit, r.top = lines[1], lines[3]
		r.branch = strings.TrimPrefix(lines[2], "refs/heads/")
		if lines[2] == "HEAD" { // the commit is checked out by itself
			r.branch = ""
		}
		return r, nil
	}
	switch {
	case ctx.Err() != nil:
		return r, fmt.Errorf("no git commit at %s is known: %w", dir, err)
	case len(out) == 0 && err != nil && strings.Contains(err.Error(), "dubious ownership"):
		return r, fmt.Errorf("no git commit at %s is known: its repository is another user's; git config --global --add safe.directory FOLDER has git trust it", dir)
	case len(out) == 0 && err != nil && !strings.HasPrefix(err.Error(), "not a git repository (or"): // also a file .git that names a folder which is gone
		return r, fmt.Errorf("no git commit at %s is known: %w", dir, err)
	case lines[0] == "false":
		return r, fmt.Errorf("no git commit at %s: it lies in a repository without a working copy", dir)
	case lines[0] == "true":
		return r, fmt.Errorf("no git commit at %s: the repository has none yet", dir)
	}
	return r, fmt.Errorf("no git commit at %s", dir)
}
