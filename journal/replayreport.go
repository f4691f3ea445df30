package journal

import (
	"fmt"
	"slices"
	"strings"

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
