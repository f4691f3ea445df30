package journal

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
)

// EncodeConfig writes a config as a run records it: JSON, every field of its structs in it; the error names what cannot be written.
func EncodeConfig(config any) (json.RawMessage, error) {
	if config == nil {
		return json.RawMessage("{}"), nil
	}
	b, err := json.Marshal(config)
	if err != nil {
		return nil, invalid("the config cannot be written as JSON: %v", err)
	}
	if string(b) == "null" {
		return json.RawMessage("{}"), nil
	}
	var tree map[string]any
	if decodeExactly(b, &tree) != nil {
		return b, nil // no object: there are no fields to add
	}
	if !addOmitted(tree, reflect.TypeOf(config)) {
		return b, nil
	}
	return json.Marshal(tree)
}

// decodeExactly decodes JSON and keeps every digit of its numbers.
func decodeExactly(b []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	return d.Decode(into)
}

// addOmitted puts in the fields of a config's structs that its JSON leaves out because they are zero (omitempty): a setting can
// then name them, and a replay does not take the defaults for them.
func addOmitted(tree map[string]any, t reflect.Type) (added bool) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return false
	}
	for _, field := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if !field.IsExported() || field.Anonymous || name == "-" {
			continue
		}
		if name == "" {
			name = field.Name
		}
		if value, ok := tree[name]; ok {
			if nested, ok := value.(map[string]any); ok {
				added = addOmitted(nested, field.Type) || added
			}
			continue
		}
		raw, err := json.Marshal(reflect.Zero(field.Type).Interface())
		if err != nil {
			continue // not a field that JSON can carry, so no setting can name it
		}
		var zero any
		if decodeExactly(raw, &zero) != nil {
			continue
		}
		tree[name], added = zero, true
		if nested, ok := zero.(map[string]any); ok {
			addOmitted(nested, field.Type)
		}
	}
	return added
}
