package query

import (
	"fmt"
	"regexp"
	"strconv"
	"time"

	"flowbook/journal/config"
	"flowbook/journal/record"
)

// literal reads the value of a comparison in the way of its field.
func (f filterField) literal(t token) (any, error) {
	switch {
	case f.kind == record.TimeField:
		return parseTime(t.text)
	case f.kind == record.SpanField:
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
		if re.MatchString(config.Text(v)) {
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
		return ordered(a, config.Text(lit), op)
	}
	return (op == "=" || op == "==") && config.Text(v) == config.Text(lit)
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
