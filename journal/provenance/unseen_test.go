package provenance

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// stampedAt is the code of a checkout, with a binary that go build stamps as built of its commit without changes.
func stampedAt(s seen, digest string) Code {
	return Code{Checkout: s.Checkout, Why: s.why, Binary: &Binary{Digest: digest, Path: "example.org/p", Revision: s.Commit, Folder: "/" + digest, Settings: map[string]string{}}}
}

func (r repo) link(to, name string) {
	r.t.Helper()
	if err := os.Symlink(to, filepath.Join(r.dir, name)); err != nil {
		r.t.Skip("no symbolic links:", err)
	}
}

// TestUnseen builds one commit in two folders that git calls clean. What a build takes and git does not report is seen; where nothing of
// it differs, the code is called rebuilt.
func TestUnseen(t *testing.T) {
	outside := t.TempDir()
	for _, c := range []struct {
		name   string
		before func(r repo)
		first  func(r repo) // in one clone
		then   func(r repo) // in the other
		want   string       // what the comparison names
	}{
		{"nothing", nil, nil, nil, ""},
		{"the same ignored source", nil, func(r repo) { r.write("gen/a.go", "package gen\n") }, func(r repo) { r.write("gen/a.go", "package gen\n") }, ""},
		{"ignored source", nil, func(r repo) { r.write("x.gen.go", "package p // 1\n") }, func(r repo) { r.write("x.gen.go", "package p // 2\n") }, "x.gen.go, which git does not report (git ignores it)"},
		{"ignored source of one", nil, nil, func(r repo) { r.write("x.gen.go", "package p // 2\n") }, "x.gen.go"},
		{"an ignored folder", nil, func(r repo) { r.write("gen/deep/a.go", "package gen // 1\n") }, func(r repo) { r.write("gen/deep/a.go", "package gen // 2\n") }, "gen/deep/a.go"},
		{"all files of a folder ignored", nil, func(r repo) { r.write("new/a.gen.go", "package gen // 1\n") }, func(r repo) { r.write("new/a.gen.go", "package gen // 2\n") }, "new/a.gen.go"},
		{"a name with a newline", nil, func(r repo) { r.write("gen/a\nb.go", "package gen // 1\n") }, func(r repo) { r.write("gen/a\nb.go", "package gen // 2\n") }, "gen/a\nb.go"},
		{"ignored C beside Go", nil, func(r repo) { r.write("fast.gen.c", "1") }, func(r repo) { r.write("fast.gen.c", "2") }, "fast.gen.c"},
		{"no source", nil, func(r repo) { r.write("gen/a.txt", "1") }, func(r repo) {
			r.write("gen/a.txt", "2")
			r.write("gen/node_modules/a.go", "package a")
			r.write("gen/c/a.c", "1")
		}, ""},
		{"an embedded folder", func(r repo) { r.write("embed.go", "package p\n\n//go:embed all:gen \"other.txt\"\nvar f embed.FS\n") },
			func(r repo) { r.write("gen/app.js", "1") }, func(r repo) { r.write("gen/app.js", "2") }, "gen, which git does not report (git ignores it, and it is embedded)"},
		{"an embedded file", func(r repo) { r.write("lib/embed.go", "package lib\n\n//go:embed data/*.gen.bin\nvar f embed.FS\n") },
			func(r repo) { r.write("lib/data/w.gen.bin", "1") }, func(r repo) { r.write("lib/data/w.gen.bin", "2") }, "lib/data, which git does not report"},
		{"what is not embedded", func(r repo) { r.write("embed.go", "package p\n\n//go:embed main.go\nvar f string\n") },
			func(r repo) { r.write("gen/app.js", "1") }, func(r repo) { r.write("gen/app.js", "2") }, ""},
		{"a link out of the tree", func(r repo) { r.link(filepath.Join(outside, "shared.go"), "shared.go") },
			func(r repo) { repo{t, outside}.write("shared.go", "package p // 1\n") }, func(r repo) { repo{t, outside}.write("shared.go", "package p // 2\n") }, "shared.go, which git does not report (a link leads to it, out of the working copy)"},
		{"a link to a folder out of the tree", func(r repo) { r.link(filepath.Join(outside, "pkg"), "pkg") },
			func(r repo) { repo{t, outside}.write("pkg/a.go", "package p // 1\n") }, func(r repo) { repo{t, outside}.write("pkg/a.go", "package p // 2\n") }, "pkg/a.go"},
		{"a link inside", func(r repo) { r.link("main.go", "other.go") }, nil, nil, ""},
		{"a folder left out by a sparse checkout", nil, nil, func(r repo) { r.git("sparse-checkout", "set", "lib") }, ""},
		{"a file of a package left out by one", func(r repo) { r.write("lib/fast.go", "package lib\n") }, nil,
			func(r repo) { r.git("sparse-checkout", "set", "--no-cone", "/*", "!/lib/fast.go") }, "a sparse checkout leaves out 1 file that a build takes"},
		{"an embedded folder left out by one", func(r repo) {
			r.write("embed.go", "package p\n\n//go:embed part\nvar f embed.FS\n")
			r.write("part/deep/data.txt", "1")
		}, nil, func(r repo) { r.git("sparse-checkout", "set", "lib") }, "a sparse checkout leaves out 2 files that a build takes"},
		{"pointers of Git LFS", func(r repo) {
			r.write("large.bin", fmt.Sprintf("%sv1\noid sha256:%x\nsize 6\n", pointerStart, sha256.Sum256([]byte("large\n"))))
			r.git("add", "large.bin")
			r.write(".gitattributes", "*.bin filter=lfs\n")
		}, nil, func(r repo) {
			r.git("config", "filter.lfs.smudge", "echo large")
			r.git("config", "filter.lfs.clean", "git cat-file blob HEAD:large.bin")
			os.Remove(filepath.Join(r.dir, "large.bin"))
			r.git("checkout", "large.bin")
		}, "1 file of Git LFS are pointers here"},
		{"a filter", func(r repo) {
			r.write(".gitattributes", "key.go filter=key\n")
			r.write("key.go", "package p // KEY\n")
		}, nil, func(r repo) {
			r.git("config", "filter.key.smudge", "sed s/KEY/42/")
			r.git("config", "filter.key.clean", "sed s/42/KEY/")
			os.Remove(filepath.Join(r.dir, "key.go"))
			r.git("checkout", "key.go")
		}, "key.go, which git does not report (a filter makes it)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRepo(t)
			r.write(".gitignore", "*.gen.*\n/gen/\n")
			r.write("main.go", "package p\n")
			r.write("lib/lib.go", "package lib\n")
			r.write("part/part.go", "package part\n")
			if c.before != nil {
				c.before(r)
			}
			r.commit()
			var codes []Code
			for i, change := range []func(r repo){c.first, c.then} {
				clone := repo{t, filepath.Join(t.TempDir(), "clone")}
				r.git("clone", "-q", r.dir, clone.dir)
				if change != nil {
					change(clone)
				}
				if status := clone.git("status", "--porcelain"); status != "" {
					t.Fatalf("git reports %s", status)
				}
				s := clone.look()
				if s.Dirty || s.Diff != "" || len(s.LeftOut) > 0 {
					t.Errorf("what git does not report is no change: %+v", s.Checkout)
				}
				codes = append(codes, stampedAt(s, fmt.Sprint(i)))
			}
			got, why := codes[0].Compare(codes[1])
			if wanted := map[bool]Likeness{true: Rebuilt, false: Different}[c.want == ""]; got != wanted || !strings.Contains(why, c.want) {
				t.Errorf("%s: %s; want %s, %s", got, why, wanted, c.want)
			}
		})
	}
}

// TestSubmoduleSeen builds one commit where a submodule is checked out and where it is not, and where git ignores source in it.
func TestSubmoduleSeen(t *testing.T) {
	dep := newRepo(t)
	dep.write("dep.go", "package dep\n")
	dep.write(".gitignore", "gen.go\n")
	dep.commit()
	r := repo{t, t.TempDir()}
	r.git("init", "-q", "-b", "trunk")
	r.git("submodule", "--quiet", "add", dep.dir, "lib/dep")
	r.commit()
	with := r.look()
	r.write("lib/dep/gen.go", "package dep\n")
	ignored := r.look()
	clone := repo{t, filepath.Join(t.TempDir(), "clone")}
	r.git("clone", "-q", r.dir, clone.dir)
	without := clone.look()
	for _, s := range []seen{with, ignored, without} {
		if s.Dirty {
			t.Errorf("no change: %+v", s.Checkout)
		}
		if why := stampedAt(s, "1").Whole(); why != "" {
			t.Errorf("it is whole: %s", why)
		}
	}
	if got, why := stampedAt(with, "1").Compare(stampedAt(without, "2")); got != Different || why != "a submodule" {
		t.Errorf("one without the submodule: %s, %s", got, why)
	}
	if got, why := stampedAt(with, "1").Compare(stampedAt(ignored, "2")); got != Different || !strings.Contains(why, "lib/dep/gen.go") {
		t.Errorf("one with ignored source in the submodule: %s, %s", got, why)
	}
}

// TestUnexplained has two builds of one commit without changes, which the folder does not explain, or of which not all is known.
func TestUnexplained(t *testing.T) {
	at := func(change func(c *Code)) Code {
		c := stampedAt(seen{Checkout: Checkout{Commit: "c"}}, "2")
		change(&c)
		return c
	}
	first := stampedAt(seen{Checkout: Checkout{Commit: "c"}}, "1")
	trimmed := func(c *Code) { c.Binary.Settings = map[string]string{"-trimpath": "true"} }
	for _, c := range []struct {
		a, b Code
		want Likeness
		why  string
	}{
		{first, at(func(c *Code) {}), Rebuilt, "of the same commit c"},
		{first, at(func(c *Code) { c.Branch = "other" }), Rebuilt, ""},
		{first, at(func(c *Code) { c.Binary.Folder = first.Binary.Folder }), NotKnown, "built in the same folder the same code would be the same binary"},
		{first, at(func(c *Code) { c.Binary.Folder = "" }), NotKnown, "in which folder one was built is not known"},
		{at(func(c *Code) { trimmed(c); c.Binary.Digest = "3" }), at(trimmed), NotKnown, "with -trimpath the same code would be the same binary"},
		{first, at(func(c *Code) { c.Locals = []Local{{Module: "m", Source: "1"}} }), NotKnown, "the local module m is recorded of one alone"},
		{first, at(func(c *Code) { c.Dirty = true }), NotKnown, "another build"},
		{first, at(func(c *Code) { c.Why = "git took too long" }), NotKnown, "git took too long"},
		{at(func(c *Code) {
			c.Unseen = []Unseen{{"a.go", "it cannot be read", ""}}
			c.Binary.Digest, c.Binary.Folder = "3", "/3"
		}),
			at(func(c *Code) { c.Unseen = []Unseen{{"a.go", "it cannot be read", ""}} }), NotKnown, "of a.go it is not known: it cannot be read"},
		{at(func(c *Code) {
			c.Locals = []Local{{Module: "m", Checkout: Checkout{Branch: "x"}}}
			c.Binary.Digest, c.Binary.Folder = "3", "/3"
		}),
			at(func(c *Code) { c.Locals = []Local{{Module: "m", Checkout: Checkout{Branch: "y"}}} }), Rebuilt, ""},
		{at(func(c *Code) { c.Modules = []Module{{"m", "v1", "n v1"}} }), at(func(c *Code) { c.Binary.Digest = "4"; c.Modules = []Module{{"m", "v1", "n v2"}} }), Different, `module m is replaced by "n v1", now "n v2"`},
	} {
		if got, why := c.a.Compare(c.b); got != c.want || !strings.Contains(why, c.why) {
			t.Errorf("%s, %q; want %s, %q", got, why, c.want, c.why)
		}
	}
}

// TestManyIgnored has more ignored source than is named, and more files than are looked at.
func TestManyIgnored(t *testing.T) {
	r := newRepo(t)
	r.write(".gitignore", "gen/\n")
	r.commit()
	for i := range 150 {
		r.write(fmt.Sprintf("gen/%03d.go", i), "package gen\n")
	}
	first := r.look()
	r.write("gen/149.go", "package gen // changed\n")
	second := r.look()
	if len(first.Unseen) != maxNamed+1 || first.Unseen[maxNamed].Why != "50 more" || unseenDiff(first.Unseen, second.Unseen).Why != "50 more" {
		t.Errorf("%d are named, the last %+v", len(first.Unseen), first.Unseen[len(first.Unseen)-1])
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	l := &looker{ctx: ctx, top: r.dir, left: &left{}}
	walked := 0
	if all := l.sourceBelow("gen", filepath.Join(r.dir, "gen"), "git ignores it", &walked); len(all) != 1 || !unknown(all[0]) {
		t.Errorf("a search without time is not known: %+v", all)
	}
}
