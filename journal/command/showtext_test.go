package command

import (
	"testing"
	"time"

	"flowbook/journal"
	"flowbook/journal/provenance"
	"flowbook/journal/record"
)

// TestRecordRows demands that show tells of a run what the table of its fields says.
func TestRecordRows(t *testing.T) {
	seed := int64(7)
	r := &journal.Record{ID: "fa11rec0rd", Name: "a name", Experiment: "x", Status: journal.Failed, Error: "it broke", Seed: &seed, Parent: "parent0000", ReplayOf: "parent0001",
		Sweep:   &record.Sweep{ID: "sweep00000", Settings: []string{"lr=0.1,0.2"}},
		Backend: "xla:cpu", Device: "a device", Started: time.Now(), Tags: []string{"t"}, Code: provenance.Code{Checkout: provenance.Checkout{Commit: "c0ffee", Dirty: true}}}
	shown := map[string]string{}
	for _, row := range recordRows(r) {
		shown[row[0]] = row[1]
	}
	for _, f := range record.Fields {
		if f.Shown&record.OnTerminal == 0 {
			continue
		}
		value := f.Text(r)
		if value == "" {
			t.Errorf("the record has no %s: give it one", f.Name)
		}
		if got := shown["  "+f.Title]; got != value && f.Name != "duration" {
			t.Errorf("%s: %q, want %q", f.Title, got, value)
		}
	}
}
