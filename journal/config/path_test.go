package config

import (
	"encoding/json"
	"reflect"
	"testing"
)

// TestConfigPaths holds that keys with dots, quotes or nothing in them are told from paths, the same each time.
func TestConfigPaths(t *testing.T) {
	for config, want := range map[string]map[string]any{
		`{"a.b":1,"a":{"b":2}}`:             {"'a.b'": 1., "a.b": 2.},
		`{"a":{"b.c":1,"b":{"c":2}}}`:       {"a.'b.c'": 1., "a.b.c": 2.},
		`{"a.0":1,"a":[2]}`:                 {"'a.0'": 1., "a.0": 2.},
		`{"":{"a":1},"a":2}`:                {"''.a": 1., "a": 2.},
		`{"'a.b'":1,"a.b":2}`:               {`"'a.b'"`: 1., "'a.b'": 2.},
		`{"it's":1,"its":2,"say \"x\"":3}`:  {`"it's"`: 1., "its": 2., `'say "x"'`: 3.},
		`{"big":9007199254740993,"n":null}`: {"big": "9007199254740993", "n": nil},
	} {
		for range 20 {
			if got := Flatten(json.RawMessage(config)); !reflect.DeepEqual(got, want) {
				t.Fatalf("%s has %v, want %v", config, got, want)
			}
		}
	}
}
