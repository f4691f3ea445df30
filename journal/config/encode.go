package config

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"sort"
	"strconv"
	"strings"

	"flowbook/journal/fault"
)

// Encode writes a config as a run records it: JSON, every field of its structs in it; the error names what cannot be written.
func Encode(config any) (json.RawMessage, error) {
	if config == nil {
		return json.RawMessage("{}"), nil
	}
	if err := check(reflect.ValueOf(config), "", homeOf(reflect.TypeOf(config)), 0); err != nil {
		return nil, err
	}
	b, err := json.Marshal(config)
	if err != nil {
		return nil, fault.Invalid("the config cannot be written as JSON: %v", err)
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

// addOmitted puts in the fields of a config's structs that its JSON leaves out because they are empty (omitempty): a setting can
// then name them, and a replay does not take the defaults for them. One with omitzero stays out: it is no setting, but what a
// record of before may hold.
func addOmitted(tree map[string]any, t reflect.Type) (added bool) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return false
	}
	for _, field := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if !field.IsExported() || field.Anonymous || name == "-" || strings.Contains(options, "omitzero") {
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

// check names the field of a config that JSON cannot hold, or would leave out without a word. path is where v stands in the config.
func check(v reflect.Value, path string, home string, depth int) error {
	if depth > 50 || !v.IsValid() {
		return nil // a cycle, of which json.Marshal complains; nil
	}
	at := path
	if at == "" {
		at = "config"
	}
	if v.CanInterface() && (v.Type().Implements(jsonMarshaler) || v.Type().Implements(textMarshaler) || reflect.PointerTo(v.Type()).Implements(jsonMarshaler)) {
		return nil
	}
	below := func(name string) string { return strings.TrimPrefix(path+"."+name, ".") }
	switch v.Kind() {
	case reflect.Float32, reflect.Float64:
		if f := v.Float(); math.IsNaN(f) || math.IsInf(f, 0) {
			return fault.Invalid("the config's %s is %v, which JSON cannot hold; leave it out, or say it with a number or a text", at, f)
		}
	case reflect.Chan, reflect.Func, reflect.Complex64, reflect.Complex128, reflect.UnsafePointer:
		return fault.Invalid("the config's %s is a %s, which JSON cannot hold; give the field the tag json:\"-\", or leave it out", at, v.Type())
	case reflect.Pointer, reflect.Interface:
		return check(v.Elem(), path, home, depth+1)
	case reflect.Slice, reflect.Array:
		if k := v.Type().Elem().Kind(); k == reflect.Uint8 || k == reflect.String || k == reflect.Bool || k >= reflect.Int && k <= reflect.Uint64 {
			return nil
		}
		for i := range v.Len() {
			if err := check(v.Index(i), below(strconv.Itoa(i)), home, depth+1); err != nil {
				return err
			}
		}
	case reflect.Map:
		keys := v.MapKeys()
		sort.Slice(keys, func(i, k int) bool { return fmt.Sprint(keys[i]) < fmt.Sprint(keys[k]) })
		for _, k := range keys {
			if err := check(v.MapIndex(k), below(fmt.Sprint(k)), home, depth+1); err != nil {
				return err
			}
		}
	case reflect.Struct:
		return checkStruct(v, below, home, depth)
	}
	return nil
}

var (
	jsonMarshaler = reflect.TypeFor[json.Marshaler]()
	textMarshaler = reflect.TypeFor[encoding.TextMarshaler]()
)

// checkStruct also refuses settings in fields that are not exported, in structs of the package that the config is of: JSON would leave
// them out.
func checkStruct(v reflect.Value, below func(string) string, home string, depth int) error {
	t := v.Type()
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" {
			continue
		}
		if !f.IsExported() && !f.Anonymous {
			k := f.Type.Kind()
			if plain := k >= reflect.Bool && k <= reflect.Float64 || k == reflect.String; plain && (f.PkgPath == home || home == "" && !strings.HasPrefix(f.PkgPath, "sync") && !strings.HasPrefix(f.PkgPath, "internal/")) && f.Name != "_" {
				return fault.Invalid("the config's %s would not be recorded, since its name begins with a small letter; write %s, or give it the tag json:\"-\"",
					below(f.Name), strings.ToUpper(f.Name[:1])+f.Name[1:])
			}
			continue
		}
		if name == "" {
			name = f.Name
		}
		path := below(name)
		if f.Anonymous && f.Tag.Get("json") == "" {
			path = strings.TrimSuffix(below(""), ".")
		}
		if err := check(v.Field(i), path, home, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// homeOf is the package of the first struct that a config has: its own settings are there.
func homeOf(t reflect.Type) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return "-"
	}
	for i := range t.NumField() {
		if f := t.Field(i); f.PkgPath != "" {
			return f.PkgPath
		}
	}
	return t.PkgPath()
}
