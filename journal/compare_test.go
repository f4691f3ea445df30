package journal

import (
	"context"
	"encoding/json"
	"maps"
	"reflect"
	"testing"
)

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
