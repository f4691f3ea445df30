package export

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"flowbook/journal"
)

// TestCompareCode has on the page of two runs how their code differs, escaped, and what of it is not known.
func TestCompareCode(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("no git command")
	}
	ctx := context.Background()
	t.Chdir(t.TempDir())
	git := func(args ...string) string {
		t.Helper()
		out, err := exec.Command("git", append([]string{"-c", "user.name=x", "-c", "user.email=x@example.org"}, args...)...).CombinedOutput()
		if err != nil {
			t.Fatalf("git %q: %v, %s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	git("init", "-q")
	j := open(t)
	var ids []string
	for i, text := range []string{"package a\n\nconst rate = 1 // <b>\n", "package a\n\nconst rate = 2 // <b>\n"} {
		must(t, os.WriteFile("rate.go", []byte(text), 0o644))
		git("add", ".")
		git("commit", "-qm", "x")
		r := &journal.Record{ID: []string{"0000000000", "0000000001"}[i], Experiment: "x", Status: journal.Finished, Started: time.UnixMicro(1)}
		r.Code.Commit = git("rev-parse", "HEAD")
		must(t, j.Import(ctx, r, nil, nil))
		ids = append(ids, r.ID)
	}
	compared := func() string {
		t.Helper()
		var b bytes.Buffer
		must(t, Compare(ctx, j, &b, Options{}, ids...))
		return b.String()
	}
	page := compared()
	for _, want := range []string{"<summary>rate.go</summary>", `<span class="del">-const rate = 1 // &lt;b&gt;`, `<span class="add">&#43;const rate = 2 // &lt;b&gt;`, `<span class="at">@@`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	t.Chdir(t.TempDir()) // where nobody knows the commits
	if page := compared(); !strings.Contains(page, "<li>Not known: ") || strings.Contains(page, "<summary>rate.go") {
		t.Error("the page does not say that the difference is not known")
	}
	ids = append(ids, ids[0])
	if page := compared(); strings.Contains(page, "<h2>Code</h2>") {
		t.Error("of three runs there is a difference of two")
	}
}

// TestReadDiff takes diffs apart: of files with spaces, of binary ones, without a head.
func TestReadDiff(t *testing.T) {
	files := readDiff("diff --git a/a b.go b/a b.go\nindex 1..2 100644\n--- a/a b.go\n+++ b/a b.go\n@@ -1 +1 @@\n-x\n+y\n z\ndiff --git a/p.png b/p.png\nBinary files a/p.png and b/p.png differ\n")
	if len(files) != 2 || files[0].Name != "a b.go" || len(files[0].Lines) != 7 || files[1].Name != "p.png" || len(files[1].Lines) != 1 {
		t.Errorf("%+v", files)
	}
	if files := readDiff(""); files != nil {
		t.Errorf("nothing is %+v", files)
	}
}
