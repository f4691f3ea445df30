package journal

import (
	"fmt"
	"slices"
	"strings"
)

// A RunField is one thing that a record says of its run, besides what is of its experiment: config, metrics, tags and data sets. Filters and
// orders, cards, the terminal, the export for MLflow and the settings that a replay compares all walk [RunFields].
type RunField struct {
	Name  string // in filters, orders and exports, as replay_of
	Title string // beside its value, as "replay of"
	Shown Places
	Text  func(*Record) string // as people read it; "" where there is none

	filter filterField
	brief  func(*Record) string // shorter than Text, for a card; nil: Text
}

// Places are where a field is shown.
type Places uint

// The places.
const (
	OnCard     Places = 1 << iota // [Record.HTML]
	OnTerminal                    // journal show
	InMLflow                      // as a tag
	InSetting                     // what may make a replay differ, besides the code
)

// RunFields are the fields, in the order in which they are shown.
var RunFields = []RunField{
	{Name: "id", filter: text(func(r *Record) string { return r.ID }), Text: func(r *Record) string { return r.ID }},
	textField("name", "name", OnTerminal|InMLflow, func(r *Record) string { return r.Name }),
	textField("experiment", "experiment", 0, func(r *Record) string { return r.Experiment }),
	textField("status", "status", 0, func(r *Record) string { return string(r.Status) }),
	textField("error", "error", InMLflow, func(r *Record) string { return r.Error }),
	{Name: "started", Title: "started", Shown: OnTerminal, Text: func(r *Record) string { return r.Started.Local().Format("2006-01-02 15:04:05") },
		filter: filterField{isTime: true, values: func(s *subject) []any { return []any{s.Started} }}},
	{Name: "ended", Text: func(r *Record) string {
		if r.Ended == nil {
			return ""
		}
		return r.Ended.Local().Format("2006-01-02 15:04:05")
	}, filter: filterField{isTime: true, values: func(s *subject) []any {
		if s.Ended == nil {
			return nil
		}
		return []any{*s.Ended}
	}}},
	{Name: "duration", Title: "took", Shown: OnTerminal, Text: func(r *Record) string { return Span(r.Duration()) },
		filter: filterField{isSpan: true, values: func(s *subject) []any { return []any{s.Duration()} }}},
	{Name: "tag", Title: "tags", Shown: OnTerminal, Text: func(r *Record) string { return strings.Join(r.Tags, ", ") },
		filter: filterField{values: func(s *subject) []any {
			all := make([]any, len(s.Tags))
			for i, t := range s.Tags {
				all[i] = t
			}
			return all
		}}},
	{Name: "seed", Title: "seed", Shown: OnCard | OnTerminal | InMLflow, Text: func(r *Record) string {
		if r.Seed == nil {
			return ""
		}
		return fmt.Sprint(*r.Seed)
	}, filter: filterField{values: func(s *subject) []any {
		if s.Seed == nil {
			return nil
		}
		return []any{float64(*s.Seed)}
	}}},
	textField("parent", "parent", OnCard|OnTerminal|InMLflow, func(r *Record) string { return r.Parent }),
	textField("replay_of", "replay of", OnCard|OnTerminal|InMLflow, func(r *Record) string { return r.ReplayOf }),
	{Name: "sweep", Title: "sweep", Shown: OnCard | OnTerminal | InMLflow, filter: text(sweepID), Text: func(r *Record) string {
		if r.Sweep == nil {
			return ""
		}
		return r.Sweep.ID + ": " + strings.Join(r.Sweep.Settings, " ")
	}},
	{Name: "commit", Title: "commit", Shown: OnCard | OnTerminal, Text: commitText(func(c string) string { return c }), brief: commitText(short),
		filter: text(func(r *Record) string { return r.Code.Commit })},
	textField("branch", "branch", InMLflow, func(r *Record) string { return r.Code.Branch }),
	textField("backend", "backend", OnCard|OnTerminal|InMLflow|InSetting, func(r *Record) string { return r.Backend }),
	textField("device", "device", OnCard|OnTerminal|InMLflow|InSetting, func(r *Record) string { return r.Device }),
	textField("go", "Go", InSetting, func(r *Record) string { return r.Machine.Go }),
	textField("cpu", "CPU", InSetting, func(r *Record) string { return r.Machine.CPU }),
	textField("arch", "architecture", InSetting, func(r *Record) string { return r.Machine.Arch }),
	textField("host", "host", InMLflow|InSetting, func(r *Record) string { return r.Machine.Host }),
}

// textField is a field of a text that is not there when it is empty.
func textField(name, title string, shown Places, get func(*Record) string) RunField {
	return RunField{Name: name, Title: title, Shown: shown, Text: get, filter: text(get)}
}

func sweepID(r *Record) string {
	if r.Sweep == nil {
		return ""
	}
	return r.Sweep.ID
}

// commitText says which commit a run ran, or why that is not known.
func commitText(write func(commit string) string) func(*Record) string {
	return func(r *Record) string {
		switch {
		case r.Code.Commit == "":
			return r.Code.Why
		case r.Code.Dirty:
			return write(r.Code.Commit) + " with changes"
		}
		return write(r.Code.Commit)
	}
}

// findRunField finds a field by its name.
func findRunField(name string) (RunField, bool) {
	i := slices.IndexFunc(RunFields, func(f RunField) bool { return f.Name == name })
	if i < 0 {
		return RunField{}, false
	}
	return RunFields[i], true
}

// runFieldNames are the names that a filter knows, as a list for people.
func runFieldNames() string {
	var names []string
	for _, f := range RunFields {
		names = append(names, f.Name)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// ShownIn lists title and text of the fields that are shown in a place, and have one.
func (r *Record) ShownIn(place Places) [][2]string {
	var all [][2]string
	for _, f := range RunFields {
		write := f.Text
		if place == OnCard && f.brief != nil {
			write = f.brief
		}
		if f.Shown&place == 0 {
			continue
		}
		if value := write(r); value != "" {
			all = append(all, [2]string{f.Title, value})
		}
	}
	return all
}
