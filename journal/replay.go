package journal

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"flowbook/journal/config"
	"flowbook/journal/internal/plain"
	"flowbook/journal/provenance"
	"flowbook/journal/record"
)

// A ReplayReport says how a replay compares with the run it replays.
type ReplayReport struct {
	Original   *Record             `json:"original"`
	Replay     *Record             `json:"replay"`
	Identical  bool                `json:"identical"`
	Points     int                 `json:"points"`                // metric values compared
	Artifacts  int                 `json:"artifacts"`             // figures, artifacts and checkpoints compared
	Code       provenance.Likeness `json:"code"`                  // whether the code is the same
	CodeChange string              `json:"code_change,omitempty"` // what of the code differs, or why that is not known
	Setting    []string            `json:"setting,omitempty"`     // what else differs: backend, device, Go, CPU, data
	Metrics    []MetricDiff        `json:"metrics,omitempty"`     // only those that differ
	Files      []FileDiff          `json:"files,omitempty"`       // only those that differ
}

// A MetricDiff is the first difference of a metric, bit for bit.
type MetricDiff struct {
	Metric   string        `json:"metric"`
	Step     int           `json:"step"`
	Original record.Number `json:"original"`
	Replay   record.Number `json:"replay"`
	Missing  string        `json:"missing,omitempty"` // who lacks the step: "original" or "replay"
	Differ   int           `json:"differ"`            // how many points differ in all
	Of       int           `json:"of"`
}

// A FileDiff is a figure, artifact or checkpoint whose digest differs; a digest is empty where it is missing.
type FileDiff struct {
	Kind     string `json:"kind"`
	Name     string `json:"name"`
	Step     int    `json:"step"`
	Original string `json:"original"`
	Replay   string `json:"replay"`
}

// First returns the first step at which a metric differs, and false where none does.
func (r *ReplayReport) First() (MetricDiff, bool) {
	if len(r.Metrics) == 0 {
		return MetricDiff{}, false
	}
	return slices.MinFunc(r.Metrics, func(a, b MetricDiff) int { return a.Step - b.Step }), true
}

// String is what the journal command prints.
func (r *ReplayReport) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "replay %s of run %s: ", r.Replay.ID, r.Original.ID)
	switch first, differs := r.First(); {
	case r.Identical:
		fmt.Fprintf(&b, "identical: %d values and %d files are the same, bit for bit", r.Points, r.Artifacts)
	case differs:
		fmt.Fprintf(&b, "different: first at step %d: %s", first.Step, first)
	default:
		b.WriteString("different: all metrics are the same, files are not")
	}
	switch r.Code {
	case provenance.Same:
		b.WriteString("\nthe code is the same")
	case provenance.Rebuilt:
		b.WriteString("\nthe code is the same by its record: " + r.CodeChange)
	case provenance.Different:
		b.WriteString("\nthe code differs: " + r.CodeChange)
	default:
		b.WriteString("\nwhether the code is the same is not known: " + r.CodeChange)
	}
	for _, s := range r.Setting {
		b.WriteString("\n" + s)
	}
	for _, m := range r.Metrics {
		fmt.Fprintf(&b, "\nmetric %q: %d of %d values differ, the first at step %d: %s", m.Metric, m.Differ, m.Of, m.Step, m)
	}
	for _, f := range r.Files {
		fmt.Fprintf(&b, "\n%s %q: sha256 %s, in the replay %s", f.Kind, f.Name, plain.Digest(f.Original), plain.Digest(f.Replay))
	}
	return b.String()
}

// String shows the two values.
func (m MetricDiff) String() string {
	if m.Missing != "" {
		return fmt.Sprintf("%s is missing in the %s", m.Metric, m.Missing)
	}
	return fmt.Sprintf("%s is %s, in the replay %s", m.Metric, record.FormatValue(float64(m.Original)), record.FormatValue(float64(m.Replay)))
}

// Replay runs a recorded run again with its recorded experiment, config and seed, as a new run tagged "replay", and compares every metric
// value, but those of package system, bit for bit and every figure, artifact and checkpoint by its digest. The experiment must be registered in this program. The error
// says why there is no comparison; a replay that differs is not an error.
func Replay(ctx context.Context, j *Journal, id string, opts ...Option) (*ReplayReport, error) {
	old, err := j.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	if old.Status == Running {
		return nil, fmt.Errorf("journal: run %s: %w; replay it when it is finished", old.ID, ErrRunning)
	}
	e, err := Lookup(old.Experiment)
	if err != nil {
		return nil, err
	}
	cfg := e.New()
	masked, err := config.FillRecorded(cfg, old.Config)
	if err != nil {
		return nil, fmt.Errorf("run %s: its recorded config does not fit experiment %q of this program: %w", old.ID, old.Experiment, err)
	}
	opts = append([]Option{WithParent(old.ID), asReplayOf(old.ID), WithTags("replay")}, opts...)
	if old.Seed != nil {
		opts = append(opts, withRecordedSeed(*old.Seed))
	}
	again, runErr := execute(ctx, j, old.Experiment, e, cfg, opts...)
	if again == nil {
		return nil, runErr
	}
	if again.Status == Interrupted {
		return nil, fmt.Errorf("replay %s of run %s was interrupted: %w", again.ID, old.ID, runErr)
	}
	if again.Status == Failed && old.Status != Failed {
		return nil, fmt.Errorf("replay %s of run %s failed, the run did not: %w", again.ID, old.ID, runErr)
	}
	r, err := j.compareReplay(ctx, old, again)
	if r != nil && len(masked) > 0 {
		r.Setting = append(r.Setting, fmt.Sprintf("secrets of the config are not recorded; the replay took the experiment's defaults for %q", masked))
	}
	return r, err
}

func (j *Journal) compareReplay(ctx context.Context, old, again *Record) (*ReplayReport, error) {
	r := &ReplayReport{Original: old, Replay: again}
	r.Code, r.CodeChange = old.Code.Compare(again.Code)
	r.Setting = settingDiff(old, again)
	for _, change := range old.CodeChanges() {
		r.Setting = append(r.Setting, "the run went on with other code: "+change)
	}
	a, errA := j.AllSeries(ctx, old.ID)
	b, errB := j.AllSeries(ctx, again.ID)
	if err := errors.Join(errA, errB); err != nil {
		return nil, err
	}
	pairs := map[string][2]Series{}
	for i, list := range [][]Series{a, b} {
		for _, s := range list {
			if record.OfSystem(s.Metric) {
				continue
			}
			p := pairs[s.Metric]
			p[i] = s
			pairs[s.Metric] = p
		}
	}
	for _, metric := range slices.Sorted(maps.Keys(pairs)) {
		d, n := diffSeries(metric, pairs[metric][0], pairs[metric][1])
		r.Points += n
		if d.Differ > 0 {
			r.Metrics = append(r.Metrics, d)
		}
	}
	r.Artifacts, r.Files = diffFiles(old, again)
	r.Identical = len(r.Metrics) == 0 && len(r.Files) == 0
	return r, nil
}

// diffSeries walks two series, both in the order of steps, and compares bits: NaN is equal to the same NaN only.
func diffSeries(metric string, a, b Series) (d MetricDiff, n int) {
	d.Metric = metric
	differs := func(step int, x, y float64, missing string) {
		if d.Differ == 0 {
			d.Step, d.Original, d.Replay, d.Missing = step, record.Number(x), record.Number(y), missing
		}
		d.Differ++
	}
	i, k := 0, 0
	for i < a.Len() || k < b.Len() {
		n++
		switch {
		case k == b.Len() || i < a.Len() && a.Steps[i] < b.Steps[k]:
			differs(a.Steps[i], a.Values[i], math.NaN(), "replay")
			i++
		case i == a.Len() || b.Steps[k] < a.Steps[i]:
			differs(b.Steps[k], math.NaN(), b.Values[k], "original")
			k++
		default:
			if math.Float64bits(a.Values[i]) != math.Float64bits(b.Values[k]) {
				differs(a.Steps[i], a.Values[i], b.Values[k], "")
			}
			i++
			k++
		}
	}
	d.Of = n
	return d, n
}

func diffFiles(old, again *Record) (n int, diffs []FileDiff) {
	type key struct {
		kind, name string
		step       int
	}
	found := map[key][2]string{}
	for i, r := range []*Record{old, again} {
		for _, list := range [][]Artifact{r.Figures, r.Artifacts, r.Checkpoints} {
			for _, a := range list {
				k := key{a.Kind, a.Name, a.Step}
				d := found[k]
				d[i] = a.Digest
				found[k] = d
			}
		}
	}
	for k, d := range found {
		if d[0] != d[1] {
			diffs = append(diffs, FileDiff{k.kind, k.name, k.step, d[0], d[1]})
		}
	}
	slices.SortFunc(diffs, func(a, b FileDiff) int {
		if a.Step != b.Step {
			return a.Step - b.Step
		}
		return strings.Compare(a.Kind+a.Name, b.Kind+b.Name)
	})
	return len(found), diffs
}

// settingDiff names what a difference may come from besides the code.
func settingDiff(old, again *Record) []string {
	var all []string
	for _, f := range record.Fields() {
		if f.Shown&record.InSetting == 0 {
			continue
		}
		if was, is := f.Text(old), f.Text(again); was != is {
			all = append(all, fmt.Sprintf("the %s differs: %q, now %q", f.Title, was, is))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(old.Data)) {
		if d := again.Data[name]; d != old.Data[name] {
			all = append(all, fmt.Sprintf("the data set %q differs: digest %s, now %s", name, plain.Digest(old.Data[name]), plain.Digest(d)))
		}
	}
	return all
}
