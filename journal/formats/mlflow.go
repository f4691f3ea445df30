package formats

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"flowbook/journal"
	"flowbook/journal/config"
	"flowbook/journal/internal/outfile"
	"flowbook/journal/record"
)

// mlflowSigns may stand in the names of MLflow's params, tags and metrics, beside letters and digits.
const mlflowSigns = "./: "

// mlflowStatus is MLflow's RunStatus.
var mlflowStatus = map[journal.Status]int{journal.Running: 1, journal.Finished: 3, journal.Failed: 4, journal.Interrupted: 5}

// WriteMLflow writes runs as MLflow's file store lays them out below dir, which MLflow then reads as a tracking URI:
//
//	mlflow ui --backend-store-uri dir
//
// Config values become params (by dotted path), tags become tags named as they are, what else is known of the run tags such as seed and sweep, notes the run's description; figures, artifacts and
// checkpoints are copied. In names, characters that MLflow does not allow become _, and a part of the name's digest is added, so that no
// two names become one.
func WriteMLflow(ctx context.Context, j *journal.Journal, dir string, runs ...string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if err := outfile.Folder(dir); err != nil {
		return err
	}
	for _, id := range runs {
		r, err := j.Get(ctx, id)
		if err != nil {
			return err
		}
		m := mlflowRun{j: j, r: r, experiment: experimentID(r.Experiment)}
		m.dir = filepath.Join(dir, m.experiment, r.ID)
		if err := m.write(ctx); err != nil {
			return fmt.Errorf("run %s: %w", r.ID, err)
		}
	}
	return nil
}

// experimentID is a number of 18 digits that stands for an experiment's name.
func experimentID(name string) string {
	h := fnv.New64a()
	h.Write([]byte(name))
	return strconv.FormatUint(1e17+h.Sum64()%(9e17), 10)
}

type mlflowRun struct {
	j          *journal.Journal
	r          *journal.Record
	experiment string
	dir        string
}

func (m mlflowRun) write(ctx context.Context) error {
	for _, sub := range []string{"metrics", "params", "tags", "artifacts"} {
		if err := os.MkdirAll(filepath.Join(m.dir, sub), 0o755); err != nil {
			return err
		}
	}
	started, ended := m.r.Started.UnixMilli(), any(nil)
	if m.r.Ended != nil {
		ended = m.r.Ended.UnixMilli()
	}
	err := m.yaml(filepath.Join(filepath.Dir(m.dir), "meta.yaml"), [][2]any{
		{"artifact_location", "file://" + filepath.ToSlash(filepath.Dir(m.dir))}, {"creation_time", started}, {"experiment_id", m.experiment},
		{"last_update_time", started}, {"lifecycle_stage", "active"}, {"name", m.r.Experiment}})
	if err != nil {
		return err
	}
	err = m.yaml(filepath.Join(m.dir, "meta.yaml"), [][2]any{
		{"artifact_uri", "file://" + filepath.ToSlash(filepath.Join(m.dir, "artifacts"))}, {"end_time", ended}, {"entry_point_name", ""},
		{"experiment_id", m.experiment}, {"lifecycle_stage", "active"}, {"run_id", m.r.ID}, {"run_name", m.name()},
		{"run_uuid", m.r.ID}, {"source_name", strings.Join(m.r.Machine.Command, " ")}, {"source_type", 4}, {"source_version", m.r.Code.Commit},
		{"start_time", started}, {"status", mlflowStatus[m.r.Status]}, {"tags", []string{}}, {"user_id", ""}})
	if err != nil {
		return err
	}
	if err := m.texts(); err != nil {
		return err
	}
	if err := m.metrics(ctx); err != nil {
		return err
	}
	return m.files(ctx)
}

// yaml writes a file of key: value lines; JSON values are YAML too.
func (m mlflowRun) yaml(path string, values [][2]any) error {
	return writeFile(path, func(w io.Writer) error {
		for _, kv := range values {
			v, err := json.Marshal(kv[1])
			if err != nil {
				return err
			}
			if _, err := fmt.Fprintf(w, "%s: %s\n", kv[0], v); err != nil {
				return err
			}
		}
		return nil
	})
}

// texts writes params and tags, a file each.
func (m mlflowRun) texts() error {
	tags := map[string]string{"mlflow.runName": m.name(), "mlflow.source.type": "LOCAL",
		"mlflow.source.git.commit": m.r.Code.Commit, "mlflow.parentRunId": m.r.Parent}
	for _, f := range record.Fields() {
		if f.Shown&record.InMLflow != 0 {
			tags[f.Name] = f.Text(m.r)
		}
	}
	ours := slices.Collect(maps.Keys(tags))
	params, given := map[string]string{}, map[string]string{}
	for _, row := range config.Diff(m.r.Config, json.RawMessage("{}")) {
		params[row.Path] = row.Values[0]
	}
	for _, tag := range m.r.Tags {
		given[tag] = "true"
	}
	for name, digest := range m.r.Data {
		given["data/"+name] = digest
	}
	var notes []string
	for _, n := range m.r.Notes {
		notes = append(notes, n.Text)
	}
	tags["mlflow.note.content"] = strings.Join(notes, "\n\n")
	ours = append(ours, "mlflow.note.content")
	if err := m.textFiles("tags", tags, nil); err != nil {
		return err
	}
	if err := m.textFiles("tags", given, ours); err != nil {
		return err
	}
	return m.textFiles("params", params, nil)
}

// textFiles writes texts, a file each, in a folder of the run where files of the names taken may be.
func (m mlflowRun) textFiles(folder string, texts map[string]string, taken []string) error {
	for name, path := range ownPaths(slices.Collect(maps.Keys(texts)), mlflowSigns, taken...) {
		if texts[name] == "" {
			continue
		}
		path = filepath.Join(m.dir, folder, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(texts[name]), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// metrics writes a file for each metric: lines of time in milliseconds, value, step.
func (m mlflowRun) metrics(ctx context.Context) error {
	paths := ownPaths(m.r.MetricNames(), mlflowSigns)
	return m.j.EachSeries(ctx, m.r.ID, func(s journal.Series) error {
		own, ok := paths[s.Metric]
		if !ok { // it began after the run was read
			return nil
		}
		path := filepath.Join(m.dir, "metrics", filepath.FromSlash(own))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		return writeFile(path, func(w io.Writer) error {
			for i := range s.Len() {
				if _, err := fmt.Fprintf(w, "%d %s %d\n", s.Times[i]/1000, pythonFloat(s.Values[i]), s.Steps[i]); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// pythonFloat writes a value as Python's float reads it.
func pythonFloat(v float64) string {
	switch {
	case math.IsNaN(v):
		return "nan"
	case math.IsInf(v, 1):
		return "inf"
	case math.IsInf(v, -1):
		return "-inf"
	}
	return record.FormatValue(v)
}

// name is the run's own, else its experiment and id.
func (m mlflowRun) name() string { return cmp.Or(m.r.Name, m.r.Experiment+" "+m.r.ID) }
