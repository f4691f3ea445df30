package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Flatten gives the values of a JSON object by dotted path; lists count their elements from 0, and numbers are float64. A key that holds
// a dot is quoted in its path, so that {"a.b": 1, "a": {"b": 2}} has 'a.b' and a.b.
func Flatten(raw json.RawMessage) map[string]any {
	flat := map[string]any{}
	top, err := decode(raw)
	if err != nil {
		return flat
	}
	var walk func(path string, v any)
	walk = func(path string, v any) {
		dot := ""
		if path != "" {
			dot = path + "."
		}
		switch v := v.(type) {
		case map[string]any:
			for k, x := range v {
				walk(dot+pathPart(k), x)
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

// decode decodes JSON; where there may be numbers that float64 cannot hold, all numbers are json.Number, which takes longer.
func decode(raw json.RawMessage) (top any, err error) {
	if !longNumber(raw) {
		if err := json.Unmarshal(raw, &top); err == nil {
			return top, nil
		}
	}
	exact := json.NewDecoder(bytes.NewReader(raw))
	exact.UseNumber()
	err = exact.Decode(&top)
	return top, err
}

// longNumber tells whether there are so many digits in a row that they may be a whole number which float64 does not hold.
func longNumber(raw []byte) bool {
	digits := 0
	for _, c := range raw {
		if digits++; c < '0' || c > '9' {
			digits = 0
		}
		if digits > 15 {
			return true
		}
	}
	return false
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

// pathPart is a key of a JSON object as it stands in a path: quoted where it would be read as several, or as none.
func pathPart(key string) string {
	switch {
	case key != "" && !strings.ContainsAny(key, `.'"`):
		return key
	case strings.Contains(key, "'"):
		return strconv.Quote(key)
	}
	return "'" + key + "'"
}

// Find finds a path as a reader writes it among those of a config: as it stands there, else without its quotes, else in any case
// of its letters (config.couplings also finds Couplings). Of several it is always the same, the first in their order.
func Find(flat map[string]any, path string) (string, bool) {
	if _, ok := flat[path]; ok {
		return path, true
	}
	plain := Unquote(path)
	keys := slices.Sorted(maps.Keys(flat))
	for _, same := range []func(a, b string) bool{func(a, b string) bool { return a == b }, strings.EqualFold} {
		for _, key := range keys {
			if same(Unquote(key), plain) {
				return key, true
			}
		}
	}
	return "", false
}

// Text writes a value of a config or a filter as people write it.
func Text(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	case time.Time:
		return v.Format(time.RFC3339)
	}
	return fmt.Sprint(v)
}

// Unquote takes the quotes off a name such as 'val loss'.last.
func Unquote(name string) string {
	return strings.NewReplacer("'", "", `"`, "").Replace(name)
}
