package provenance

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"

	"flowbook/journal/internal/secret"
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
	var tracked, fresh, links []byte
	var errs [3]error
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
	if Exists(filepath.Join(r.top, ".gitmodules")) {
		wait.Go(func() { links, errs[2] = git(ctx, r.top, 64<<20, nil, "ls-files", "-z", "--stage") })
	}
	wait.Wait()
	if err := errors.Join(errs[0], errs[2]); err != nil {
		s.why = "the uncommitted changes are not known whole: " + err.Error()
	}
	diff, changed, err := l.tracked(parseRaw(tracked))
	if err != nil {
		s.why = "the uncommitted changes are not known whole: " + err.Error()
	}
	patch, found := l.fresh(fresh, errs[1])
	s.diff = append(diff, patch...)
	s.Submodules, s.subs = l.submodules(links)
	s.LeftOut, s.More = l.left.LeftOut, l.left.More
	s.Dirty = changed || found || len(s.Submodules) > 0
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

// inside gives the paths below top, with slashes, of what lies there.
func inside(top string, paths []string) []string {
	var all []string
	for _, p := range paths {
		rel, err := filepath.Rel(real(top), real(p))
		if err == nil && filepath.IsLocal(rel) && rel != "." {
			all = append(all, filepath.ToSlash(rel))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// own tells whether a path is the journal's own.
func own(state []string, name string) bool {
	for _, p := range state {
		if name == p || strings.HasPrefix(name, p+"/") {
			return true
		}
	}
	return false
}

// pattern makes a path an ignore pattern that matches it alone.
func pattern(p string) string {
	var b strings.Builder
	b.WriteByte('/')
	for _, c := range []byte(p) {
		if strings.IndexByte(`*?[]\!# `, c) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(c)
	}
	return b.String()
}

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

// tracked makes the patch of the files that git knows. git lists also files that were only touched, or copied with other times: those
// whose bytes are as committed are passed over.
func (l *looker) tracked(all []change) (patch []byte, changed bool, err error) {
	all = slices.DeleteFunc(all, func(c change) bool { return own(l.state, c.path) })
	if len(all) == 0 {
		return nil, false, nil
	}
	sizes, err := l.sizes(all)
	if err != nil {
		return nil, true, err
	}
	var show []string
	room := int64(maxDiff)
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
		why := ""
		switch {
		case c.status == 'U':
			why = "it is in the middle of a merge"
		case secret.File(c.path):
			why = "by its name it may hold secrets"
		case old > maxFile || size > maxFile:
			why = fmt.Sprintf("it is larger than %d MiB", maxFile>>20)
		case room < old+size:
			why = fmt.Sprintf("the changes are larger than %d MiB", maxDiff>>20)
		}
		if why != "" {
			changed = true
			l.left.add(c.path, size, why)
			continue
		}
		room -= old + size
		show = append(show, c.path)
	}
	patch, some, err := l.show(show)
	return patch, changed || some, err
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
		out, err := git(l.ctx, l.top, 2*maxDiff, nil, args...)
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

// blocks splits a patch into its files.
func blocks(patch []byte) [][]byte {
	const start = "diff --git "
	var all [][]byte
	for len(patch) > 0 {
		end := bytes.Index(patch[1:], []byte("\n"+start))
		if end < 0 {
			end = len(patch) - 2
		}
		block := patch[:end+2]
		patch = patch[end+2:]
		if bytes.HasPrefix(block, []byte(start)) {
			all = append(all, block)
		}
	}
	return all
}

// hasChange tells whether a file's part of a patch says more than the file's name.
func hasChange(block []byte) bool {
	for _, mark := range []string{"\n@@ ", "\nGIT binary patch", "\nold mode ", "\nnew file mode ", "\ndeleted file mode ", "\nBinary files "} {
		if bytes.Contains(block, []byte(mark)) {
			return true
		}
	}
	return false
}

// masked is a file's part of a patch without secrets. A private key takes the file with it, since a key of several lines cannot be
// masked in a patch.
func (l *looker) masked(block []byte) []byte {
	name := blockName(block)
	if bytes.Contains(block, []byte("PRIVATE KEY-----")) && !bytes.Contains(block, []byte("GIT binary patch")) && secret.Source(string(block)) != string(block) {
		l.left.add(name, 0, "it holds a private key")
		return nil
	}
	if bytes.Contains(block, []byte("\nGIT binary patch")) {
		return block
	}
	masked := maskFile(name, string(block))
	if masked != string(block) {
		l.left.add(name, 0, "a secret in it is masked")
	}
	return []byte(masked)
}

// blockName is the path of a file's part of a patch, as the patch writes it.
func blockName(block []byte) string {
	line, _, _ := strings.Cut(string(block), "\n")
	if _, after, ok := strings.Cut(line, " b/"); ok {
		return after
	}
	return strings.TrimPrefix(line, "diff --git ")
}

// maskFile masks the secrets of a text file: of settings more than of source.
func maskFile(name, text string) string {
	switch path.Ext(name) {
	case ".yaml", ".yml", ".toml", ".ini", ".cfg", ".conf", ".properties", ".json", ".env", ".txt", ".xml":
		return secret.Text(text)
	}
	return secret.Source(text)
}

// fresh makes the patch of the files that git does not know and does not ignore.
func (l *looker) fresh(list []byte, err error) (patch []byte, found bool) {
	if err != nil && !errors.Is(err, errTooMuch) {
		l.left.add(".", 0, "new files are not known: "+err.Error())
		return nil, false
	}
	names := strings.Split(strings.TrimSuffix(string(list), "\x00"), "\x00")
	if errors.Is(err, errTooMuch) {
		names = names[:len(names)-1] // the last is cut
		l.left.add(".", 0, "there are too many new files to list")
		found = true
	}
	state := slices.Clone(l.state)
	for _, name := range names {
		state = append(state, journalFiles(l.top, name)...)
	}
	names = slices.DeleteFunc(names, func(n string) bool { return n == "" || own(state, strings.TrimSuffix(n, "/")) })
	sort.SliceStable(names, func(i, k int) bool { return rank(names[i]) < rank(names[k]) })
	room := int64(maxNew)
	for i, name := range names {
		found = true
		if i >= maxListed {
			l.left.More += len(names) - i
			break
		}
		p, why, size := newFile(l.ctx, l.top, name, l.names, room)
		if why != "" {
			l.left.add(name, size, why)
			continue
		}
		room -= size
		patch = append(patch, l.masked(p)...)
	}
	return patch, found
}

// rank has the source come first where there is not room for all.
func rank(name string) int {
	switch path.Ext(name) {
	case ".go", ".mod", ".sum", ".work", ".s", ".c", ".h", ".py", ".ipynb", ".sh", ".tmpl":
		return 0
	case ".json", ".yaml", ".yml", ".toml", ".md", ".sql", ".html", ".css", ".js":
		return 1
	}
	return 2
}

// journalFiles are the files of another journal, where a file is one.
func journalFiles(top, name string) []string {
	switch path.Ext(name) {
	case ".db", ".sqlite", ".sqlite3", ".journal":
	default:
		return nil
	}
	if !IsJournal(filepath.Join(top, filepath.FromSlash(name))) {
		return nil
	}
	return JournalFiles(name)
}

// IsJournal tells whether a file is a journal, by the beginning of an SQLite file.
func IsJournal(file string) bool {
	if info, err := os.Stat(file); err != nil || !info.Mode().IsRegular() {
		return false
	}
	f, err := os.Open(file)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, 72)
	n, _ := f.Read(head)
	return n == len(head) && bytes.HasPrefix(head, []byte("SQLite format 3\x00")) && string(head[68:]) == "flbk"
}

// JournalFiles are the files and folders that belong to the journal in an SQLite file, itself among them.
func JournalFiles(file string) []string {
	base := strings.TrimSuffix(file, path.Ext(file))
	all := []string{file, file + ".artifacts", file + ".spool", base + ".artifacts", base + ".spool"}
	for _, end := range []string{"-wal", "-shm", "-journal", ".lock"} {
		all = append(all, file+end)
	}
	copies, err := filepath.Glob(file + ".schema*")
	if err == nil {
		all = append(all, copies...)
	}
	return all
}

// submodules looks at the repositories in this one, and gives those that are not as the commit has them.
func (l *looker) submodules(index []byte) ([]Submodule, map[string][]byte) {
	var all []Submodule
	diffs := map[string][]byte{}
	for _, line := range bytes.Split(index, []byte{0}) {
		head, name, ok := strings.Cut(string(line), "\t")
		f := strings.Fields(head)
		if !ok || len(f) < 2 || f[0] != "160000" {
			continue
		}
		dir := filepath.Join(l.top, filepath.FromSlash(name))
		if _, err := os.Lstat(filepath.Join(dir, ".git")); errors.Is(err, fs.ErrNotExist) {
			continue // it is not checked out
		}
		var state []string
		for _, p := range l.state {
			state = append(state, filepath.Join(l.top, filepath.FromSlash(p)))
		}
		s := look(l.ctx, dir, state)
		if s.Commit == f[1] && !s.Dirty && s.why == "" {
			continue
		}
		all = append(all, Submodule{text(name), s.Checkout, s.why})
		diffs[text(name)] = s.diff
	}
	return all, diffs
}
