package experiment

import (
	"context"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"flowbook/journal"
	"flowbook/realnvp/bugs"
	"flowbook/realnvp/doctor"
)

// TestEveryBugHasItsPage: each bug of package bugs has a page of the diary, an experiment, and a trial whose doctor makes
// the very check that the tests of package bugs prove to catch it.
func TestEveryBugHasItsPage(t *testing.T) {
	registered := journal.Experiments()
	for _, b := range bugs.All() {
		page, ok := PageOf(b.Name)
		if !ok || strings.TrimSpace(page.Text) == "" {
			t.Errorf("%s has no page in the diary", b.Name)
		}
		if !slices.Contains(registered, BugExperiment(b.Name)) {
			t.Errorf("no experiment is registered as %s", BugExperiment(b.Name))
		}
		if c := BugTrial(b); !c.On || c.Bug != b.Name || !slices.Contains(c.Checks, b.Check) {
			t.Errorf("%s: the trial has bug %q on=%v and checks %q; want the bug on, and %q", b.Name, c.Bug, c.On, c.Checks, b.Check)
		}
	}
	if len(Diary) != len(bugs.All()) {
		t.Errorf("%d pages for %d bugs", len(Diary), len(bugs.All()))
	}
	if !slices.IsSortedFunc(Diary, func(a, b Page) int { return strings.Compare(b.Date, a.Date) }) {
		t.Error("the diary is not newest first")
	}
	for _, p := range Diary {
		if p.When().Year() != 2022 {
			t.Errorf("%s is dated %q", p.Bug, p.Date)
		}
	}
}

// TestTheNotebookHasEveryBug reads the names out of notebook 06.
func TestTheNotebookHasEveryBug(t *testing.T) {
	text, err := os.ReadFile("../06-debugging-journal.ipynb")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, m := range regexp.MustCompile(`\\"([a-z]+(?:-[a-z]+)+)\\"`).FindAllStringSubmatch(string(text), -1) {
		if _, ok := PageOf(m[1]); ok && !slices.Contains(found, m[1]) {
			found = append(found, m[1])
		}
	}
	var pages []string
	for _, p := range Diary {
		pages = append(pages, p.Bug)
	}
	if !slices.Equal(found, pages) {
		t.Errorf("the notebook has\n%q\nin this order, the diary\n%q", found, pages)
	}
}

// TestPairIsRecordedWrittenAndReplayed runs the cheapest pair for a few steps, twice, as a cell run again does.
func TestPairIsRecordedWrittenAndReplayed(t *testing.T) {
	t.Setenv("FLOWBOOK_HOME", t.TempDir())
	j, err := journal.Open(t.TempDir() + "/journal.db")
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	ctx := context.Background()
	var pair Pair
	for range 2 {
		pairs, err := RunPairs(ctx, j, nil, short6, "half-log-two-pi-missing")
		if err != nil {
			t.Fatal(err)
		}
		pair = pairs[0]
		if _, err := pair.Write(ctx, j); err != nil {
			t.Fatal(err)
		}
	}
	entries, err := j.Entries(ctx, DiaryTag)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 1 || entries[0].Date != pair.Page.When() || !slices.Contains(entries[0].Runs, pair.On.ID) || !slices.Contains(entries[0].Runs, pair.Off.ID) {
		t.Errorf("entries %+v; want one, of %s, linked to the last runs %s and %s", entries, pair.Page.Date, pair.On.ID, pair.Off.ID)
	}
	for r, want := range map[*journal.Record]doctor.Verdict{pair.On: doctor.Fail, pair.Off: doctor.OK} {
		if line, err := Diagnosis(ctx, j, r, pair.Bug.Check); err != nil || !strings.HasPrefix(line, string(want)) {
			t.Errorf("the doctor says %q, %v; want %s", line, err, want)
		}
	}
	on, off := pair.On.Metrics, pair.Off.Metrics
	if gap := off["val_nll"].Last - on["val_nll"].Last; gap < 1.8378 || gap > 1.8379 {
		t.Errorf("without ½·log 2π two numbers score %g nats better; want log 2π", gap)
	}
	if on["true_nll"].Last != off["val_nll"].Last {
		t.Errorf("the same weights in a right flow score %g; the healthy twin %g", on["true_nll"].Last, off["val_nll"].Last)
	}
	report, err := journal.Replay(ctx, j, pair.On.ID)
	if err != nil || !report.Identical {
		t.Errorf("replay: %v, %v", report, err)
	}
}

// short6 cuts a trial to six steps of a flow of two couplings.
func short6(c *Trial) { c.Steps, c.Model.Couplings, c.Picture = 6, 2, false }

// TestBrokenTrainingIsAResult: a NaN in a bug's training leaves a failed run with the doctor's line, and no error.
func TestBrokenTrainingIsAResult(t *testing.T) {
	j, err := journal.Open(t.TempDir() + "/journal.db")
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	ctx := context.Background()
	tiny := func(c *Trial) {
		c.Steps, c.Samples, c.Model.Planes, c.Model.FinalCouplings, c.Model.ChannelCouplings, c.Measures = 40, 500, 1, 1, 0, nil
	}
	pairs, err := RunPairs(ctx, j, nil, tiny, "logit-unscaled")
	if err != nil {
		t.Fatal(err)
	}
	if p := pairs[0]; p.On.Status != journal.Failed || p.Off.Status != journal.Finished || !strings.Contains(p.On.Error, `"logit"`) {
		t.Errorf("with the bug %s (%s), without it %s; want failed at the logit, and finished", p.On.Status, p.On.Error, p.Off.Status)
	}
	text, err := pairs[0].Markdown(ctx, j, true)
	if err != nil || !strings.Contains(text, "broke off") || !strings.Contains(text, "fail · hostile inputs") {
		t.Errorf("the entry: %s, %v", text, err)
	}
}

func TestTrialNamesWhatIsWrong(t *testing.T) {
	j, err := journal.Open(t.TempDir() + "/journal.db")
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	for want, settings := range map[string][]string{
		`no subject "cats"`:    {"subject=cats"},
		`no bug is named`:      {"bug=no-such-bug", "on=true"},
		`both must be 1 or m`:  {"samples=0"},
		`has no measure "fun"`: {"measures=[\"fun\"]", "steps=1", "model.couplings=1", "picture=false", "checks=[]"},
	} {
		if _, err := journal.Execute(context.Background(), j, HealthyExperiment(Moons), settings); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v; want an error that says %q", settings, err, want)
		}
	}
}
