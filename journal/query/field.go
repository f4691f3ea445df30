package query

import (
	"fmt"
	"strings"

	"flowbook/journal/config"
	"flowbook/journal/internal/plain"
	"flowbook/journal/record"
)

// A Field is what a filter, an order or a column can ask of a run; see [ParseField].
type Field struct {
	Name  string
	field filterField
}

// ParseField finds a field by its name, as a filter has it: config.PATH, metric.NAME (its last value; .best, .min, .max and .count choose
// another), data.NAME, tag, experiment, started, …
func ParseField(name string) (*Field, error) {
	f, err := parseField(name)
	if err != nil {
		return nil, filterError(name, 0, err.Error())
	}
	return &Field{name, f}, nil
}

// Values are a run's values of the field: float64, string, bool, nil, time.Time or time.Duration; none where it has none, several of tags.
func (f *Field) Values(r *record.Run) []any { return f.field.values(&subject{Run: r}) }

// Texts are the values of the field as people write them.
func (f *Field) Texts(r *record.Run) []string {
	var all []string
	for _, v := range f.Values(r) {
		all = append(all, config.Text(v))
	}
	return all
}

// A subject is the run a filter looks at; its config is decoded once.
type subject struct {
	*record.Run
	flat map[string]any
}

// config returns the config's values by their dotted path.
func (s *subject) config() map[string]any {
	if s.flat == nil {
		s.flat = config.Flatten(s.Config)
	}
	return s.flat
}

// A filterField gives a run's values of a field: none where it is not there, several for tags.
type filterField struct {
	values func(*subject) []any // of float64, string, bool, nil, time.Time or time.Duration
	kind   record.FieldKind
}

// parseField finds a field by its name.
func parseField(name string) (filterField, error) {
	head, rest, dotted := strings.Cut(name, ".")
	switch head {
	case "config", "metric", "data":
		if !dotted || config.Unquote(rest) == "" {
			return filterField{}, fmt.Errorf("%s needs a name, as in %s.NAME", head, head)
		}
		if head != "config" { // there the quotes tell a key with a dot from a path
			rest = config.Unquote(rest)
		}
		return map[string]func(string) filterField{"config": configField, "metric": metricField, "data": dataField}[head](rest), nil
	}
	if f, ok := record.FindField(name); ok {
		return filterField{values: func(s *subject) []any { return f.Values(s.Run) }, kind: f.Kind}, nil
	}
	return filterField{}, fmt.Errorf("unknown field %q; fields are config.PATH, metric.NAME, data.NAME, %s", name, record.FieldNames())
}

func configField(path string) filterField {
	return filterField{values: func(s *subject) []any {
		if key, ok := config.Find(s.config(), path); ok {
			return []any{s.config()[key]}
		}
		return nil
	}}
}

// metricField reads metric NAME, or NAME.last, .best, .min, .max or .count where there is no metric of the whole name.
func metricField(name string) filterField {
	return filterField{values: func(s *subject) []any {
		if sum, ok := s.Metrics[name]; ok {
			return []any{sum.Last}
		}
		base, which, _ := plain.CutLast(name, ".")
		sum, ok := s.Metrics[base]
		if !ok {
			return nil
		}
		best, _ := sum.Best(base)
		if v, ok := map[string]float64{"last": sum.Last, "best": best, "min": sum.Min, "max": sum.Max, "count": float64(sum.Count)}[which]; ok {
			return []any{v}
		}
		return nil
	}}
}

func dataField(name string) filterField {
	return filterField{values: func(s *subject) []any {
		if d, ok := s.Data[name]; ok {
			return []any{d}
		}
		return nil
	}}
}
