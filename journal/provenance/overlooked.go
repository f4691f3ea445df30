package provenance

import (
	"bytes"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// A listed is a file as git's index has it.
type listed struct {
	tag  byte // H, S for skip-worktree; a small letter where git is told to assume that the file is unchanged
	mode string
	sha  string
	path string
}

// A parsedIndex is what is looked at of git's index by itself: of many files, these are few.
type parsedIndex struct {
	submodules []listed
	links      []listed
	attributes []listed // files .gitattributes
	overlooked []listed // those whose changes git does not report
}

// parseIndex reads git ls-files -v --stage -z.
func parseIndex(out []byte) (index parsedIndex) {
	for line := range bytes.SplitSeq(out, []byte{0}) {
		head, name, ok := strings.Cut(string(line), "\t")
		f := strings.Fields(head)
		if !ok || len(f) < 3 || len(f[0]) != 1 {
			continue
		}
		e := listed{f[0][0], f[1], f[2], name}
		switch {
		case e.mode == "160000":
			index.submodules = append(index.submodules, e)
		case e.mode == "120000":
			index.links = append(index.links, e)
		case path.Base(name) == ".gitattributes":
			index.attributes = append(index.attributes, e)
		}
		if e.mode != "160000" && (e.tag == 'S' || e.tag >= 'a' && e.tag <= 'z') {
			index.overlooked = append(index.overlooked, e)
		}
	}
	return index
}

// overlooked are the changes that there may be and git does not report, since it was told to (git update-index --assume-unchanged,
// --skip-worktree). Files that a sparse checkout leaves out are not there, and are no change.
func (l *looker) overlooked(all []listed) (changes []change) {
	for _, e := range all {
		_, err := os.Lstat(filepath.Join(l.top, filepath.FromSlash(e.path)))
		switch {
		case err == nil:
			changes = append(changes, change{e.mode, e.mode, e.sha, 'M', e.path})
		case e.tag == 'h':
			changes = append(changes, change{e.mode, "000000", e.sha, 'D', e.path})
		}
	}
	return changes
}

// withFreshIndex has the looker ask git with an index of the commit in which no file is overlooked, for as long as do takes.
func (l *looker) withFreshIndex(do func() error) error {
	temp, err := os.MkdirTemp("", "journal-index-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	l.env = []string{"GIT_INDEX_FILE=" + filepath.Join(temp, "index")}
	defer func() { l.env = nil }()
	if _, err := gitIn(l.ctx, l.env, l.top, 1<<10, nil, "read-tree", "HEAD"); err != nil {
		return err
	}
	return do()
}
