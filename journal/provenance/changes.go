package provenance

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// seen is what is found out about a folder's checkout.
type seen struct {
	Checkout
	top  string // the working copy's folder
	diff []byte // what no commit holds, as a patch that git apply takes
	subs map[string][]byte
	why  string
}

// files are the changes of a checkout as files to keep.
func (s seen) files(name string) []File {
	var all []File
	if len(s.diff) > 0 {
		all = append(all, File{name + ".diff", s.diff})
	}
	for _, sub := range s.Submodules {
		if d := s.subs[sub.Path]; len(d) > 0 {
			all = append(all, File{fileName(name+"."+sub.Path) + ".diff", d})
		}
	}
	return all
}

// fileName makes a path a name.
func fileName(p string) string {
	return strings.Map(func(r rune) rune {
		if r == '/' || r == '\\' || r < ' ' || r == 0xfffd {
			return '-'
		}
		return r
	}, p)
}

// look finds out the commit of a folder and what is not in it. The files of state are left out.
func look(ctx context.Context, dir string, state []string) (s seen) {
	r, err := find(ctx, dir)
	if err != nil {
		s.why = err.Error()
		return s
	}
	s.Commit, s.Branch, s.top = r.commit, text(r.branch), r.top
	l := &looker{ctx: ctx, top: r.top, names: len(r.commit), state: inside(r.top, state), left: &left{}}
	var tracked, fresh, listing, ignored []byte
	var errs [4]error
	var wait sync.WaitGroup
	wait.Go(func() {
		tracked, errs[0] = git(ctx, r.top, 64<<20, nil, "diff-index", "--raw", "-z", "--no-renames", "--no-abbrev", "--ignore-submodules=dirty", "HEAD", "--")
	})
	wait.Go(func() {
		args := []string{"ls-files", "-z", "--others", "--exclude-standard"}
		for _, p := range l.state {
			args = append(args, "--exclude="+pattern(p))
		}
		fresh, errs[1] = git(ctx, r.top, 16<<20, nil, args...)
	})
	wait.Go(func() {
		ignored, errs[3] = git(ctx, r.top, 16<<20, nil, "ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory")
	})
	wait.Go(func() { listing, errs[2] = git(ctx, r.top, 64<<20, nil, "ls-files", "-z", "-v", "--stage") })
	wait.Wait()
	if err := errors.Join(errs[0], errs[2]); err != nil {
		s.why = "the uncommitted changes are not known whole: " + err.Error()
	}
	index := parseIndex(listing)
	diff, changed, err := l.tracked(parseRaw(tracked), l.overlooked(index.overlooked))
	if err != nil {
		s.why = "the uncommitted changes are not known whole: " + err.Error()
	}
	patch, found := l.fresh(fresh, errs[1])
	s.diff = append(diff, patch...)
	var below []Unseen
	s.Submodules, s.subs, below = l.submodules(index.submodules)
	s.LeftOut, s.More = l.left.LeftOut, l.left.More
	s.Unseen = fewer(append(l.unseen(index, ignored, errs[3]), below...))
	s.Dirty = changed || found || slices.ContainsFunc(s.Submodules, func(sub Submodule) bool { return !sub.Absent })
	if len(s.diff) > 0 {
		s.Diff = digest(s.diff)
	}
	return s
}

// A looker looks at one working copy.
type looker struct {
	ctx   context.Context
	top   string
	names int      // length of the names of commits and files
	state []string // paths below top that are the journal's own, with slashes
	left  *left
	env   []string // more variables for git
}

// left collects what is left out.
type left struct {
	LeftOut []LeftOut
	More    int
}

func (l *left) add(path string, size int64, why string) {
	if len(l.LeftOut) == maxNamed {
		l.More++
		return
	}
	l.LeftOut = append(l.LeftOut, LeftOut{text(path), size, why})
}

// text makes a path of any bytes fit to be recorded.
func text(s string) string { return strings.ReplaceAll(strings.ToValidUTF8(s, "�"), "\x00", "") }

// submodules looks at the repositories in this one, and gives those that are not as the commit has them. What git does not report of one
// that is as the commit has it is said of this repository.
func (l *looker) submodules(index []listed) (all []Submodule, diffs map[string][]byte, unseen []Unseen) {
	diffs = map[string][]byte{}
	for _, link := range index {
		dir := filepath.Join(l.top, filepath.FromSlash(link.path))
		if _, err := os.Lstat(filepath.Join(dir, ".git")); errors.Is(err, fs.ErrNotExist) {
			all = append(all, Submodule{Path: text(link.path), Absent: true})
			continue
		}
		var state []string
		for _, p := range l.state {
			state = append(state, filepath.Join(l.top, filepath.FromSlash(p)))
		}
		s := look(l.ctx, dir, state)
		if s.Commit == link.sha && !s.Dirty && s.why == "" {
			for _, sub := range s.Submodules { // they are absent
				all = append(all, Submodule{Path: text(path.Join(link.path, sub.Path)), Absent: true})
			}
			for _, u := range s.Unseen {
				unseen = append(unseen, Unseen{text(path.Join(link.path, u.Path)), u.Why, u.Digest})
			}
			continue
		}
		all = append(all, Submodule{Path: text(link.path), Checkout: s.Checkout, Why: s.why})
		diffs[text(link.path)] = s.diff
	}
	return all, diffs, unseen
}
