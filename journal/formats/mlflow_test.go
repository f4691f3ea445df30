package formats

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"flowbook/journal"
	"flowbook/journal/provenance"
	"flowbook/journal/record"
)

// TestMLflowFields demands a tag of each field of a run that the table of fields says is one.
func TestMLflowFields(t *testing.T) {
	ctx := context.Background()
	j, err := journal.Open(filepath.Join(t.TempDir(), "journal.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	seed := int64(7)
	for _, id := range []string{"parent0000", "fa11rec0rd"} {
		r := &journal.Record{ID: id, Name: "a name", Experiment: "x", Status: journal.Failed, Error: "it broke", Config: json.RawMessage("{}"), Seed: &seed, Parent: "parent0000",
			ReplayOf: "parent0000", Sweep: &record.Sweep{ID: "sweep00000", Settings: []string{"lr=0.1,0.2"}}, Backend: "xla:cpu", Device: "a device", Started: time.Now(),
			Code: provenance.Code{Checkout: provenance.Checkout{Commit: "c0ffee", Branch: "trunk"}}, Machine: record.Machine{Host: "a host"}}
		if err := j.Import(ctx, r, nil, nil); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	if err := WriteMLflow(ctx, j, dir, "fa11rec0rd"); err != nil {
		t.Fatal(err)
	}
	r, err := j.Get(ctx, "fa11rec0rd")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"mlflow.parentRunId": "parent0000"}
	for _, f := range record.Fields {
		if f.Shown&record.InMLflow != 0 {
			want[f.Name] = f.Text(r)
		}
	}
	for name, value := range want {
		got, err := os.ReadFile(filepath.Join(dir, experimentID("x"), "fa11rec0rd", "tags", name))
		if err != nil || string(got) != value || value == "" {
			t.Errorf("tag %s: %q, want %q, %v", name, got, value, err)
		}
	}
}
