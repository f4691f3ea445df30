package experiment

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"flowbook/journal"
	"flowbook/journal/record"
	"flowbook/notebooks/runs"
	"flowbook/realnvp"
	"flowbook/realnvp/bugs"
	"flowbook/realnvp/doctor"
)

// TestEveryBugHasItsPage: each bug of package bugs has a page of the diary, an experiment, and a trial whose doctor makes
// the very check that the tests of package bugs prove to catch it.
func TestEveryBugHasItsPage(t *testing.T) {
	registered := journal.Experiments()
	for _, b := range bugs.All() {
		page, ok := PageOf(b.Name)
		if !ok || strings.TrimSpace(page.Text) == "" || strings.TrimSpace(page.Question) == "" {
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

// TestPairIsRecordedWrittenAndReplayed runs the cheapest pair for a few steps, twice, as a cell run again does, half as many as it is made for.
func TestPairIsRecordedWrittenAndReplayed(t *testing.T) {
	t.Setenv("FLOWBOOK_HOME", t.TempDir())
	t.Setenv("FLOWBOOK_SHORTEN", "2")
	j := newJournal(t)
	ctx := context.Background()
	var pair Pair
	for range 2 {
		var err error
		pair, err = RunPair(ctx, j, nil, short6, "half-log-two-pi-missing")
		if err != nil {
			t.Fatal(err)
		}
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
		if n := r.Metrics["train_nll"].Count; n != 3 || !slices.Contains(r.Tags, runs.Shortened) {
			t.Errorf("run %s has %d steps and the tags %q; want three, and the one that says so", r.ID, n, r.Tags)
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
func short6(c *Trial) { c.Steps, c.Flow.Couplings, c.Picture = 6, 2, false }

// TestBrokenTrainingIsAResult: a NaN in a bug's training leaves a failed run with the doctor's line, and no error.
func TestBrokenTrainingIsAResult(t *testing.T) {
	j := newJournal(t)
	ctx := context.Background()
	tiny := func(c *Trial) {
		c.Steps, c.Samples, c.Flow.Planes, c.Flow.Final, c.Flow.Channels, c.Measures = 40, 500, 1, 1, 0, nil
	}
	pair, err := RunPair(ctx, j, nil, tiny, "logit-unscaled")
	if err != nil {
		t.Fatal(err)
	}
	if p := pair; p.On.Status != journal.Failed || p.Off.Status != journal.Finished || !strings.Contains(p.On.Error, `"logit"`) {
		t.Errorf("with the bug %s (%s), without it %s; want failed at the logit, and finished", p.On.Status, p.On.Error, p.Off.Status)
	}
	seen, told, err := pair.Markdown(ctx, j)
	if err != nil || !strings.HasPrefix(seen, "The training breaks off") || !strings.Contains(told, "fail · hostile inputs") || !strings.Contains(told, "```diff\n@@ ") {
		t.Errorf("the entry: %s %s, %v", seen, told, err)
	}
}

func TestTrialNamesWhatIsWrong(t *testing.T) {
	j := newJournal(t)
	for want, settings := range map[string][]string{
		`no subject "cats"`:    {"subject=cats"},
		`no bug is named`:      {"bug=no-such-bug", "on=true"},
		`both must be 1 or m`:  {"samples=0"},
		`has no measure "fun"`: {"measures=[\"fun\"]", "steps=1", "flow.couplings=1", "picture=false", "checks=[]"},
	} {
		if _, err := journal.Execute(context.Background(), j, HealthyExperiment(Moons), settings); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v; want an error that says %q", settings, err, want)
		}
	}
}

// TestVerdict: the first sentence follows the numbers, whatever they are.
func TestVerdict(t *testing.T) {
	record := func(val float64, more ...float64) *journal.Record {
		r := &journal.Record{}
		r.Metrics = map[string]record.Summary{"val_nll": {Count: 1, Last: val}}
		if len(more) > 0 {
			r.Metrics["true_nll"] = record.Summary{Count: 1, Last: more[0]}
			r.Metrics["mass"] = record.Summary{Count: 1, Last: more[1]}
		}
		return r
	}
	for want, p := range map[string]Pair{
		"The score shows it: 3.0000 nats":                  {On: record(3), Off: record(2)},
		"The score cannot show this bug: the flow with it": {On: record(2), Off: record(3)},
		"The score cannot show this bug: it is 2.0000":     {On: record(2), Off: record(2)},
		"The score cannot show this bug: of 2 seeds":       {On: record(3), Off: record(2), Others: [][2]*journal.Record{{record(1), record(2)}}},
		"The score shows it with each of 2 seeds":          {On: record(3), Off: record(2), Others: [][2]*journal.Record{{record(4), record(2)}}},
		"The score is no likelihood: the flow claims −9":   {On: record(-9, 3, 1e6), Off: record(2)},
	} {
		p.Trial = moons()
		if got := p.Verdict(); !strings.HasPrefix(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestTheNotebooksVerdicts: in the committed notebook, the first sentence of each entry is that of the scores in its table.
func TestTheNotebooksVerdicts(t *testing.T) {
	entries := markdownOutputs(t, "../06-debugging-journal.ipynb")
	found := 0
	for _, text := range entries {
		row := regexp.MustCompile(`\| held out, as the flow scores it, [^|]* \| (\S+) \| (\S+) \|`).FindStringSubmatch(text)
		if row == nil {
			continue
		}
		found++
		title, body, _ := strings.Cut(text, "\n\n")
		first, _, _ := strings.Cut(body, "\n")
		on, off := plain(row[1]), plain(row[2])
		better := on < off || on == off
		says := !strings.HasPrefix(first, "The score shows it")
		if strings.Contains(first, "seeds") {
			continue // TestVerdict
		}
		if better && !says || !better && strings.HasPrefix(first, "The score cannot show") || !strings.Contains(first, row[1]) && !strings.HasPrefix(first, "The training breaks") {
			t.Errorf("%s begins %q; its scores are %s with the bug and %s without", title, first, row[1], row[2])
		}
	}
	if found < len(Diary)-3 {
		t.Errorf("%d entries with scores in the notebook, for %d pages", found, len(Diary))
	}
}

func plain(number string) float64 {
	v, err := strconv.ParseFloat(strings.Replace(number, "−", "-", 1), 64)
	if err != nil {
		return math.NaN()
	}
	return v
}

// markdownOutputs are the Markdown outputs of a notebook's cells.
func markdownOutputs(t *testing.T, path string) (texts []string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var nb struct {
		Cells []struct {
			Outputs []struct{ Data map[string]json.RawMessage }
		}
	}
	if err := json.Unmarshal(text, &nb); err != nil {
		t.Fatal(err)
	}
	for _, c := range nb.Cells {
		for _, o := range c.Outputs {
			var one string
			var lines []string
			if json.Unmarshal(o.Data["text/markdown"], &lines) == nil {
				texts = append(texts, strings.Join(lines, ""))
			} else if json.Unmarshal(o.Data["text/markdown"], &one) == nil {
				texts = append(texts, one)
			}
		}
	}
	return texts
}

// TestTheWayUpIsOneEntry runs it for a few steps of a tiny flow.
func TestTheWayUpIsOneEntry(t *testing.T) {
	j := newJournal(t)
	ctx := context.Background()
	tiny := func(c *Trial) {
		c.Steps, c.Flow.Planes, c.Flow.Final, c.Flow.Channels = 2, 1, 1, 0
	}
	runs, err := RunWayUp(ctx, j, tiny)
	if err != nil {
		t.Fatal(err)
	}
	body := wayUpMarkdown(runs)
	for range 2 {
		if err := writeWayUp(ctx, j, runs, body); err != nil {
			t.Fatal(err)
		}
	}
	entries, err := j.Entries(ctx, WayUpTag)
	if err != nil || len(entries) != 1 || len(entries[0].Runs) != len(wayUpSizes) {
		t.Errorf("entries %+v, %v; want one of %d runs", entries, err, len(wayUpSizes))
	}
	if figure, err := wayUpFigure(ctx, j, runs); err != nil || figure == nil {
		t.Error(err)
	}
	for _, r := range runs {
		if !strings.Contains(body, number(r.Metrics["val_bpd"].Last)) {
			t.Errorf("the entry leaves out the held-out score of %s:\n%s", r.ID, body)
		}
	}
}

// stopAt ends a context at a step, as a cell's stop button does.
type stopAt struct {
	unwatched
	step int
	stop context.CancelFunc
}

func (s stopAt) Step(i realnvp.StepInfo) {
	if i.Step == s.step {
		s.stop()
	}
}

// TestStopLeavesATrialInterrupted: the run that was stopped is marked so, keeps its steps, and goes on to the scores of one
// that never was.
func TestStopLeavesATrialInterrupted(t *testing.T) {
	j := newJournal(t)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	_, err := RunPair(ctx, j, stopAt{step: 4, stop: stop}, short6, "half-log-two-pi-missing")
	var at *Stopped
	if !errors.As(err, &at) || at.Record.Status != journal.Interrupted {
		t.Fatalf("%v; want a *Stopped with an interrupted run", err)
	}
	resumed, err := journal.Continue(context.Background(), j, at.Record.ID)
	if err != nil || resumed.Status != journal.Finished {
		t.Fatalf("resumed: %+v, %v", resumed, err)
	}
	whole, err := RunPair(context.Background(), j, nil, short6, "half-log-two-pi-missing")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := resumed.Metrics["val_nll"].Last, whole.Off.Metrics["val_nll"].Last; got != want {
		t.Errorf("resumed it scores %v, never stopped %v", got, want)
	}
}

// newJournal is an empty journal for as long as the test takes.
func newJournal(t *testing.T) *journal.Journal {
	t.Helper()
	j, err := journal.Open(t.TempDir() + "/journal.db")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	return j
}

func TestMeanNLLLeavesOutWhatIsNotFinite(t *testing.T) {
	mean, bad := meanNLL([]float64{-1, math.NaN(), -3, math.Inf(-1)})
	if mean != 2 || bad != 2 {
		t.Errorf("mean %g, %d not finite; want 2, 2", mean, bad)
	}
}
