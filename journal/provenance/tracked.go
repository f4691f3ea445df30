package provenance

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"flowbook/journal/internal/secret"
)

// A change is a line of git diff-index --raw.
type change struct {
	mode, newMode string
	sha           string // of the committed file
	status        byte
	path          string
}

func parseRaw(out []byte) []change {
	var all []change
	parts := strings.Split(string(out), "\x00")
	for i := 0; i+1 < len(parts); i += 2 {
		f := strings.Fields(strings.TrimPrefix(parts[i], ":"))
		if len(f) < 5 || f[4] == "" {
			break
		}
		all = append(all, change{f[0], f[1], f[2], f[4][0], parts[i+1]})
	}
	return all
}

// isLink tells whether a change is of a submodule's commit.
func (c change) isLink() bool { return c.mode == "160000" || c.newMode == "160000" }

// tracked makes the patch of the files that git knows: those that it lists as changed, and those that it overlooks. git lists also files
// that were only touched, or copied with other times: those whose bytes are as committed are passed over.
func (l *looker) tracked(listed, overlooked []change) (patch []byte, changed bool, err error) {
	room := int64(maxDiff)
	add := func(paths []string) error {
		more, some, err := l.show(paths)
		patch, changed = append(patch, more...), changed || some
		return err
	}
	shown, changed, err := l.toShow(listed, &room)
	if err == nil {
		err = add(shown)
	}
	if err != nil {
		return patch, true, err
	}
	hidden, some, err := l.toShow(overlooked, &room)
	changed = changed || some
	if err != nil || len(hidden) == 0 {
		return patch, changed, err
	}
	err = l.withFreshIndex(func() error { return add(hidden) })
	return patch, changed, err
}

// toShow are the paths of the files that differ from what was committed, as far as there is room for their patch. changed tells of those
// that no patch need tell of: submodules, and what is left out.
func (l *looker) toShow(all []change, room *int64) (show []string, changed bool, err error) {
	all = slices.DeleteFunc(all, func(c change) bool { return own(l.state, c.path) })
	if len(all) == 0 {
		return nil, false, nil
	}
	sizes, err := l.sizes(all)
	if err != nil {
		return nil, true, err
	}
	for _, c := range all {
		if c.isLink() {
			show, changed = append(show, c.path), true
			continue
		}
		old := sizes[c.sha]
		size, differs := l.differs(c, old)
		if !differs {
			continue
		}
		if why := leftOut(c, old, size, *room); why != "" {
			changed = true
			l.left.add(c.path, size, why)
			continue
		}
		*room -= old + size
		show = append(show, c.path)
	}
	return show, changed, nil
}

// leftOut says why a changed file is not kept; "" where it is. old and size are the bytes that it had and has.
func leftOut(c change, old, size, room int64) string {
	switch {
	case c.status == 'U':
		return "it is in the middle of a merge"
	case secret.File(c.path):
		return "by its name it may hold secrets"
	case old > maxFile || size > maxFile:
		return fmt.Sprintf("it is larger than %d MiB", maxFile>>20)
	case room < old+size:
		return fmt.Sprintf("the changes are larger than %d MiB", maxDiff>>20)
	}
	return ""
}

// differs tells whether a file's bytes are not those that were committed, and its size now; what filters or line endings make of it is
// left to git.
func (l *looker) differs(c change, old int64) (size int64, differs bool) {
	if c.status != 'M' || c.mode != c.newMode {
		info, err := os.Lstat(filepath.Join(l.top, c.path))
		if err == nil {
			size = info.Size()
		}
		return size, true
	}
	info, err := os.Lstat(filepath.Join(l.top, c.path))
	if err != nil {
		return 0, true
	}
	if !info.Mode().IsRegular() {
		return info.Size(), true
	}
	if info.Size() == old {
		sum, err := sumFile(l.ctx, filepath.Join(l.top, c.path), blobHash(old, len(c.sha)))
		return old, err != nil || sum != c.sha
	}
	if old < maxPointer && l.isPointed(c, info.Size()) {
		return info.Size(), false
	}
	return info.Size(), true
}

// sizes asks git for the sizes of committed files.
func (l *looker) sizes(all []change) (map[string]int64, error) {
	var in bytes.Buffer
	for _, c := range all {
		if !c.isLink() && strings.Trim(c.sha, "0") != "" {
			in.WriteString(c.sha + "\n")
		}
	}
	sizes := map[string]int64{}
	if in.Len() == 0 {
		return sizes, nil
	}
	out, err := git(l.ctx, l.top, 64<<20, &in, "cat-file", "--batch-check=%(objectname) %(objectsize)")
	for line := range strings.Lines(string(out)) {
		if f := strings.Fields(line); len(f) == 2 {
			sizes[f[0]], _ = strconv.ParseInt(f[1], 10, 64)
		}
	}
	return sizes, err
}

// show has git write the patch of some paths. A file that is named without a change, since only its time differs, is left out.
func (l *looker) show(paths []string) (patch []byte, some bool, err error) {
	for len(paths) > 0 {
		n, length := 0, 0
		for n < len(paths) && n < 500 && length < 60<<10 {
			length += len(paths[n])
			n++
		}
		args := append([]string{"diff-index", "-p", "--binary", "--full-index", "--no-renames", "--no-ext-diff", "--no-textconv", "--no-color", "--no-relative",
			"--unified=3", "--inter-hunk-context=0", "--src-prefix=a/", "--dst-prefix=b/", "--submodule=short", "--ignore-submodules=dirty", "HEAD", "--"}, paths[:n]...)
		out, err := gitIn(l.ctx, l.env, l.top, 2*maxDiff, nil, args...)
		if err != nil {
			return patch, true, fmt.Errorf("git diff-index: %w", err)
		}
		for _, block := range blocks(out) {
			if !hasChange(block) {
				continue
			}
			some = true
			patch = append(patch, l.masked(block)...)
		}
		paths = paths[n:]
	}
	return patch, some, nil
}
