package journal

import (
	"context"
	"encoding/json"
	"maps"
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
			if got := flatten(json.RawMessage(config)); !reflect.DeepEqual(got, want) {
				t.Fatalf("%s has %v, want %v", config, got, want)
			}
		}
	}
}

// TestConfigFields finds keys with dots, with and without quotes, and of several keys in other letters always the same.
func TestConfigFields(t *testing.T) {
	r := &Record{Config: json.RawMessage(`{"a.b":1,"a":{"b":2},"c.d":3,"RATE":4,"Rate":5}`)}
	for filter, want := range map[string]bool{
		"config.a.b=2": true, "config.'a.b'=1": true, `config."a.b"=1`: true, "config.c.d=3": true, "config.'c.d'=3": true,
		"config.rate=4": true, "config.Rate=5": true, "config.a.b=1": false, "config.'a.b'=2": false,
	} {
		f, err := ParseFilter(filter)
		must(t, err)
		for range 20 {
			if f.Match(r) != want {
				t.Fatalf("%s is %v", filter, !want)
			}
		}
	}
}

// TestCompareDots compares configs with keys that look like paths: both are there, the same each time.
func TestCompareDots(t *testing.T) {
	ctx := context.Background()
	j := openTemp(t)
	var ids []string
	for _, config := range []string{`{"a.b":1,"a":{"b":2}}`, `{"a.b":3,"a":{"b":4}}`, `{"a":{"b":2}}`} {
		run, err := j.Begin(ctx, "dots", json.RawMessage(config))
		must(t, err)
		must(t, run.Finish(nil))
		ids = append(ids, run.ID)
	}
	for range 20 {
		c, err := j.Compare(ctx, ids...)
		must(t, err)
		got := map[string][]string{}
		for _, row := range c.Config {
			got[row.Path] = row.Values
		}
		want := map[string][]string{"'a.b'": {"1", "3", ""}, "a.b": {"2", "4", "2"}}
		if !maps.EqualFunc(got, want, func(a, b []string) bool { return reflect.DeepEqual(a, b) }) {
			t.Fatalf("they differ in %v, want %v", got, want)
		}
	}
}
