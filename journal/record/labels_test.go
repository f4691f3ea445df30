package record

import (
	"encoding/json"
	"reflect"
	"testing"
)

// TestLabels tells runs apart by what differs.
func TestLabels(t *testing.T) {
	run := func(id, name, config string) *Run {
		return &Run{ID: id + "00000000", Name: name, Experiment: "x", Config: json.RawMessage(config)}
	}
	for _, c := range []struct {
		runs []*Run
		want []string
	}{
		{[]*Run{run("aa", "", `{"lr":0.02,"n":1}`), run("bb", "", `{"lr":0.1,"n":1}`)}, []string{"lr=0.02", "lr=0.1"}},
		{[]*Run{run("aa", "wide", `{"lr":0.02}`), run("bb", "", `{"lr":0.1}`)}, []string{"wide", "lr=0.1"}},
		{[]*Run{run("aa", "", `{"net":{"planes":8},"seed":1}`), run("bb", "", `{"net":{"planes":16},"seed":2}`)}, []string{"planes=8, seed=1", "planes=16, seed=2"}},
		{[]*Run{run("aa", "", `{"s":{"n":1},"t":{"n":1}}`), run("bb", "", `{"s":{"n":2},"t":{"n":3}}`)}, []string{"s.n=1, t.n=1", "s.n=2, t.n=3"}},
		{[]*Run{run("aa", "", `{"lr":1}`), run("bb", "", `{"lr":1}`)}, []string{"x aa0000", "x bb0000"}},
		{[]*Run{run("aa", "", `{"lr":1}`), run("bb", "", `{"lr":1}`), run("cc", "", `{"lr":2}`)}, []string{"lr=1 aa0000", "lr=1 bb0000", "lr=2"}},
		{[]*Run{run("aa", "", `{"lr":1}`)}, []string{"x aa0000"}},
		{nil, []string{}},
	} {
		if got := Labels(c.runs); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
