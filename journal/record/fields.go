package record

import (
	"fmt"
	"slices"
	"strings"

	"flowbook/journal/internal/plain"
)

// A Field is one thing that a record says of its run, besides what is of its experiment: config, metrics, tags and data sets. Filters and
// orders, cards, the terminal, the export for MLflow and the settings that a replay compares all walk [Fields].
type Field struct {
	Name  string // in filters, orders and exports, as replay_of
	Title string // beside its value, as "replay of"
	Shown Places
	Text  func(*Run) string // as people read it; "" where there is none
	Kind  FieldKind         // what its values are
	// Values are what a filter compares: of float64, string, bool, nil, time.Time or time.Duration; none where it is not there, several of tags.
	Values func(*Run) []any

	Brief func(*Run) string // shorter than Text, for a card; nil: Text
}

// A FieldKind says how a filter reads the value that a field is compared with.
type FieldKind int

// The kinds of field.
const (
	PlainField FieldKind = iota // a number, a word, true, false or null
	TimeField                   // a date
	SpanField                   // a duration
	RunField                    // the id of a run
)

// Places are where a field is shown.
type Places uint

// The places.
const (
	OnCard     Places = 1 << iota // [Run.HTML]
	OnTerminal                    // journal show
	OnPage                        // in a run's record, on the exported page; what is not stands in the run's heading there
	InMLflow                      // as a tag
	InSetting                     // what may make a replay differ, besides the code
)

// Fields are the fields, in the order in which they are shown. It is a function so that a program that shows none does not link them.
func Fields() []Field {
	return []Field{
		{Name: "id", Title: "run", Shown: OnPage, Kind: RunField, Values: text(func(r *Run) string { return r.ID }), Text: func(r *Run) string { return r.ID }},
		textField("name", "name", OnTerminal|OnPage|InMLflow, func(r *Run) string { return r.Name }),
		textField("experiment", "experiment", 0, func(r *Run) string { return r.Experiment }),
		textField("status", "status", 0, func(r *Run) string { return string(r.Status) }),
		textField("error", "error", InMLflow, func(r *Run) string { return r.Error }),
		{Name: "started", Title: "started", Shown: OnTerminal | OnPage, Text: func(r *Run) string { return r.Started.Local().Format("2006-01-02 15:04:05") },
			Kind: TimeField, Values: func(r *Run) []any { return []any{r.Started} }},
		{Name: "ended", Title: "ended", Shown: OnPage, Text: func(r *Run) string {
			if r.Ended == nil {
				return ""
			}
			return r.Ended.Local().Format("2006-01-02 15:04:05")
		}, Kind: TimeField, Values: func(r *Run) []any {
			if r.Ended == nil {
				return nil
			}
			return []any{*r.Ended}
		}},
		{Name: "duration", Title: "took", Shown: OnTerminal | OnPage, Text: func(r *Run) string { return Span(r.Duration()) },
			Kind: SpanField, Values: func(r *Run) []any { return []any{r.Duration()} }},
		{Name: "tag", Title: "tags", Shown: OnTerminal, Text: func(r *Run) string { return strings.Join(r.Tags, ", ") },
			Values: func(r *Run) []any {
				all := make([]any, len(r.Tags))
				for i, t := range r.Tags {
					all[i] = t
				}
				return all
			}},
		{Name: "seed", Title: "seed", Shown: OnCard | OnTerminal | OnPage | InMLflow, Text: func(r *Run) string {
			if r.Seed == nil {
				return ""
			}
			return fmt.Sprint(*r.Seed)
		}, Values: func(r *Run) []any {
			if r.Seed == nil {
				return nil
			}
			return []any{float64(*r.Seed)}
		}},
		runField("parent", "parent", OnCard|OnTerminal|OnPage|InMLflow, func(r *Run) string { return r.Parent }),
		runField("replay_of", "replay of", OnCard|OnTerminal|OnPage|InMLflow, func(r *Run) string { return r.ReplayOf }),
		{Name: "sweep", Title: "sweep", Shown: OnCard | OnTerminal | OnPage | InMLflow, Values: text(sweepID), Text: func(r *Run) string {
			if r.Sweep == nil {
				return ""
			}
			return r.Sweep.ID + ": " + strings.Join(r.Sweep.Settings, " ")
		}},
		{Name: "commit", Title: "commit", Shown: OnCard | OnTerminal | OnPage, Text: commitText(func(c string) string { return c }), Brief: commitText(plain.Digest),
			Values: text(func(r *Run) string { return r.Code.Commit })},
		textField("branch", "branch", OnPage|InMLflow, func(r *Run) string { return r.Code.Branch }),
		textField("backend", "backend", OnCard|OnTerminal|OnPage|InMLflow|InSetting, func(r *Run) string { return r.Backend }),
		textField("device", "device", OnCard|OnTerminal|OnPage|InMLflow|InSetting, func(r *Run) string { return r.Device }),
		textField("go", "Go", OnPage|InSetting, func(r *Run) string { return r.Machine.Go }),
		textField("cpu", "CPU", OnPage|InSetting, func(r *Run) string { return r.Machine.CPU }),
		textField("arch", "architecture", OnPage|InSetting, func(r *Run) string { return r.Machine.Arch }),
		textField("host", "host", OnPage|InMLflow|InSetting, func(r *Run) string { return r.Machine.Host }),
	}
}

// textField is a field of a text that is not there when it is empty.
func textField(name, title string, shown Places, get func(*Run) string) Field {
	return Field{Name: name, Title: title, Shown: shown, Text: get, Values: text(get)}
}

// runField is a field that names another run.
func runField(name, title string, shown Places, get func(*Run) string) Field {
	f := textField(name, title, shown, get)
	f.Kind = RunField
	return f
}

func sweepID(r *Run) string {
	if r.Sweep == nil {
		return ""
	}
	return r.Sweep.ID
}

// commitText says which commit a run ran, or why that is not known.
func commitText(write func(commit string) string) func(*Run) string {
	return func(r *Run) string {
		switch {
		case r.Code.Commit == "":
			return r.Code.Why
		case r.Code.Dirty:
			return write(r.Code.Commit) + " with changes"
		}
		return write(r.Code.Commit)
	}
}

// FindField finds a field by its name.
func FindField(name string) (Field, bool) {
	all := Fields()
	i := slices.IndexFunc(all, func(f Field) bool { return f.Name == name })
	if i < 0 {
		return Field{}, false
	}
	return all[i], true
}

// FieldNames are the names that a filter knows, as a list for people.
func FieldNames() string {
	var names []string
	for _, f := range Fields() {
		names = append(names, f.Name)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// ShownIn lists title and text of the fields that are shown in a place, and have one.
func (r *Run) ShownIn(place Places) [][2]string {
	var all [][2]string
	for _, f := range Fields() {
		write := f.Text
		if place == OnCard && f.Brief != nil {
			write = f.Brief
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

// text gives the values of a text that is not there when it is empty.
func text(get func(*Run) string) func(*Run) []any {
	return func(r *Run) []any {
		if v := get(r); v != "" {
			return []any{v}
		}
		return nil
	}
}
