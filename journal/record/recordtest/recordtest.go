// Package recordtest has the run that every consumer of the table of fields is tested with.
package recordtest

import (
	"encoding/json"
	"time"

	"flowbook/journal/provenance"
	"flowbook/journal/record"
)

// Full is a run that has something in every field of [record.Fields]; its parent, which it is a replay of, is [Parent].
func Full() *record.Run {
	seed, ended := int64(1)<<60+1, time.UnixMicro(1_700_000_100_000_002).UTC()
	return &record.Run{ID: "fa11rec0rd", Name: "a name", Experiment: "an-experiment", Status: record.Failed, Error: "it broke", Config: json.RawMessage(`{"lr":0.1}`), Seed: &seed,
		Parent: "parent0000", ReplayOf: "parent0000", Sweep: &record.Sweep{ID: "sweep00000", Params: []string{"lr"}, Settings: []string{"lr=0.1,0.2"}, Random: 3, Seed: 4},
		Backend: "xla:cpu", Device: "a device", Started: time.UnixMicro(1_700_000_000_000_001).UTC(), Ended: &ended, Tags: []string{"a tag"},
		Code:    provenance.Code{Checkout: provenance.Checkout{Commit: "c0ffee", Branch: "trunk", Dirty: true}},
		Machine: record.Machine{Host: "a host", OS: "linux", Arch: "amd64", CPU: "a processor", CPUs: 2, Go: "go1", PID: 7, Command: []string{"x"}, Dir: "/x"}}
}

// Parent is the run that [Full] comes from.
func Parent() *record.Run {
	r := Full()
	r.ID, r.Parent, r.ReplayOf = "parent0000", "", ""
	return r
}
