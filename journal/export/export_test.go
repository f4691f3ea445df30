package export

import (
	"bytes"
	"context"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"flowbook/journal"
)

var fixedNow = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

func render(t testing.TB, j *journal.Journal, o Options) string {
	t.Helper()
	var b bytes.Buffer
	o.Location, o.Now = time.UTC, fixedNow
	must(t, HTML(context.Background(), j, &b, o))
	return b.String()
}

// TestExportPage holds what the page says and that it asks for nothing outside.
func TestExportPage(t *testing.T) {
	j := demo(t)
	page := render(t, j, Options{Title: "Debugging <journal>"})
	if to := os.Getenv("FLOWBOOK_TEST_PAGE"); to != "" { // to look at it
		must(t, os.WriteFile(to, []byte(page), 0o644))
	}
	for _, want := range []string{
		"<h1>Debugging &lt;journal&gt;</h1>", "3 entries, 3 runs", "<math", "<mfrac>", `alt="samples of the fixed model"`,
		"&lt;script&gt;alert(1)&lt;/script&gt;", "&lt;script&gt;alert(&quot;entry&quot;)", "moons &lt;b&gt;x&lt;/b&gt;", "&lt;script&gt;alert(&#39;config&#39;)",
		"<del>0.005</del>", "<ins>0.1</ins>", "40 not finite", "Runs without an entry", "data:image/png;base64,", "data:image/svg&#43;xml;base64,",
		"step 600  bits/dim", "first in coupling 7", "sha256", "23", "November 2026",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if n := strings.Count(page, "<script"); n != 1 {
		t.Errorf("%d script elements, want the page's own alone", n)
	}
	for _, outside := range regexp.MustCompile(`(?i)(src|srcset|href|url\()=?\s*["'(]?\s*(https?:)?//[^"' ]*`).FindAllString(page, -1) {
		if !strings.Contains(outside, "href=\"https://example.org/") { // a link to click on
			t.Errorf("the page asks for %s", outside)
		}
	}
	newest, oldest := strings.Index(page, "The sign of the log-determinant"), strings.Index(page, "The flow begins as the identity")
	if newest < 0 || oldest < newest {
		t.Error("entries are not newest first")
	}
	if again := render(t, j, Options{Title: "Debugging <journal>"}); again != page {
		t.Error("a second export of the same journal differs")
	}
}

// TestExportChoice exports some of the runs, with the entries that link to them.
func TestExportChoice(t *testing.T) {
	page := render(t, demo(t), Options{Query: journal.Query{Where: "status=finished and experiment=mnist"}})
	if !strings.Contains(page, "1 entry, 1 run") || strings.Contains(page, "<h2>Bits per dimension explode") {
		t.Errorf("the page of one run has %s", regexp.MustCompile(`\d+ entr\w+, \d+ runs?`).FindString(page))
	}
}

// TestExportEmpty exports a journal without anything.
func TestExportEmpty(t *testing.T) {
	if page := render(t, open(t), Options{}); !strings.Contains(page, "Nothing is written here yet") {
		t.Error("an empty journal does not say so")
	}
}

// TestExportRun writes one run as on the page.
func TestExportRun(t *testing.T) {
	ctx := context.Background()
	j := demo(t)
	runs, err := j.Runs(ctx, journal.Query{Where: "config.Momentum=0.1"})
	must(t, err)
	var b bytes.Buffer
	must(t, Run(ctx, j, &b, runs[0].ID, Options{FigureURL: func(a journal.Artifact) string { return "/figure/" + a.Digest }}))
	got := strings.TrimSpace(b.String())
	if !strings.HasPrefix(got, `<article class="run finished" id="run-`+runs[0].ID) || !strings.HasSuffix(got, "</article>") ||
		!strings.Contains(got, `src="/figure/`) || !strings.Contains(got, "<ins>0.1</ins>") {
		t.Errorf("the run is\n%s", got)
	}
}

// TestExportCompare puts two runs side by side.
func TestExportCompare(t *testing.T) {
	ctx := context.Background()
	j := demo(t)
	runs, err := j.Runs(ctx, journal.Query{Experiment: "mnist", Sort: "started"})
	must(t, err)
	var b bytes.Buffer
	must(t, Compare(ctx, j, &b, Options{Location: time.UTC, Now: fixedNow}, runs[0].ID, runs[1].ID))
	page := b.String()
	if to := os.Getenv("FLOWBOOK_TEST_PAGE"); to != "" {
		must(t, os.WriteFile(to+".compare.html", b.Bytes(), 0o644))
	}
	for _, want := range []string{"<h1>Comparison</h1>", "Momentum", "<code>0.1</code>", "train_bpd", "2 runs", "no figure", "samples, step 600 of"} {
		if !strings.Contains(page, want) {
			t.Errorf("the comparison lacks %q", want)
		}
	}
}
