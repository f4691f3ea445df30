package journal

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// openTemp opens a journal of the test's own.
func openTemp(t testing.TB) *Journal {
	t.Helper()
	j, err := Open(testURL(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	return j
}

// testURL is where a test's journal lives; the PostgreSQL tests change it.
var testURL = func(t testing.TB) string { return filepath.Join(t.TempDir(), "journal.db") }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

type toyConfig struct {
	Couplings int     `json:"couplings"`
	Rate      float64 `json:"rate"`
	Net       struct {
		Planes int `json:"planes"`
	} `json:"net"`
	Seed int64 `json:"seed"`
}

// TestRunRoundTrip records one of everything and reads it back.
func TestRunRoundTrip(t *testing.T) { testRunRoundTrip(t) }

func testRunRoundTrip(t *testing.T) {
	ctx := context.Background()
	j := openTemp(t)
	parent, err := j.Begin(ctx, "moons", nil)
	must(t, err)
	must(t, parent.Finish(nil))
	run, err := j.Begin(ctx, "moons", toyConfig{Couplings: 12, Rate: 5e-4, Seed: 42}, WithParent(parent.ID), WithTags("b", "a", "a"), WithBackend("xla:cpu", "cpu 0"), WithData("moons", "abc123"))
	must(t, err)
	for step := range 100 {
		must(t, run.Log(step, Metrics{"loss": 1 / float64(step+1), "odd/name é": float64(step)}))
	}
	must(t, run.Log(100, Metrics{"loss": math.NaN()}))
	must(t, run.Log(101, Metrics{"loss": math.Inf(-1)}))
	must(t, run.Figure("curve", "image/svg+xml", []byte("<svg/>")))
	must(t, run.FigureAt(50, "samples", "image/png", []byte("png")))
	must(t, run.ArtifactBytes("notes.txt", "", []byte("hello")))
	dir := t.TempDir()
	must(t, os.MkdirAll(filepath.Join(dir, "sub"), 0o755))
	must(t, os.WriteFile(filepath.Join(dir, "sub", "w.bin"), []byte{1, 2, 3}, 0o600))
	must(t, run.Checkpoint(50, dir))
	must(t, run.Note("It learns: $\\log p$ grows."))
	_, err = run.Write([]byte("epoch 1\n"))
	must(t, err)
	must(t, run.Finish(nil))

	r, err := j.Get(ctx, run.ID)
	must(t, err)
	if r.Status != Finished || r.Experiment != "moons" || r.Parent != parent.ID || r.Backend != "xla:cpu" || r.Ended == nil {
		t.Errorf("record %+v", r)
	}
	if r.Seed == nil || *r.Seed != 42 {
		t.Errorf("seed %v, want the config's 42", r.Seed)
	}
	if !reflect.DeepEqual(r.Tags, []string{"a", "b"}) || r.Data["moons"] != "abc123" {
		t.Errorf("tags %v data %v", r.Tags, r.Data)
	}
	if len(r.Figures) != 2 || len(r.Artifacts) != 1 || len(r.Checkpoints) != 1 || len(r.Notes) != 1 {
		t.Fatalf("%d figures, %d artifacts, %d checkpoints, %d notes", len(r.Figures), len(r.Artifacts), len(r.Checkpoints), len(r.Notes))
	}
	s := r.Metrics["loss"]
	if s.Count != 102 || s.NotFinite != 2 || !math.IsInf(s.Last, -1) || s.Min != 0.01 || s.Max != 1 || s.MaxStep != 0 || s.LastStep != 101 {
		t.Errorf("summary %+v", s)
	}
	loss, err := j.Series(ctx, run.ID, "loss")
	must(t, err)
	if loss.Len() != 102 || loss.Values[9] != 0.1 || loss.Steps[9] != 9 || !math.IsNaN(loss.Values[100]) {
		t.Errorf("series of %d points", loss.Len())
	}
	back := t.TempDir()
	must(t, j.Extract(ctx, r.Checkpoints[0], back))
	if got, err := os.ReadFile(filepath.Join(back, "sub", "w.bin")); err != nil || string(got) != "\x01\x02\x03" {
		t.Errorf("checkpoint gives back %v, %v", got, err)
	}
	if data, err := j.ReadArtifact(ctx, r.Artifacts[0].Digest); err != nil || string(data) != "hello" {
		t.Errorf("artifact %q, %v", data, err)
	}
	out, err := j.Output(ctx, run.ID)
	must(t, err)
	if len(out) != 1 || string(out[0].Text) != "epoch 1\n" {
		t.Errorf("output %v", out)
	}
	if p, err := j.Get(ctx, parent.ID); err != nil || len(p.Children) != 1 || p.Children[0] != run.ID {
		t.Errorf("children of the parent: %v, %v", p.Children, err)
	}
	if r.Code.Modules == nil && r.Code.Project == "" || r.Machine.Host == "" || r.Machine.Go == "" {
		t.Errorf("code %+v machine %+v", r.Code, r.Machine)
	}
}

// TestBadInput demands one clear error for each bad thing, and that the run goes on.
func TestBadInput(t *testing.T) { testBadInput(t) }

func testBadInput(t *testing.T) {
	ctx := context.Background()
	j := openTemp(t)
	run, err := j.Begin(ctx, "bad", nil)
	must(t, err)
	must(t, run.Figure("f", "image/png", []byte("one")))
	must(t, run.Figure("f", "image/png", []byte("one")))
	for _, c := range []struct {
		name string
		do   func() error
		want error
		says string
	}{
		{"duplicate figure", func() error { return run.Figure("f", "image/png", []byte("two")) }, ErrDuplicate, `figure "f"`},
		{"empty metric name", func() error { return run.Log(1, Metrics{"": 1}) }, ErrInvalid, "empty"},
		{"metric not UTF-8", func() error { return run.Log(1, Metrics{"\xff": 1}) }, ErrInvalid, "UTF-8"},
		{"unknown run", func() error { _, err := j.Get(ctx, "zzzzzz"); return err }, ErrNotFound, "zzzzzz"},
		{"id with a bad letter", func() error { _, err := j.Get(ctx, "iL!"); return err }, ErrNotFound, "iL!"[1:]},
		{"note not UTF-8", func() error { return run.Note("caf\xe9") }, ErrInvalid, "offset 3"},
		{"note with zero byte", func() error { return run.Note("a\x00b") }, ErrInvalid, "offset 1"},
		{"empty note", func() error { return run.Note("") }, ErrInvalid, "empty"},
		{"no such file", func() error { return run.Artifact("a", "/no/such") }, os.ErrNotExist, "/no/such"},
		{"config with NaN", func() error {
			_, err := j.Begin(ctx, "x", map[string]float64{"a": math.NaN()})
			return err
		}, ErrInvalid, "JSON"},
		{"unknown metric", func() error { _, err := j.Series(ctx, run.ID, "no"); return err }, ErrNotFound, `"no"`},
		{"untag", func() error { return j.Untag(ctx, run.ID, "none") }, ErrNotFound, "none"},
		{"remove while running", func() error { return j.Remove(ctx, run.ID) }, ErrRunning, run.ID},
		{"resume while running", func() error { _, err := j.Resume(ctx, run.ID); return err }, ErrRunning, run.ID},
		{"checkpoint before step 0", func() error { return run.CheckpointBytes(-1, nil) }, ErrInvalid, "-1"},
		{"entry for no run", func() error { _, err := j.Write(ctx, Entry{Body: "x", Runs: []string{"zzzz"}}); return err }, ErrNotFound, "zzzz"},
	} {
		err := c.do()
		if !errors.Is(err, c.want) || !strings.Contains(strings.ToLower(err.Error()), strings.ToLower(c.says)) {
			t.Errorf("%s: %v; want %v that says %q", c.name, err, c.want, c.says)
		}
	}
	big := strings.Repeat("ten megabytes of note ", 10<<20/22)
	must(t, run.Note(big))
	must(t, run.Log(2, Metrics{"x": 1}))
	must(t, run.Finish(new(errors.New("gave \xff up"))))
	if err := run.Log(3, Metrics{"x": 1}); !errors.Is(err, ErrFinished) {
		t.Errorf("Log after Finish: %v", err)
	}
	r, err := j.Get(ctx, run.ID)
	must(t, err)
	if r.Status != Failed || r.Error != "gave � up" || len(r.Notes) != 1 || r.Notes[0].Text != big || r.Metrics["x"].Count != 1 {
		t.Errorf("status %s error %q, %d notes, metrics %v", r.Status, r.Error, len(r.Notes), r.Metrics)
	}
}

// TestWholeIDs holds that nothing but a whole id names a run or an entry.
func TestWholeIDs(t *testing.T) { testWholeIDs(t) }

func testWholeIDs(t *testing.T) {
	ctx := context.Background()
	j := openTemp(t)
	run, err := j.Begin(ctx, "x", nil)
	must(t, err)
	must(t, run.Log(0, Metrics{"loss": 1}))
	must(t, run.Finish(nil))
	entry, err := j.Write(ctx, Entry{Body: "run:" + run.ID + " and run:" + run.ID[:5]})
	must(t, err)
	if !slices.Equal(entry.Runs, []string{run.ID}) {
		t.Errorf("the entry links to %q", entry.Runs)
	}
	for _, name := range []string{run.ID[:9], run.ID + "0", strings.ToUpper(run.ID) + " ", "last", "", "%"} {
		for what, err := range map[string]error{
			"Get":      second(j.Get(ctx, name)),
			"Series":   second(j.Series(ctx, name, "loss")),
			"Logged":   second(j.Logged(ctx, name)),
			"Output":   second(j.Output(ctx, name)),
			"Compare":  second(j.Compare(ctx, run.ID, name)),
			"Resume":   second(j.Resume(ctx, name)),
			"Tag":      j.Tag(ctx, name, "t"),
			"Note":     j.Note(ctx, name, "n"),
			"Rename":   j.Rename(ctx, name, "n"),
			"Remove":   j.Remove(ctx, name),
			"Restore":  j.Restore(ctx, name),
			"Artifact": j.AddArtifactBytes(ctx, name, "a", "", nil),
			"Write":    second(j.Write(ctx, Entry{Body: "x", Runs: []string{name}})),
		} {
			if !errors.Is(err, ErrNotFound) && !(name == "" && errors.Is(err, ErrInvalid)) {
				t.Errorf("%s of %q: %v", what, name, err)
			}
		}
	}
	if _, err := j.Entry(ctx, entry.ID[:9]); !errors.Is(err, ErrNotFound) {
		t.Errorf("the beginning of an entry's id: %v", err)
	}
	all, err := j.IDs(ctx)
	must(t, err)
	if len(all) != 2 || all[0].ID != run.ID || all[1].ID != entry.ID || all[0].Kind == all[1].Kind {
		t.Errorf("the ids are %+v", all)
	}
}

func second[T any](_ T, err error) error { return err }

// TestFinish finishes runs in each way there is.
func TestFinish(t *testing.T) { testFinish(t) }

func testFinish(t *testing.T) {
	j := openTemp(t)
	for _, c := range []struct {
		name string
		do   func(ctx context.Context, cancel func(), r *Run)
		want Status
		says string
	}{
		{"return", func(_ context.Context, _ func(), r *Run) { defer r.Finish(nil) }, Finished, ""},
		{"error", func(_ context.Context, _ func(), r *Run) { r.Finish(new(errors.New("loss is NaN"))); r.Finish(nil) }, Failed, "loss is NaN"},
		{"panic", func(_ context.Context, _ func(), r *Run) { defer r.Finish(nil); panic("shape mismatch") }, Failed, "shape mismatch"},
		{"panic, Finish inside a deferred function", func(_ context.Context, _ func(), r *Run) { defer func() { r.Finish(nil) }(); panic("x") }, Failed, "panic"},
		{"cancelled", func(_ context.Context, cancel func(), r *Run) { defer r.Finish(nil); cancel() }, Interrupted, "canceled"},
		{"cancelled with error", func(ctx context.Context, cancel func(), r *Run) { cancel(); r.Finish(new(ctx.Err())) }, Interrupted, "canceled"},
	} {
		ctx, cancel := context.WithCancel(context.Background())
		run, err := j.Begin(ctx, "finish", nil)
		must(t, err)
		func() {
			defer func() { recover() }()
			c.do(ctx, cancel, run)
		}()
		r, err := j.Get(context.Background(), run.ID)
		must(t, err)
		if r.Status != c.want || !strings.Contains(r.Error, c.says) {
			t.Errorf("%s: %s %q, want %s %q", c.name, r.Status, r.Error, c.want, c.says)
		}
		cancel()
	}
}
