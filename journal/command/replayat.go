package command

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"flowbook/journal"
	"flowbook/journal/home"
	"flowbook/journal/provenance"
)

// An atCommit says how to replay with recorded code.
type atCommit struct {
	program string // package of the journal command; "" for the recorded one
	partial bool   // also where the recorded changes are not whole
}

// commandPackage is what a program links that answers journal replay.
const commandPackage = "flowbook/journal/command"

// replay restores the code of a run, builds its program and has it replay the run into the same journal.
func (at atCommit) replay(ctx context.Context, j *journal.Journal, old *journal.Record, url string, errOut io.Writer) (r *journal.ReplayReport, err error) {
	if why := old.Code.Whole(); why != "" {
		return nil, errors.New(why)
	}
	if n := len(old.Code.LeftOut); n > 0 && !at.partial {
		first := old.Code.LeftOut[0]
		return nil, fmt.Errorf("of its uncommitted changes %s not kept whole, the first %s, because %s; --partial replays without what is missing",
			count(n+old.Code.More, "file is", "files are"), plain(first.Path), plain(first.Why))
	}
	pkg := at.program
	if pkg == "" {
		if pkg, err = recordedProgram(old); err != nil {
			return nil, err
		}
	}
	diff, err := j.Changes(ctx, old)
	if err != nil {
		return nil, err
	}
	w, err := provenance.Restore(ctx, ".", old.Code.Commit, diff)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	dir, err := w.Module(old.Code.Project)
	if err != nil {
		return nil, err
	}
	program, err := build(ctx, w, dir, pkg, old.Code)
	if err != nil {
		return nil, err
	}
	if url, err = absoluteURL(url); err != nil {
		return nil, err
	}
	if r, err = replayWith(ctx, w, program, dir, url, old.ID, errOut); err == nil {
		r.Code, r.CodeChange = old.Code.Compare(builtOf(old.Code, r.Replay.Code))
	}
	return r, err
}

// builtOf is the code of a replay whose program was built here of the recorded commit and changes: in a worktree, go build does not stamp it
// with them.
func builtOf(recorded, replay provenance.Code) provenance.Code {
	if replay.Binary != nil {
		b := *replay.Binary
		b.Revision, b.Modified = recorded.Commit, recorded.Diff != ""
		replay.Binary = &b
	}
	return replay
}

// recordedProgram is the main package of the program that recorded a run.
func recordedProgram(old *journal.Record) (string, error) {
	b := old.Code.Binary
	if b == nil || b.Path == "" || b.Path == "command-line-arguments" {
		return "", errors.New("which package its program is, the record does not say; name one of the commit that is a journal command with --program PACKAGE")
	}
	return b.Path, nil
}

// build builds a journal command.
func build(ctx context.Context, w *provenance.Worktree, dir, pkg string, code provenance.Code) (string, error) {
	file := filepath.Join(w.Temp, "journal")
	if runtime.GOOS == "windows" {
		file += ".exe"
	}
	deps, err := goTool(ctx, w, dir, "list", "-deps", "--", pkg)
	if err == nil && !slices.Contains(strings.Fields(deps), commandPackage) {
		return "", fmt.Errorf("its program %s is no journal command; name one of the commit with --program PACKAGE", pkg)
	}
	if err == nil {
		args := []string{"build", "-o", file}
		if code.Binary == nil || code.Binary.Revision == "" {
			args = append(args, "-buildvcs=false") // as it was built
		}
		_, err = goTool(ctx, w, dir, append(args, "--", pkg)...)
	}
	if err != nil && len(code.Locals) > 0 {
		err = fmt.Errorf("%w (module %s lay in a folder beside the project, which a commit does not hold)", err, code.Locals[0].Module)
	}
	if err != nil {
		return "", fmt.Errorf("its program %s does not build there: %w", pkg, err)
	}
	return file, nil
}

func goTool(ctx context.Context, w *provenance.Worktree, dir string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	w.Hold(cmd)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PWD="+dir)
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	err := cmd.Run()
	if text := strings.TrimSpace(said.String()); err != nil && text != "" && ctx.Err() == nil {
		err = errors.New(text[:min(len(text), 2000)])
	}
	return out.String(), err
}

// absoluteURL is the journal's URL for a program that runs in another folder.
func absoluteURL(url string) (string, error) {
	if url == "" {
		url = journal.DefaultURL()
	}
	path, isFile := filePath(url)
	if !isFile || filepath.IsAbs(path) {
		return url, nil
	}
	abs, err := filepath.Abs(path)
	return strings.Replace(url, path, abs, 1), err
}

// replayWith has a program replay a run, and reads its report.
func replayWith(ctx context.Context, w *provenance.Worktree, program, dir, url, id string, errOut io.Writer) (*journal.ReplayReport, error) {
	cmd := exec.CommandContext(ctx, program, "--journal", url, "--json", "replay", id)
	w.Hold(cmd)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PWD="+dir, "FLOWBOOK_HOME="+home.Dir())
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // it ends its run
	cmd.WaitDelay = time.Minute
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, io.MultiWriter(&said, passOn{errOut})
	runErr := cmd.Run()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	var r journal.ReplayReport
	if err := json.Unmarshal(out.Bytes(), &r); err == nil && r.Original != nil && r.Replay != nil {
		return &r, nil
	}
	lines := strings.Split(strings.TrimSpace(said.String()), "\n")
	last := lines[len(lines)-1]
	var refused struct{ Error string }
	if json.Unmarshal([]byte(last), &refused) == nil && refused.Error != "" {
		last = refused.Error
	}
	if runErr == nil {
		return nil, fmt.Errorf("the program of that commit gave no report of a replay")
	}
	return nil, fmt.Errorf("the program of that commit: %s (%w)", plain(last), runErr)
}

// passOn writes on what a program says, less its own report of an error, which is told once.
type passOn struct{ to io.Writer }

func (p passOn) Write(b []byte) (int, error) {
	if !bytes.HasPrefix(b, []byte(`{"`)) {
		_, _ = p.to.Write(b)
	}
	return len(b), nil
}
