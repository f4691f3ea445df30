package provenance

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A repo is a git repository of a test.
type repo struct {
	t   *testing.T
	dir string
}

func newRepo(t *testing.T, args ...string) repo {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	t.Setenv("GIT_CONFIG_GLOBAL", filepath.Join(t.TempDir(), "gitconfig"))
	t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	r := repo{t, t.TempDir()}
	r.git(append([]string{"init", "-q", "-b", "trunk"}, args...)...)
	return r
}

func (r repo) git(args ...string) string {
	r.t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "protocol.file.allow=always", "-c", "core.autocrlf=false"}, args...)...)
	cmd.Dir = r.dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		r.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func (r repo) write(name, text string) {
	r.t.Helper()
	path := filepath.Join(r.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		r.t.Fatal(err)
	}
}

func (r repo) commit() string {
	r.git("add", "-A")
	r.git("commit", "-q", "--allow-empty", "-m", "x")
	return r.git("rev-parse", "HEAD")
}

func (r repo) look(state ...string) seen { return look(context.Background(), r.dir, state) }

// tree is all files of a folder, with what they hold and whether they can be executed.
func tree(t *testing.T, dir string, skip string) string {
	var b strings.Builder
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.Name() == skip {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		rel, _ := filepath.Rel(dir, p)
		switch {
		case d.Type()&fs.ModeSymlink != 0:
			to, err := os.Readlink(p)
			fmt.Fprintf(&b, "%q -> %q\n", rel, to)
			return err
		case d.Type().IsRegular():
			data, err := os.ReadFile(p)
			info, _ := d.Info()
			fmt.Fprintf(&b, "%q %v %x\n", rel, info.Mode()&0o100 != 0, sha256.Sum256(data))
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestPatch changes a repository in every way there is, with settings that bend what git answers, and wants a patch that makes the same
// changes to a fresh copy, and a .git folder in which nothing has changed.
func TestPatch(t *testing.T) {
	for _, format := range []string{"sha1", "sha256"} {
		t.Run(format, func(t *testing.T) { testPatch(t, format) })
	}
}

func testPatch(t *testing.T, format string) {
	r := newRepo(t, "--object-format="+format)
	binary := strings.Repeat("\x00\x01\xfe binary", 100)
	long := strings.Repeat("line\n", 30)
	for name, text := range map[string]string{"a.txt": "one\n" + long + "end", "gone.txt": "gone\n", "mode.sh": "#!/bin/sh\n", "blob.bin": binary, "sub dir/b c.txt": "b\n", "upper.up": "upper\n", "empty": "", "become": "a file\n",
		".gitattributes": "*.up diff=up\n", ".gitignore": "ignored\n", "cached.txt": "cached\n"} {
		r.write(name, text)
	}
	base := r.commit()
	for _, c := range []string{"diff.noprefix=true", "diff.mnemonicPrefix=true", "diff.up.textconv=tr a-z A-Z <", "diff.external=false", "diff.renames=copies", "diff.context=0", "diff.relative=true", "diff.interHunkContext=9",
		"core.quotePath=false", "core.fsmonitor=touch fsmonitor-ran #", "status.showUntrackedFiles=no", "diff.ignoreSubmodules=all", "color.ui=always", "diff.suppressBlankEmpty=true", "core.untrackedCache=true",
		"diff.wordRegex=.", "diff.algorithm=patience", "core.splitIndex=true", "diff.colorMoved=zebra", "diff.statNameWidth=3"} {
		key, value, _ := strings.Cut(c, "=")
		r.git("config", key, value)
	}
	t.Setenv("GIT_DIFF_OPTS", "-u0")
	t.Setenv("GIT_EXTERNAL_DIFF", "false")
	t.Setenv("GIT_LITERAL_PATHSPECS", "0")
	r.write("a.txt", "two\n"+long+"\n\nend\n")
	r.write("upper.up", "lower\n")
	r.write("blob.bin", binary[1:]+"more")
	r.write("sub dir/new\nline \"quoted\"\ttab.txt", "x")
	r.write("sub dir/trailing space ", "x\n")
	r.write("sub dir/\xff\xfe latin.txt", "caf\xe9\n")
	r.write("sub dir/ünïcode.txt", "ü\r\nno end")
	r.write("new.bin", binary)
	r.write("staged.go", "package staged\n")
	r.write("new empty", "")
	r.write("one line", "just one\n")
	r.write("ignored", "ignored\n")
	for _, n := range []int{1, 26, 27, 51, 52, 53, 104, 1000, 65535, 65536, 200000} {
		data := make([]byte, n)
		for i := range data {
			data[i] = byte(i*i*31 + n)
		}
		data[0] = 0
		r.write(fmt.Sprintf("bytes%d", n), string(data))
	}
	for _, err := range []error{os.Remove(filepath.Join(r.dir, "gone.txt")), os.Chmod(filepath.Join(r.dir, "mode.sh"), 0o755), os.Remove(filepath.Join(r.dir, "become")),
		os.Symlink("a.txt", filepath.Join(r.dir, "become")), os.Symlink("no/where", filepath.Join(r.dir, "dangling")), os.Chmod(filepath.Join(r.dir, "one line"), 0o755)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	r.git("add", "staged.go")
	r.git("rm", "-q", "--cached", "cached.txt")
	r.write("staged.go", "package staged // and changed\n")
	os.Remove(filepath.Join(r.dir, "fsmonitor-ran")) // by what this test did
	before := tree(t, filepath.Join(r.dir, ".git"), "")
	t.Setenv("GIT_DIR", "/nonexistent") // as in a hook of another repository
	s := r.look()
	os.Unsetenv("GIT_DIR")
	os.Unsetenv("GIT_EXTERNAL_DIFF")
	if after := tree(t, filepath.Join(r.dir, ".git"), ""); after != before {
		t.Errorf("the repository changed:\n%s\nwas\n%s", after, before)
	}
	if Exists(filepath.Join(r.dir, "fsmonitor-ran")) {
		t.Error("core.fsmonitor ran")
	}
	if s.Commit != base || s.Branch != "trunk" || !s.Dirty || s.why != "" || len(s.LeftOut) > 0 || s.Diff == "" {
		t.Errorf("%+v, %s", s.Checkout, s.why)
	}
	copied := filepath.Join(t.TempDir(), "copy")
	r.git("clone", "-q", "--no-local", r.dir, copied)
	patch := filepath.Join(t.TempDir(), "uncommitted.diff")
	if err := os.WriteFile(patch, s.diff, 0o644); err != nil {
		t.Fatal(err)
	}
	fresh := repo{t, copied}
	fresh.git("apply", "--whitespace=nowarn", patch)
	if err := os.WriteFile(filepath.Join(copied, "ignored"), []byte("ignored\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if got, want := tree(t, copied, ".git"), tree(t, r.dir, ".git"); got != want {
		t.Errorf("the patch gives\n%s\nwant\n%s\nby\n%s", got, want, s.diff)
	}
	if again := r.look(); again.Diff != s.Diff {
		t.Error("the same changes have another digest")
	}
}

// TestClean demands that what changes no code changes nothing: files of the journal's own, times, line endings, pointers of Git LFS.
func TestClean(t *testing.T) {
	r := newRepo(t)
	r.git("config", "filter.lfs.clean", "touch lfs-ran")
	r.git("config", "filter.lfs.required", "true")
	data := "a large file\n"
	pointer := fmt.Sprintf("version https://git-lfs.github.com/spec/v1\noid sha256:%x\nsize %d\n", sha256.Sum256([]byte(data)), len(data))
	r.write("large.bin", pointer)
	r.write("crlf.txt", "one\ntwo\n")
	r.write("go.mod", "module example.org/mine\n")
	r.write("many/a.go", "package many\n")
	r.write("state me/tracked", "1")
	r.commit()
	r.write(".gitattributes", "*.bin filter=lfs\n*.txt text eol=crlf\n")
	r.git("add", ".gitattributes")
	r.git("-c", "filter.lfs.clean=", "-c", "filter.lfs.required=false", "commit", "-q", "-m", "attributes")
	r.write("large.bin", data)
	r.write("crlf.txt", "one\r\ntwo\r\n")
	r.write("many/a.go", "package many\n") // touched
	r.write(".flowbook/journal/journal.db", "state")
	r.write("state me/tracked", "2")
	r.write("state me/[x]*/file", "state")
	r.write("runs.db", "SQLite format 3\x00"+strings.Repeat("\x00", 52)+"flbk and more")
	r.write("runs.db-wal", "wal")
	r.write("runs.db.schema4.20261128-120000", "a copy before a migration")
	r.write("runs.artifacts/ab/abcd", "artifact")
	r.write("runs.spool/x.1.1.spool", "spool")
	later := time.Now().Add(time.Hour)
	for _, name := range []string{"many/a.go", "go.mod", "large.bin", "crlf.txt"} {
		if err := os.Chtimes(filepath.Join(r.dir, name), later, later); err != nil {
			t.Fatal(err)
		}
	}
	os.Remove(filepath.Join(r.dir, "lfs-ran")) // by what this test did
	state := []string{filepath.Join(r.dir, ".flowbook"), filepath.Join(r.dir, "state me"), "/elsewhere"}
	if s := r.look(state...); s.Dirty || s.Diff != "" || len(s.LeftOut) > 0 || s.why != "" {
		t.Errorf("a clean repository: %+v %s\n%s", s.Checkout, s.why, s.diff)
	}
	r.write("large.bin", "another large file\n")
	if s := r.look(state...); !s.Dirty || !strings.Contains(string(s.diff), "another large file") {
		t.Errorf("a changed file of Git LFS: %+v\n%s", s.Checkout, s.diff)
	}
	if Exists(filepath.Join(r.dir, "lfs-ran")) {
		t.Error("the filter of Git LFS ran")
	}
}

// TestLarge has files that are too large to keep, and many: quick, little memory, and all the same a change.
func TestLarge(t *testing.T) {
	r := newRepo(t)
	r.write("tracked.bin", "small")
	r.commit()
	for _, name := range []string{"d.bin", "tracked.bin"} {
		r.write(name, "")
		if err := os.Truncate(filepath.Join(r.dir, name), 8<<30); err != nil {
			t.Skip("no sparse files:", err)
		}
	}
	for i := range 300 {
		r.write(fmt.Sprintf("data/%03d.csv", i), strings.Repeat("0,1\n", 16<<10))
	}
	r.write("main.go", "package main\n")
	start := time.Now()
	s := r.look()
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
	if !s.Dirty || len(s.diff) > 2*maxNew || !strings.Contains(string(s.diff), "+package main") || len(s.LeftOut) != maxNamed || s.More < 100 {
		t.Errorf("dirty %v, %d bytes, %d left out and %d more", s.Dirty, len(s.diff), len(s.LeftOut), s.More)
	}
	named := map[string]LeftOut{}
	for _, l := range s.LeftOut {
		named[l.Path] = l
	}
	for _, name := range []string{"d.bin", "tracked.bin"} {
		if l := named[name]; l.Size != 8<<30 || !strings.Contains(l.Why, "larger") {
			t.Errorf("%s: %+v", name, l)
		}
	}
}

// TestSecrets leaves out files that are likely to be secrets, and masks what is like one in others.
func TestSecrets(t *testing.T) {
	r := newRepo(t)
	r.write("main.go", "package main\n")
	r.write("config.yaml", "lr: 1\n")
	r.write("prod.env", "OLD=1\n")
	r.commit()
	token := "ghp_" + strings.Repeat("a1B2", 9)
	r.write(".env", "API_KEY=topsecret1\n")
	r.write("prod.env", "NEW=topsecret2\n")
	r.write("main.go", "package main\n\nconst apiKey = \"topsecret3\"\n// "+token+"\n")
	r.write("config.yaml", "lr: 2\npassword: topsecret4\nurl: postgres://me:topsecret5@host/db\n")
	r.write("id.txt", "-----BEGIN "+"OPENSSH PRIVATE KEY-----\ntopsecret6\n-----END "+"OPENSSH PRIVATE KEY-----\n")
	r.write("new.bin", "\x00\x01"+token)
	s := r.look()
	all := string(s.diff) + fmt.Sprint(s.LeftOut)
	if strings.Contains(all, "topsecret") || strings.Contains(all, token) || !strings.Contains(all, "+lr: 2") || !strings.Contains(all, `+const apiKey = "[masked]"`) {
		t.Errorf("the changes kept:\n%s\n%v", s.diff, s.LeftOut)
	}
	for _, name := range []string{".env", "prod.env", "id.txt", "new.bin", "main.go", "config.yaml"} {
		if !strings.Contains(fmt.Sprint(s.LeftOut), "{"+name) {
			t.Errorf("nothing is said of %s: %v", name, s.LeftOut)
		}
	}
}

// TestSubmodule notices an edit in a submodule and a commit in it.
func TestSubmodule(t *testing.T) {
	dep := newRepo(t)
	dep.write("dep.go", "package dep\n")
	first := dep.commit()
	r := repo{t, t.TempDir()}
	r.git("init", "-q", "-b", "trunk")
	r.git("submodule", "--quiet", "add", dep.dir, "lib/dep")
	r.commit()
	if s := r.look(); s.Dirty || len(s.Submodules) > 0 {
		t.Errorf("a clean submodule: %+v", s.Checkout)
	}
	r.write("lib/dep/dep.go", "package dep // edited\n")
	r.write("lib/dep/new.go", "package dep // new\n")
	s := r.look()
	if !s.Dirty || len(s.Submodules) != 1 || s.Submodules[0].Path != "lib/dep" || s.Submodules[0].Commit != first || !s.Submodules[0].Dirty {
		t.Fatalf("an edited submodule: %+v", s.Checkout)
	}
	files := s.files("uncommitted")
	if len(files) != 1 || files[0].Name != "uncommitted.lib-dep.diff" || !strings.Contains(string(files[0].Data), "+package dep // edited") || !strings.Contains(string(files[0].Data), "+package dep // new") {
		t.Errorf("kept: %q", files)
	}
	sub := repo{t, filepath.Join(r.dir, "lib/dep")}
	second := sub.commit()
	if s := r.look(); !s.Dirty || len(s.Submodules) != 1 || s.Submodules[0].Commit != second || !strings.Contains(string(s.diff), "+Subproject commit "+second) {
		t.Errorf("another commit in a submodule: %+v\n%s", s.Checkout, s.diff)
	}
}

// TestOverlooked has files that git was told to overlook: an edit of one is a change, and its patch is kept. What a sparse checkout leaves
// out is none.
func TestOverlooked(t *testing.T) {
	r := newRepo(t)
	for _, name := range []string{"assumed ü.txt", "skipped.txt", "gone.txt", "same.txt", "here/a.txt", "sparse/b.txt"} {
		r.write(name, "one\n")
	}
	r.commit()
	r.git("update-index", "--assume-unchanged", "assumed ü.txt", "gone.txt", "same.txt")
	r.git("update-index", "--skip-worktree", "skipped.txt")
	if s := r.look(); s.Dirty || s.why != "" {
		t.Errorf("unchanged files that are overlooked: %+v %s", s.Checkout, s.why)
	}
	r.write("assumed ü.txt", "two\n")
	r.write("skipped.txt", "three\n")
	if err := os.Remove(filepath.Join(r.dir, "gone.txt")); err != nil {
		t.Fatal(err)
	}
	before := tree(t, filepath.Join(r.dir, ".git"), "")
	s := r.look()
	if !s.Dirty || s.why != "" || strings.Count(string(s.diff), "diff --git") != 3 || !strings.Contains(string(s.diff), "+two") ||
		!strings.Contains(string(s.diff), "+three") || !strings.Contains(string(s.diff), "deleted file mode") {
		t.Errorf("%+v %s\n%s", s.Checkout, s.why, s.diff)
	}
	if tree(t, filepath.Join(r.dir, ".git"), "") != before {
		t.Error("the repository changed")
	}
	sparse := repo{t, filepath.Join(t.TempDir(), "sparse")}
	r.git("clone", "-q", r.dir, sparse.dir)
	sparse.git("sparse-checkout", "set", "here")
	if Exists(filepath.Join(sparse.dir, "sparse", "b.txt")) {
		t.Skip("git has no sparse checkouts")
	}
	if s := sparse.look(); s.Dirty || s.why != "" {
		t.Errorf("a sparse checkout: %+v %s\n%s", s.Checkout, s.why, s.diff)
	}
}

// TestTrustedTimes edits a file without changing its size and its time of modification, in a repository that is told to look at no more.
func TestTrustedTimes(t *testing.T) {
	r := newRepo(t)
	r.write("a.txt", "one\n")
	r.commit()
	r.git("config", "core.trustctime", "false")
	r.git("config", "core.checkStat", "minimal")
	file, then := filepath.Join(r.dir, "a.txt"), time.Now().Add(-time.Hour)
	if err := os.Chtimes(file, then, then); err != nil {
		t.Fatal(err)
	}
	r.git("update-index", "--refresh")
	time.Sleep(1100 * time.Millisecond) // git looks at whole seconds of when a file was last touched
	r.write("a.txt", "two\n")
	if err := os.Chtimes(file, then, then); err != nil {
		t.Fatal(err)
	}
	if s := r.look(); !s.Dirty || !strings.Contains(string(s.diff), "+two") {
		t.Errorf("%+v %s\n%s", s.Checkout, s.why, s.diff)
	}
}

// TestWhere looks at repositories of every kind, and at none.
func TestWhere(t *testing.T) {
	r := newRepo(t)
	r.write("a.go", "package a\n")
	if s := r.look(); s.Commit != "" || !strings.Contains(s.why, "none yet") {
		t.Errorf("no commit yet: %+v %s", s.Checkout, s.why)
	}
	commit := r.commit()
	r.git("worktree", "add", "-q", filepath.Join(r.dir, "tree"), "-b", "other")
	if s := (repo{t, filepath.Join(r.dir, "tree")}).look(); s.Commit != commit || s.Branch != "other" || s.Dirty {
		t.Errorf("a worktree: %+v %s", s.Checkout, s.why)
	}
	s := r.look() // the worktree is a repository of its own, and new
	if len(s.LeftOut) != 1 || !strings.Contains(s.LeftOut[0].Why, "repository of its own") {
		t.Errorf("a worktree in a repository: %+v", s.Checkout)
	}
	r.git("worktree", "remove", "--force", filepath.Join(r.dir, "tree"))
	r.git("checkout", "-q", "--detach")
	if s := r.look(); s.Commit != commit || s.Branch != "" || s.Dirty {
		t.Errorf("a detached commit: %+v", s.Checkout)
	}
	bare := filepath.Join(t.TempDir(), "bare")
	r.git("clone", "-q", "--bare", r.dir, bare)
	if s := (repo{t, bare}).look(); s.Commit != "" || !strings.Contains(s.why, "without a working copy") {
		t.Errorf("a bare repository: %+v %s", s.Checkout, s.why)
	}
	shallow := filepath.Join(t.TempDir(), "shallow")
	r.git("clone", "-q", "--depth=1", "file://"+r.dir, shallow)
	if s := (repo{t, shallow}).look(); s.Commit != commit || s.Dirty {
		t.Errorf("a shallow clone: %+v %s", s.Checkout, s.why)
	}
	if s := (repo{t, filepath.Join(r.dir, ".git")}).look(); s.Commit != "" || s.why == "" {
		t.Errorf("in a .git folder: %+v %s", s.Checkout, s.why)
	}
	plain := t.TempDir()
	if s := (repo{t, plain}).look(); s.Commit != "" || s.why != "no git commit at "+plain {
		t.Errorf("no repository: %+v %q", s.Checkout, s.why)
	}
	odd := filepath.Join(t.TempDir(), "new\nline and space")
	r.git("clone", "-q", r.dir, odd)
	if s := (repo{t, odd}).look(); s.Commit != commit || s.top != odd {
		t.Errorf("a folder of an odd name: %q %s", s.top, s.why)
	}
	repo{t, plain}.write(".git", "gitdir: /no/where\n")
	if s := (repo{t, plain}).look(); s.Commit != "" || !strings.HasSuffix(s.why, "is known: not a git repository: /no/where") {
		t.Errorf("a file .git that leads nowhere: %+v %q", s.Checkout, s.why)
	}
	t.Setenv("PATH", t.TempDir())
	if s := r.look(); s.Commit != "" || !strings.Contains(s.why, "git is not installed") {
		t.Errorf("no git: %+v %s", s.Checkout, s.why)
	}
}

// TestSlow has a git that does not answer: what is not known is said in time.
func TestSlow(t *testing.T) {
	r := newRepo(t)
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "git"), []byte("#!/bin/sh\nsleep 60\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	start := time.Now()
	s := look(ctx, r.dir, nil)
	if s.Commit != "" || !strings.Contains(s.why, "too long") || time.Since(start) > 10*time.Second {
		t.Errorf("%+v %s after %v", s.Checkout, s.why, time.Since(start))
	}
}
