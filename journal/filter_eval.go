package journal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
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

// flatten gives the values of a JSON object by dotted path; lists count their elements from 0, and numbers are float64.
func flatten(raw json.RawMessage) map[string]any {
	flat := map[string]any{}
	var top any
	exact := json.NewDecoder(bytes.NewReader(raw))
	exact.UseNumber()
	if exact.Decode(&top) != nil {
		return flat
	}
	var walk func(path string, v any)
	walk = func(path string, v any) {
		dot := path
		if dot != "" {
			dot += "."
		}
		switch v := v.(type) {
		case map[string]any:
			for k, x := range v {
				walk(dot+k, x)
			}
		case []any:
			for i, x := range v {
				walk(dot+strconv.Itoa(i), x)
			}
		case json.Number:
			flat[path] = exactNumber(v)
		default:
			flat[path] = v
		}
	}
	walk("", top)
	return flat
}

// exactNumber is a JSON number as float64, or as text where a whole number, such as a seed, has too many digits for that.
func exactNumber(n json.Number) any {
	if i, err := n.Int64(); err == nil && int64(float64(i)) != i {
		return n.String()
	}
	f, err := n.Float64()
	if err != nil {
		return n.String()
	}
	return f
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
		if rest = unquoteParts(rest); !dotted || rest == "" {
			return filterField{}, fmt.Errorf("%s needs a name, as in %s.NAME", head, head)
		}
		return map[string]func(string) filterField{"config": configField, "metric": metricField, "data": dataField}[head](rest), nil
	}
	if f, ok := plainFields[name]; ok {
		return f, nil
	}
	return filterField{}, fmt.Errorf("unknown field %q; fields are config.PATH, metric.NAME, data.NAME, tag, experiment, status, id, parent, replay_of, seed, backend, device, host, commit, branch, error, started, ended, duration", name)
}

// unquoteParts takes the quotes off a name such as 'val loss'.last.
func unquoteParts(name string) string {
	return strings.NewReplacer("'", "", `"`, "").Replace(name)
}

func configField(path string) filterField {
	return filterField{values: func(s *subject) []any {
		flat := s.config()
		if v, ok := flat[path]; ok {
			return []any{v}
		}
		for key, v := range flat { // config.couplings also finds Couplings
			if strings.EqualFold(key, path) {
				return []any{v}
			}
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

var plainFields = map[string]filterField{
	"tag": {values: func(s *subject) []any {
		all := make([]any, len(s.Tags))
		for i, t := range s.Tags {
			all[i] = t
		}
		return all
	}},
	"experiment": text(func(r *Record) string { return r.Experiment }),
	"status":     text(func(r *Record) string { return string(r.Status) }),
	"id":         text(func(r *Record) string { return r.ID }),
	"parent":     text(func(r *Record) string { return r.Parent }),
	"replay_of":  text(func(r *Record) string { return r.ReplayOf }),
	"backend":    text(func(r *Record) string { return r.Backend }),
	"device":     text(func(r *Record) string { return r.Device }),
	"host":       text(func(r *Record) string { return r.Machine.Host }),
	"commit":     text(func(r *Record) string { return r.Code.Commit }),
	"branch":     text(func(r *Record) string { return r.Code.Branch }),
	"error":      text(func(r *Record) string { return r.Error }),
	"seed": {values: func(s *subject) []any {
		if s.Seed == nil {
			return nil
		}
		return []any{float64(*s.Seed)}
	}},
	"started": {isTime: true, values: func(s *subject) []any { return []any{s.Started} }},
	"ended": {isTime: true, values: func(s *subject) []any {
		if s.Ended == nil {
			return nil
		}
		return []any{*s.Ended}
	}},
	"duration": {isSpan: true, values: func(s *subject) []any { return []any{s.Duration()} }},
}

// literal reads the value of a comparison in the way of its field.
func (f filterField) literal(t token) (any, error) {
	switch {
	case f.isTime:
		return parseTime(t.text)
	case f.isSpan:
		if sec, err := strconv.ParseFloat(t.text, 64); err == nil {
			return time.Duration(sec * float64(time.Second)), nil
		}
		d, err := time.ParseDuration(t.text)
		if err != nil {
			return nil, fmt.Errorf("%q is no duration; write 90s, 5m or 2h", t.text)
		}
		return d, nil
	case t.kind == tokenString:
		return t.text, nil
	}
	switch t.text {
	case "true", "false":
		return t.text == "true", nil
	case "null":
		return nil, nil
	}
	if v, err := strconv.ParseFloat(t.text, 64); err == nil {
		return v, nil
	}
	return t.text, nil
}

// parseTime reads a date, with or without a time, in the local zone unless it names one.
func parseTime(text string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, text, time.Local); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is no date; write 2026-11-24 or 2026-11-24T10:00", text)
}

func matchAny(re *regexp.Regexp, values []any) bool {
	for _, v := range values {
		if re.MatchString(plainText(v)) {
			return true
		}
	}
	return false
}

// compareAny tells whether a value compares with the literal as op says; != holds when no value is equal.
func compareAny(values []any, op string, lit any) bool {
	if op == "!=" {
		return !compareAny(values, "=", lit)
	}
	if lit == nil { // field = null: it is not there, or null
		return op == "=" && (len(values) == 0 || values[0] == nil) || op == "==" && (len(values) == 0 || values[0] == nil)
	}
	for _, v := range values {
		if compareOne(v, op, lit) {
			return true
		}
	}
	return false
}

// compareOne compares two values of one kind; values of different kinds only by their text, and only for equality.
func compareOne(v any, op string, lit any) bool {
	switch a := v.(type) {
	case float64:
		if b, ok := lit.(float64); ok {
			if a != a && b != b { // nan = nan finds the runs that went wrong
				return op == "=" || op == "=="
			}
			return ordered(a, b, op)
		}
	case time.Time:
		if b, ok := lit.(time.Time); ok {
			return ordered(a.UnixMicro(), b.UnixMicro(), op)
		}
	case time.Duration:
		if b, ok := lit.(time.Duration); ok {
			return ordered(a, b, op)
		}
	case string:
		return ordered(a, plainText(lit), op)
	}
	return (op == "=" || op == "==") && plainText(v) == plainText(lit)
}

func ordered[T float64 | int64 | time.Duration | string](a, b T, op string) bool {
	switch op {
	case "<":
		return a < b
	case "<=":
		return a <= b
	case ">":
		return a > b
	case ">=":
		return a >= b
	}
	return a == b
}

// plainText writes a value of a config or a filter as people write it.
func plainText(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return v
	case float64:
		return FormatValue(v)
	case bool:
		return strconv.FormatBool(v)
	case time.Time:
		return v.Format(time.RFC3339)
	}
	return fmt.Sprint(v)
}
