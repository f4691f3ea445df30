package journal

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"flowbook/journal/config"
	"flowbook/journal/internal/plain"
	"flowbook/journal/record"
)

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
	names := map[string]bool{}
	for _, run := range []*Record{old, again} {
		for name := range run.Metrics {
			names[name] = true
		}
	}
	for _, metric := range slices.Sorted(maps.Keys(names)) {
		if record.OfSystem(metric) {
			continue
		}
		var pair [2]Series
		for i, run := range []*Record{old, again} {
			err := j.EachSeries(ctx, run.ID, func(s Series) error { pair[i] = s; return nil }, metric)
			if err != nil {
				return nil, err
			}
		}
		d, n := diffSeries(metric, pair[0], pair[1])
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
