package formats_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"flowbook/journal"
	"flowbook/journal/formats"
)

// TestExportCSVFormulas holds that no cell begins as a formula, whatever takes for a separator the program that opens the file.
func TestExportCSVFormulas(t *testing.T) {
	j := open(t)
	names := map[string]string{ // as it is logged, and as it stands in the file
		"=cmd|' /C calc'!A0": "'=cmd|' /C calc'!A0", "+1": "'+1", "-1+1": "'-1+1", "@SUM(A1)": "'@SUM(A1)", "\t=1": "\t'=1", "\r\n=1": "\n'=1",
		" =1": " '=1", "\u200b=1": "\u200b'=1", "＝1": "'＝1", "a;=1": "a;'=1", "a\n=1": "a\n'=1", `a"=1`: `a"'=1`,
		"loss=low": "loss=low", "val-loss": "val-loss", "a+b@c": "a+b@c", "'quoted'": "'quoted'",
	}
	metrics := journal.Metrics{}
	for name := range names {
		metrics[name] = -1
	}
	run, err := j.Begin(context.Background(), "=HYPERLINK(1)", nil)
	must(t, err)
	must(t, run.Log(0, metrics))
	must(t, run.Finish(nil))
	var buf bytes.Buffer
	must(t, formats.WriteCSV(context.Background(), j, &buf, run.ID))
	rows, err := csv.NewReader(&buf).ReadAll()
	must(t, err)
	got := map[string]bool{}
	for _, row := range rows[1:] {
		got[row[2]] = true
		if row[1] != "'=HYPERLINK(1)" || row[5] != "-1" {
			t.Errorf("the row %q", row)
		}
	}
	for name, want := range names {
		if !got[want] {
			t.Errorf("%q is not written as %q", name, want)
		}
	}
}

// TestExportMLflowNames writes names that MLflow does not allow, that would meet in a file, or of which one would be the other's folder:
// every value is there.
func TestExportMLflowNames(t *testing.T) {
	j := open(t)
	ctx := context.Background()
	names := []string{"loss*", "loss?", "loss_", "loss", "loss/val", "loss/val*", "../loss", "loss/", "é", strings.Repeat("long", 60), "Loss", "LOSS/val", "val.", "val ", "val"}
	metrics, config := journal.Metrics{}, map[string]any{"a.b": "x1", "a": map[string]any{"b": "x2"}}
	var tags []string
	for i, name := range names {
		metrics[name] = float64(i)
		config[name] = "c" + string(rune('a'+i))
		tags = append(tags, name)
	}
	run, err := j.Begin(ctx, "names", config, journal.WithTags(append(tags, "backend", "mlflow.runName", "data")...), journal.WithBackend("xla", "cpu"), journal.WithData("x", "digest"))
	must(t, err)
	must(t, run.Log(0, metrics))
	must(t, run.Figure("x", "image/png", []byte("one")))
	must(t, run.Figure("x.png", "image/png", []byte("two")))
	must(t, run.Figure("x*.png", "image/png", []byte("three")))
	must(t, run.Figure("x?.png", "image/png", []byte("four")))
	must(t, run.ArtifactBytes("a", "", []byte("five")))
	must(t, run.ArtifactBytes("a/b", "", []byte("six")))
	must(t, run.Finish(nil))
	dir := t.TempDir()
	must(t, formats.WriteMLflow(ctx, j, dir, run.ID))
	count := map[string]int{}
	seen := map[string]bool{}
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel := strings.Split(path, run.ID+string(filepath.Separator))
		if len(rel) == 2 {
			folder, _, _ := strings.Cut(rel[1], string(filepath.Separator))
			count[folder]++
			if lower := strings.ToLower(rel[1]); seen[lower] {
				t.Errorf("two files are %s where letters have no case", lower)
			} else {
				seen[lower] = true
			}
			if strings.HasSuffix(path, ".") || strings.HasSuffix(path, " ") {
				t.Errorf("the end of %q is dropped on some systems", path)
			}
			text, err := os.ReadFile(path)
			must(t, err)
			seen[folder+":"+string(text)] = true
		}
		return nil
	}))
	if count["metrics"] != len(names) || count["params"] != len(names)+2 || count["artifacts"] < 6 {
		t.Errorf("files: %v", count)
	}
	for _, want := range []string{"params:x1", "params:x2", "tags:xla", "tags:digest", "artifacts:one", "artifacts:two", "artifacts:three", "artifacts:four", "artifacts:five", "artifacts:six"} {
		if !seen[want] {
			t.Errorf("%s is lost", want)
		}
	}
	if count["tags"] < len(names)+3+5 { // those given, and ours
		t.Errorf("%d tags", count["tags"])
	}
	python := python(t, "mlflow")
	var got struct {
		Metrics map[string]float64
		Params  map[string]string
	}
	python.json(t, &got, `
import json, sys
import mlflow
c = mlflow.MlflowClient(tracking_uri="file://" + sys.argv[1])
e, = [e for e in c.search_experiments() if e.name != "Default"]
r, = c.search_runs([e.experiment_id])
print(json.dumps({"Metrics": r.data.metrics, "Params": r.data.params}))
`, dir)
	values := map[float64]bool{}
	for _, v := range got.Metrics {
		values[v] = true
	}
	if len(values) != len(names) || got.Metrics["loss"] != 3 || len(got.Params) != len(names)+2 {
		text, _ := json.Marshal(got)
		t.Errorf("MLflow reads %s", text)
	}
}
