package export

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"flowbook/journal"
)

// sight is what testdata/look.py reports of a page.
type sight struct {
	Scheme                  string
	Said, Asked             []string // console errors; requests
	Curves, Maths, Pictures int
	Broken                  []string
	Wide                    int // pixels by which the page is wider than the window
	Axe                     *[]string
	Sorted                  bool
	Enlarged                float64
	PhoneWide               int `json:"phone_wide"`
	PrintWide               int `json:"print_wide"`
	Explored                struct {
		Hover         string
		Smooth        int
		Axis, Off, On bool
	}
}

// look opens a page in Chromium.
func look(t *testing.T, page, shots string) []sight {
	t.Helper()
	python, chromium := os.Getenv("FLOWBOOK_TEST_PYTHON"), os.Getenv("FLOWBOOK_TEST_CHROMIUM")
	var errOut bytes.Buffer
	cmd := exec.Command(python, "testdata/look.py", page, "--shots", shots, "--chromium", chromium)
	cmd.Stderr = &errOut
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("look.py: %v\n%s", err, errOut.String())
	}
	var sights []sight
	must(t, json.Unmarshal(out, &sights))
	return sights
}

// TestExportBrowser looks at both pages in real Chromium, light and dark, with and without script, on a screen and a phone.
func TestExportBrowser(t *testing.T) {
	if os.Getenv("FLOWBOOK_TEST_PYTHON") == "" || os.Getenv("FLOWBOOK_TEST_CHROMIUM") == "" {
		t.Skip("FLOWBOOK_TEST_PYTHON or FLOWBOOK_TEST_CHROMIUM is not set, as make test does: the page is not looked at in Chromium")
	}
	dir := t.TempDir()
	shots := os.Getenv("FLOWBOOK_TEST_SHOTS") // to look at them
	if shots == "" {
		shots = filepath.Join(dir, "shots")
	}
	page := filepath.Join(dir, "journal.html")
	must(t, os.WriteFile(page, []byte(render(t, demo(t), Options{Title: "Debugging journal"})), 0o644))
	for _, s := range look(t, page, shots) {
		s.check(t)
		if s.Scheme == "light-no-script" {
			continue
		}
		// Three metrics of each of two runs, and the parent's three under the second.
		if s.Curves < 9 || s.Maths < 5 || s.Pictures < 7 {
			t.Errorf("%s: the reader sees %+v", s.Scheme, s)
		}
		if s.Scheme == "light" && !s.Sorted {
			t.Error("the table of runs is not sorted by a click")
		}
	}
	page = filepath.Join(dir, "compare.html")
	runs, err := demo(t).Runs(context.Background(), journal.Query{Experiment: "mnist", Sort: "started"})
	must(t, err)
	var b bytes.Buffer
	must(t, Compare(context.Background(), demo(t), &b, Options{}, runs[0].ID, runs[1].ID))
	must(t, os.WriteFile(page, b.Bytes(), 0o644))
	for _, s := range look(t, page, filepath.Join(shots, "compare")) {
		s.check(t)
		if s.Scheme != "light-no-script" && (s.Curves < 6 || s.Pictures < 3) {
			t.Errorf("%s: the reader of the comparison sees %+v", s.Scheme, s)
		}
	}
}

// check holds what is to hold of any page.
func (s sight) check(t *testing.T) {
	t.Helper()
	if len(s.Said)+len(s.Asked)+len(s.Broken) > 0 || s.Wide > 0 {
		t.Errorf("%s: the console says %q, the page asks for %q, broken are %q, it is %d pixels too wide", s.Scheme, s.Said, s.Asked, s.Broken, s.Wide)
	}
	if s.Scheme == "light-no-script" {
		return
	}
	if s.Axe == nil {
		t.Logf("axe-playwright-python is not installed: accessibility is not checked")
	} else if len(*s.Axe) > 0 {
		t.Errorf("%s: axe finds %q", s.Scheme, *s.Axe)
	}
	if e := s.Explored; s.Scheme == "light" && (!strings.Contains(e.Hover, "step ") || !strings.Contains(e.Hover, ": ") || e.Smooth < 2 || !e.Axis || !e.Off || !e.On) {
		t.Errorf("looking into a curve gives %+v", e)
	}
	if s.Scheme == "light" && (s.Enlarged < 800 || s.PhoneWide > 0 || s.PrintWide > 0) {
		t.Errorf("enlarging, the phone's page or the printed one fails: %+v", s)
	}
}
