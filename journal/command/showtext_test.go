package command

import (
	"testing"

	"flowbook/journal/record"
	"flowbook/journal/record/recordtest"
)

// TestRecordRows demands that show tells of a run what the table of its fields says.
func TestRecordRows(t *testing.T) {
	r := recordtest.Full()
	shown := map[string]string{}
	for _, row := range recordRows(r) {
		shown[row[0]] = row[1]
	}
	for _, f := range record.Fields() {
		if f.Shown&record.OnTerminal == 0 {
			continue
		}
		value := f.Text(r)
		if value == "" {
			t.Errorf("the record has no %s: give it one", f.Name)
		}
		if got := shown["  "+f.Title]; got != value {
			t.Errorf("%s: %q, want %q", f.Title, got, value)
		}
	}
}
