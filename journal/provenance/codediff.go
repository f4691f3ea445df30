package provenance

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Diff is how two commits, each with the changes that were recorded with it, differ, as a unified diff. The repository that project lies
// in has to have both. It is read only: trees and index are made in a temporary folder.
func Diff(ctx context.Context, project string, a, b Snapshot) (text string, err error) {
	temp, err := os.MkdirTemp("", "journal-code-")
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temp)) }()
	var trees [2]string
	var r repository
	var env []string
	for i, s := range []Snapshot{a, b} {
		if r, err = holds(ctx, project, s.Commit); err != nil {
			return "", err
		}
		objects, err := git(ctx, r.top, 64<<10, nil, "rev-parse", "--path-format=absolute", "--git-path", "objects")
		if err != nil {
			return "", err
		}
		alternate := quote(strings.TrimSuffix(string(objects), "\n"))
		if alternate[0] != '"' { // a colon would end it
			alternate = `"` + alternate + `"`
		}
		env = []string{"GIT_OBJECT_DIRECTORY=" + temp, "GIT_ALTERNATE_OBJECT_DIRECTORIES=" + alternate}
		if trees[i], err = s.tree(ctx, r.top, append(env, "GIT_INDEX_FILE="+filepath.Join(temp, fmt.Sprint("index", i)))); err != nil {
			return "", err
		}
	}
	out, err := gitIn(ctx, env, r.top, maxDiff, nil, "diff-tree", "-r", "-p", "--no-ext-diff", "--no-textconv", "--find-renames", trees[0], trees[1])
	if errors.Is(err, errTooMuch) {
		err = fmt.Errorf("the difference is larger than %d MiB", maxDiff>>20)
	}
	if err != nil {
		return "", err
	}
	return string(out), nil
}

// A Snapshot is a commit and the changes that were recorded with it.
type Snapshot struct {
	Commit  string
	Changes []byte
}

// tree writes the snapshot as a tree, into the folders that env names, and returns its name.
func (s Snapshot) tree(ctx context.Context, top string, env []string) (string, error) {
	if _, err := gitIn(ctx, env, top, 1<<20, nil, "read-tree", s.Commit); err != nil {
		return "", err
	}
	if len(s.Changes) > 0 {
		if _, err := gitIn(ctx, env, top, 1<<20, bytes.NewReader(s.Changes), "apply", "--cached", "--whitespace=nowarn", "-"); err != nil {
			return "", fmt.Errorf("the recorded changes do not apply to commit %s: %w", short(s.Commit), err)
		}
	}
	out, err := gitIn(ctx, env, top, 1<<10, nil, "write-tree")
	return strings.TrimSpace(string(out)), err
}
