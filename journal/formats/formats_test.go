package formats_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"flowbook/journal"
	"flowbook/journal/formats"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func open(t testing.TB) *journal.Journal {
	t.Helper()
	j, err := journal.Open(filepath.Join(t.TempDir(), "journal.db"))
	must(t, err)
	t.Cleanup(func() { j.Close() })
	return j
}

// loss is the value logged at a step: NaN and infinity among them.
func loss(step int) float64 {
	switch step {
	case 7:
		return math.NaN()
	case 8:
		return math.Inf(1)
	}
	return 1 / float64(step+3)
}

const steps = 2500

// record makes a run with one of everything, and returns its id.
func record(t testing.TB, j *journal.Journal) string {
	t.Helper()
	ctx := context.Background()
	run, err := j.Begin(ctx, "two moons/é", map[string]any{"couplings": 12, "net": map[string]any{"planes": 64}, "name": "a 'b': \"c\""}, journal.WithTags("best one"), journal.WithSeed(1<<60+1), journal.WithData("moons", "abc"))
	must(t, err)
	for step := range steps {
		must(t, run.Log(step, journal.Metrics{"loss": loss(step), "val/bpd (bits)": float64(step) / 7}))
	}
	img := image.NewRGBA(image.Rect(0, 0, 3, 2))
	img.Set(1, 1, color.RGBA{R: 255, A: 255})
	var buf bytes.Buffer
	must(t, png.Encode(&buf, img))
	must(t, run.FigureAt(10, "samples", "image/png", buf.Bytes()))
	must(t, run.Figure("curve", "image/svg+xml", []byte("<svg/>")))
	must(t, run.ArtifactBytes("w.bin", "", []byte{0, 1, 2, 255}))
	must(t, run.CheckpointBytes(100, []byte("state")))
	must(t, run.Note("a note"))
	_, err = run.Write([]byte("out \xff\n"))
	must(t, err)
	must(t, run.Finish(new(errors.New("stopped"))))
	_, err = j.Write(ctx, journal.Entry{Title: "T", Body: "see it", Runs: []string{run.ID}, Tags: []string{"x"}})
	must(t, err)
	return run.ID
}

// TestExportCSV reads the CSV back and compares every value bit for bit.
func TestExportCSV(t *testing.T) {
	j := open(t)
	id := record(t, j)
	var buf bytes.Buffer
	must(t, formats.WriteCSV(context.Background(), j, &buf, id))
	rows, err := csv.NewReader(&buf).ReadAll()
	must(t, err)
	if len(rows) != 1+2*steps || rows[8][5] != "NaN" || rows[9][5] != "+Inf" || rows[1][2] != "loss" || rows[3][5] != "0.2" || rows[3][3] != "2" {
		t.Errorf("%d rows, %v", len(rows), rows[:10])
	}
}

// TestExportJSONLines carries a run to another journal, and demands that everything is the same there.
func TestExportJSONLines(t *testing.T) {
	ctx := context.Background()
	a, b := open(t), open(t)
	id := record(t, a)
	var buf bytes.Buffer
	must(t, formats.WriteJSONLines(ctx, a, &buf, id))
	text := buf.Bytes()
	for line := range bytes.Lines(text) {
		if !json.Valid(line) {
			t.Fatalf("no JSON: %.100s", line)
		}
	}
	done, err := formats.ReadJSONLines(ctx, b, bytes.NewReader(text))
	must(t, err)
	if !reflect.DeepEqual(done.Runs, []string{id}) || len(done.Entries) != 1 {
		t.Errorf("imported %+v", done)
	}
	x, err := a.Get(ctx, id)
	must(t, err)
	y, err := b.Get(ctx, id)
	must(t, err)
	jx, _ := json.MarshalIndent(x, "", " ")
	jy, _ := json.MarshalIndent(y, "", " ")
	if !bytes.Equal(jx, jy) {
		t.Errorf("the records differ:\n%s\n%s", jx, jy)
	}
	sx, err := a.AllSeries(ctx, id)
	must(t, err)
	sy, err := b.AllSeries(ctx, id)
	must(t, err)
	for i := range sx {
		for k := range sx[i].Values {
			if math.Float64bits(sx[i].Values[k]) != math.Float64bits(sy[i].Values[k]) || sx[i].Times[k] != sy[i].Times[k] || sx[i].Steps[k] != sy[i].Steps[k] {
				t.Fatalf("%s, point %d differs", sx[i].Metric, k)
			}
		}
	}
	if report, err := b.Verify(ctx); err != nil || !report.OK() {
		t.Errorf("verify: %s, %v", report, err)
	}
	windows := "\ufeff" + strings.ReplaceAll(string(text), "\n", "\r\n\r\n")
	if done, err := formats.ReadJSONLines(ctx, open(t), strings.NewReader(windows)); err != nil || len(done.Runs) != 1 || len(done.Entries) != 1 {
		t.Errorf("with a byte order mark and blank lines: %+v, %v", done, err)
	}
	done, err = formats.ReadJSONLines(ctx, b, bytes.NewReader(text))
	if err != nil || len(done.Runs) != 0 || len(done.Skipped) != 2 {
		t.Errorf("the second time: %+v, %v", done, err)
	}
	c := open(t)
	if _, err := formats.ReadJSONLines(ctx, c, bytes.NewReader(text[:len(text)/2])); !errors.Is(err, journal.ErrInvalid) || !strings.Contains(err.Error(), "line ") {
		t.Errorf("a file cut in half: %v", err)
	}
	for _, bad := range []string{`{"type":"cat"}`, `{"type":"run"}`, `{"type":"points","run":"x"}`, `{"type":"artifact","digest":"00","data":"aGk="}`,
		`{"type":"run","record":{"id":"LOUD","experiment":"x","status":"finished"}}` + "\n" + `{"type":"output","run":"LOUD","time":"2026-01-01T00:00:00Z"}`, `[`} {
		if _, err := formats.ReadJSONLines(ctx, c, strings.NewReader(bad)); !errors.Is(err, journal.ErrInvalid) && !errors.Is(err, journal.ErrCorrupt) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

// TestExportJSONLinesWhole carries a journal over in which a run was resumed twice, runs come from others and an entry stands alone:
// written again from there, the file is the same byte by byte.
func TestExportJSONLinesWhole(t *testing.T) {
	ctx := context.Background()
	a, b := open(t), open(t)
	first := record(t, a)
	run, err := a.Begin(ctx, "resumed", nil, journal.WithParent(first))
	must(t, err)
	id := run.ID
	for attempt := range 3 {
		for _, step := range []int{1, 5, 3, 7} { // the value logged last is of step 7, and once it is of step 3
			must(t, run.Log(step+attempt, journal.Metrics{"m": float64(10*step + attempt), "nan": math.NaN()}))
			must(t, run.FigureAt(step, "f", "text/plain", fmt.Append(nil, attempt, step)))
			if step == 3 {
				must(t, run.CheckpointBytes(step, fmt.Append(nil, attempt)))
				must(t, run.Log(step, journal.Metrics{"last": float64(attempt)}))
			}
		}
		must(t, run.ArtifactBytes("a", "", fmt.Append(nil, attempt)))
		_, err = fmt.Fprintln(run, "attempt", attempt)
		must(t, err)
		must(t, run.Finish(new(errors.New("stopped"))))
		if attempt < 2 {
			run, err = a.Resume(ctx, id)
			must(t, err)
		}
	}
	_, err = a.Write(ctx, journal.Entry{Title: "Alone", Body: "It links to nothing."})
	must(t, err)
	var once, twice bytes.Buffer
	must(t, formats.WriteJournal(ctx, a, &once))
	done, err := formats.ReadJSONLines(ctx, b, bytes.NewReader(once.Bytes()))
	if err != nil || len(done.Runs) != 2 || len(done.Entries) != 2 {
		t.Fatalf("imported %+v, %v", done, err)
	}
	must(t, formats.WriteJournal(ctx, b, &twice))
	if !bytes.Equal(once.Bytes(), twice.Bytes()) {
		t.Errorf("the journals differ:\n%s\n%s", once.Bytes(), twice.Bytes())
	}
	r, err := b.Get(ctx, id)
	must(t, err)
	all, err := b.Logged(ctx, id)
	must(t, err)
	points := 0
	for _, s := range all {
		if s.Metric == "m" {
			points += s.Len()
		}
	}
	if r.Parent != first || len(r.Attempts) != 3 || len(r.Superseded) == 0 || points != 12 {
		t.Errorf("parent %q, %d attempts, %d superseded, %d points", r.Parent, len(r.Attempts), len(r.Superseded), points)
	}
	if report, err := b.Verify(ctx); err != nil || !report.OK() {
		t.Errorf("verify: %s, %v", report, err)
	}
}

// TestExportTensorBoard has the real tensorboard package read the event files.
func TestExportTensorBoard(t *testing.T) {
	python := python(t, "tensorboard")
	j := open(t)
	id := record(t, j)
	dir := t.TempDir()
	must(t, formats.WriteTensorBoard(context.Background(), j, dir, id))
	var got struct {
		Scalars map[string][]struct {
			Step  int
			Value json.RawMessage
			Time  float64
		}
		Images map[string][3]int
		Text   string
	}
	python.json(t, &got, `
import json, sys, glob
from tensorboard.backend.event_processing import event_accumulator as ea
folder, = glob.glob(sys.argv[1] + "/*")
a = ea.EventAccumulator(folder, size_guidance={ea.SCALARS: 0, ea.IMAGES: 0, ea.TENSORS: 0}); a.Reload()
t = a.Tags()
print(json.dumps({
  "Scalars": {s: [{"Step": e.step, "Value": e.value, "Time": e.wall_time} for e in a.Scalars(s)] for s in t["scalars"]},
  "Images": {s: [a.Images(s)[0].step, a.Images(s)[0].width, a.Images(s)[0].height] for s in t["images"]},
  "Text": a.Tensors("config")[0].tensor_proto.string_val[0].decode()}).replace("NaN", '"NaN"').replace("Infinity", '"Inf"'))
`, dir)
	if len(got.Scalars) != 2 || len(got.Scalars["loss"]) != steps {
		t.Fatalf("%d scalars, %d points", len(got.Scalars), len(got.Scalars["loss"]))
	}
	for i, p := range got.Scalars["loss"] {
		var v float64
		if json.Unmarshal(p.Value, &v) != nil {
			v = math.NaN()
		}
		if want := float64(float32(loss(i))); p.Step != i || v != want && !(i == 7 || i == 8) || p.Time < 1e9 {
			t.Fatalf("point %d: step %d value %s, want %v", i, p.Step, p.Value, want)
		}
	}
	if got.Images["samples"] != [3]int{10, 3, 2} || !strings.Contains(got.Text, `"couplings": 12`) {
		t.Errorf("images %v, text %q", got.Images, got.Text)
	}
}

// TestExportMLflow has the real mlflow package read the file layout.
func TestExportMLflow(t *testing.T) {
	python := python(t, "mlflow")
	j := open(t)
	id := record(t, j)
	dir := t.TempDir()
	must(t, formats.WriteMLflow(context.Background(), j, dir, id))
	var got struct {
		Name, Status, Note, Commit string
		Params, Tags               map[string]string
		Last                       float64
		History                    []struct {
			Step, Time int
			Value      string
		}
		Metrics, Artifacts []string
	}
	python.json(t, &got, `
import json, sys
import mlflow
c = mlflow.MlflowClient(tracking_uri="file://" + sys.argv[1])
e, = [e for e in c.search_experiments() if e.name != "Default"]
r, = c.search_runs([e.experiment_id])
d = r.data
print(json.dumps({"Name": e.name, "Status": r.info.status, "Note": d.tags.get("mlflow.note.content", ""), "Params": d.params, "Tags": d.tags,
  "Metrics": sorted(d.metrics), "Last": d.metrics["loss"],
  "History": [{"Step": m.step, "Time": m.timestamp, "Value": repr(m.value)} for m in sorted(c.get_metric_history(r.info.run_id, "loss"), key=lambda m: m.step)],
  "Artifacts": sorted(f.path for d in c.list_artifacts(r.info.run_id) for f in c.list_artifacts(r.info.run_id, d.path))}))
`, dir)
	if got.Name != "two moons/é" || got.Status != "FAILED" || got.Note != "a note" || got.Params["couplings"] != "12" || got.Params["net.planes"] != "64" || got.Params["name"] != "a 'b': \"c\"" {
		t.Errorf("%+v", got)
	}
	if got.Tags["best one"] != "true" || got.Tags["data/moons"] != "abc" || !slices.Contains(got.Metrics, "loss") || len(got.Metrics) != 2 || got.Last != loss(steps-1) {
		t.Errorf("tags %v metrics %v last %v", got.Tags, got.Metrics, got.Last)
	}
	if len(got.History) != steps || got.History[7].Value != "nan" || got.History[8].Value != "inf" || got.History[2].Value != "0.2" || got.History[2].Time < 1e12 {
		t.Errorf("%d points; %v", len(got.History), got.History[:min(10, len(got.History))])
	}
	if len(got.Artifacts) < 4 {
		t.Errorf("artifacts %v", got.Artifacts)
	}
}

// TestExportUnknownRun names a run that is not there, and demands that no file is left.
func TestExportUnknownRun(t *testing.T) {
	j := open(t)
	ctx := context.Background()
	dir := t.TempDir()
	for name, err := range map[string]error{
		"CSV":         formats.WriteCSV(ctx, j, &bytes.Buffer{}, "zzzz"),
		"JSON lines":  formats.WriteJSONLines(ctx, j, &bytes.Buffer{}, "zzzz"),
		"TensorBoard": formats.WriteTensorBoard(ctx, j, dir, "zzzz"),
		"MLflow":      formats.WriteMLflow(ctx, j, dir, "zzzz"),
	} {
		if !errors.Is(err, journal.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("files left: %v", left)
	}
}
