package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"flowbook/journal/fault"
	"flowbook/journal/internal/secret"
)

// Seed finds a whole number under "seed" or "Seed" at the top of a config.
func Seed(config json.RawMessage) *int64 {
	var top map[string]json.RawMessage
	if json.Unmarshal(config, &top) != nil {
		return nil
	}
	for _, key := range []string{"seed", "Seed"} {
		var seed int64
		if v, ok := top[key]; ok && !bytes.Equal(v, []byte("null")) && json.Unmarshal(v, &seed) == nil {
			return &seed
		}
	}
	return nil
}

// Override sets values of a config, given by pointer, from key=value texts: the key is the dotted path of the config's JSON, in any
// case; the value is JSON, or plain text where the config holds a text. An unknown key or a value of another type is an error
// that wraps ErrInvalid and names the keys there are; then nothing is set.
func Override(cfg any, settings ...string) error {
	if len(settings) == 0 {
		return nil
	}
	raw, err := Encode(cfg)
	if err != nil {
		return err
	}
	var tree map[string]any
	if err := decodeExactly(raw, &tree); err != nil {
		return fault.Invalid("the config is no JSON object: %v", err)
	}
	for _, s := range settings {
		key, value, ok := strings.Cut(s, "=")
		if !ok || key == "" {
			return fault.Invalid("%q is no setting; write key=value", s)
		}
		if err := set(tree, key, value); err != nil {
			return err
		}
	}
	changed, err := json.Marshal(tree)
	if err != nil {
		return fault.Invalid("config: %v", err)
	}
	return Fill(cfg, changed)
}

// set puts a value at a dotted path of a tree that has it already.
func set(tree map[string]any, key, value string) error {
	root := tree
	parts := strings.Split(key, ".")
	for _, part := range parts[:len(parts)-1] {
		name, ok := keyOf(tree, part)
		next, isObject := tree[name].(map[string]any)
		if !ok || !isObject {
			return unknownKey(root, key)
		}
		tree = next
	}
	name, ok := keyOf(tree, parts[len(parts)-1])
	if !ok {
		return unknownKey(root, key)
	}
	var v any
	if _, isText := tree[name].(string); isText && !strings.HasPrefix(value, `"`) {
		v = value
	} else if json.Unmarshal([]byte(value), &v) == nil {
		v = json.RawMessage(value) // so that a large integer keeps its digits
	} else {
		v = value
	}
	tree[name] = v
	return nil
}

// keyOf finds a key as it is written, else in any case.
func keyOf(tree map[string]any, key string) (string, bool) {
	if _, ok := tree[key]; ok {
		return key, true
	}
	for k := range tree {
		if strings.EqualFold(k, key) {
			return k, true
		}
	}
	return "", false
}

func unknownKey(root map[string]any, key string) error {
	raw, err := json.Marshal(root)
	if err != nil {
		return fault.Invalid("config: %v", err)
	}
	keys := slices.Sorted(maps.Keys(Flatten(raw)))
	return fault.Invalid("the config has no %q; it has %s", key, fmt.Sprintf("%q", keys))
}

// FillRecorded fills in a recorded config. Secrets are not recorded: there the defaults stay, and their paths are returned.
func FillRecorded(cfg any, raw json.RawMessage) (masked []string, err error) {
	left, masked := secret.Unmasked(raw)
	return masked, Fill(cfg, left)
}

// Fill reads a config strictly: a value that the config does not have is an error.
func Fill(cfg any, raw json.RawMessage) error {
	if v := reflect.ValueOf(cfg); v.Kind() != reflect.Pointer || v.IsNil() {
		return fault.Invalid("the experiment's New returns %T; it must return a pointer to a config", cfg)
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	err := d.Decode(cfg)
	var other *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &other) && other.Field != "":
		return fault.Invalid("config: %s takes %s, not a %s", other.Field, wanted(other.Type), other.Value)
	}
	return fault.Invalid("config: %s", strings.TrimPrefix(err.Error(), "json: "))
}

// wanted says what a field of a type takes.
func wanted(t reflect.Type) string {
	switch k := t.Kind(); {
	case k == reflect.Float32 || k == reflect.Float64:
		return "a finite number"
	case k >= reflect.Int && k <= reflect.Uintptr:
		return fmt.Sprintf("a whole number (%s)", k)
	case k == reflect.Bool:
		return "true or false"
	case k == reflect.String:
		return "a text"
	case k == reflect.Slice || k == reflect.Array:
		return "a list, as [1,2]"
	case k == reflect.Struct || k == reflect.Map:
		return `an object, as {"name":1}; a part of it is set by its path, as name.part=1`
	}
	return "a " + t.String()
}
