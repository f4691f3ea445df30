package secret

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// JSON masks the secrets of a JSON text, such as a config: texts under a name that is that of a secret, and what looks like one
// anywhere. It returns the text as it is where there is none.
func JSON(raw []byte) []byte {
	var tree any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if d.Decode(&tree) != nil {
		return raw
	}
	tree, changed := walk(tree, false)
	if !changed {
		return raw
	}
	masked, err := json.Marshal(tree)
	if err != nil {
		return []byte(`"` + Mask + `"`) // what was read from JSON can be written as JSON
	}
	return masked
}

func walk(v any, named bool) (any, bool) {
	changed := false
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			text, _ := x.(string)
			y, did := walk(x, named || Name(k) || isAuth(k) && basic(text))
			v[k], changed = y, changed || did
		}
		return v, changed
	case []any:
		for i, x := range v {
			y, did := walk(x, named)
			v[i], changed = y, changed || did
		}
		return v, changed
	case string:
		masked := Text(v)
		if named && anyValue(v) {
			masked = Mask
		}
		return masked, masked != v
	}
	return v, false
}

// Unmasked is a JSON text without the values that are masked, and the dotted paths of these.
func Unmasked(raw []byte) ([]byte, []string) {
	if !bytes.Contains(raw, []byte(Mask)) {
		return raw, nil
	}
	var tree map[string]any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if d.Decode(&tree) != nil {
		return raw, nil
	}
	var paths []string
	drop(tree, "", &paths)
	left, err := json.Marshal(tree)
	if err != nil {
		return raw, nil
	}
	slices.Sort(paths)
	return left, paths
}

// drop takes masked values out of a tree; a list that holds one goes whole, since its elements have no names.
func drop(tree map[string]any, prefix string, paths *[]string) {
	for k, v := range tree {
		switch v := v.(type) {
		case map[string]any:
			drop(v, prefix+k+".", paths)
		default:
			if holds(v) {
				delete(tree, k)
				*paths = append(*paths, prefix+k)
			}
		}
	}
}

func holds(v any) bool {
	switch v := v.(type) {
	case string:
		return strings.Contains(v, Mask)
	case []any:
		return slices.ContainsFunc(v, holds)
	case map[string]any:
		for _, x := range v {
			if holds(x) {
				return true
			}
		}
	}
	return false
}
