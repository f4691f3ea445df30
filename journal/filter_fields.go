package journal

import (
	"fmt"
	"strings"
)

// A subject is the run a filter looks at; its config is decoded once.
type subject struct {
	*Record
	flat map[string]any
}

// config returns the config's values by their dotted path.
func (s *subject) config() map[string]any {
	if s.flat == nil {
		s.flat = flatten(s.Config)
	}
	return s.flat
}

// A filterField gives a run's values of a field: none where it is not there, several for tags.
type filterField struct {
	values func(*subject) []any // of float64, string, bool, nil, time.Time or time.Duration
	isTime bool
	isSpan bool
}

// parseField finds a field by its name.
func parseField(name string) (filterField, error) {
	head, rest, dotted := strings.Cut(name, ".")
	switch head {
	case "config", "metric", "data":
		if !dotted || unquoteParts(rest) == "" {
			return filterField{}, fmt.Errorf("%s needs a name, as in %s.NAME", head, head)
		}
		if head != "config" { // there the quotes tell a key with a dot from a path
			rest = unquoteParts(rest)
		}
		return map[string]func(string) filterField{"config": configField, "metric": metricField, "data": dataField}[head](rest), nil
	}
	if f, ok := findRunField(name); ok {
		return f.filter, nil
	}
	return filterField{}, fmt.Errorf("unknown field %q; fields are config.PATH, metric.NAME, data.NAME, %s", name, runFieldNames())
}

// unquoteParts takes the quotes off a name such as 'val loss'.last.
func unquoteParts(name string) string {
	return strings.NewReplacer("'", "", `"`, "").Replace(name)
}

func configField(path string) filterField {
	return filterField{values: func(s *subject) []any {
		if key, ok := findPath(s.config(), path); ok {
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
		base, which, _ := cutLast(name, ".")
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

// text makes a field of a text that is not there when it is empty.
func text(get func(*Record) string) filterField {
	return filterField{values: func(s *subject) []any {
		if v := get(s.Record); v != "" {
			return []any{v}
		}
		return nil
	}}
}
