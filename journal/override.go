package journal

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Override sets values of a config, given by pointer, from key=value texts: the key is the dotted path of the config's JSON, in any
// case; the value is JSON, or plain text where the config holds a text. An unknown key or a value of another type is an error
// that wraps ErrInvalid and names the keys there are; then nothing is set.
func Override(cfg any, settings ...string) error {
	if len(settings) == 0 {
		return nil
	}
	raw, err := EncodeConfig(cfg)
	if err != nil {
		return err
	}
	var tree map[string]any
	if err := decodeExactly(raw, &tree); err != nil {
		return invalid("the config is no JSON object: %v", err)
	}
	for _, s := range settings {
		key, value, ok := strings.Cut(s, "=")
		if !ok || key == "" {
			return invalid("%q is no setting; write key=value", s)
		}
		if err := set(tree, key, value); err != nil {
			return err
		}
	}
	changed, err := json.Marshal(tree)
	if err != nil {
		return invalid("config: %v", err)
	}
	return fill(cfg, changed)
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
		return invalid("config: %v", err)
	}
	keys := slices.Sorted(maps.Keys(flatten(raw)))
	return invalid("the config has no %q; it has %s", key, fmt.Sprintf("%q", keys))
}
