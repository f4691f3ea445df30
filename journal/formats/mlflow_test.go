package formats

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"flowbook/journal"
	"flowbook/journal/record"
	"flowbook/journal/record/recordtest"
)

// TestMLflowFields demands a tag of each field of a run that the table of fields says is one.
func TestMLflowFields(t *testing.T) {
	ctx := context.Background()
	j, err := journal.Open(filepath.Join(t.TempDir(), "journal.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	for _, r := range []*record.Run{recordtest.Parent(), recordtest.Full()} {
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
	want := map[string]string{"mlflow.parentRunId": "parent0000", "mlflow.runName": r.Name}
	for _, f := range record.Fields() {
		if f.Shown&record.InMLflow != 0 {
			want[f.Name] = f.Text(r)
		}
	}
	for name, value := range want {
		got, err := os.ReadFile(filepath.Join(dir, experimentID("an-experiment"), "fa11rec0rd", "tags", name))
		if err != nil || string(got) != value || value == "" {
			t.Errorf("tag %s: %q, want %q, %v", name, got, value, err)
		}
	}
}
