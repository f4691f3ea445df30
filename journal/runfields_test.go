package journal

import (
	"context"
	"html"
	"strings"
	"testing"

	"flowbook/journal/query"
	"flowbook/journal/record"
	"flowbook/journal/record/recordtest"
)

// TestRunFields walks the table of fields: what a record says comes back from the journal, is found by a filter and is shown where the table
// says. The page, the terminal and MLflow have tests of their own that walk it, package sqlstore one for the columns.
func TestRunFields(t *testing.T) {
	j := openTemp(t)
	ctx := context.Background()
	must(t, j.Import(ctx, recordtest.Parent(), nil, nil))
	want := recordtest.Full()
	must(t, j.Import(ctx, want, nil, nil))
	got, err := j.Get(ctx, want.ID)
	must(t, err)
	card := got.HTML()
	for _, f := range record.Fields() {
		value := f.Text(got)
		if value == "" || value != f.Text(want) {
			t.Errorf("field %s is %q, was %q", f.Name, value, f.Text(want))
		}
		field, err := query.ParseField(f.Name)
		if err != nil || len(field.Values(got)) == 0 || len(field.Values(&Record{})) > 0 && f.Name != "started" && f.Name != "duration" {
			t.Errorf("a filter finds %s: %v; of an empty record %v", f.Name, err, field.Values(&Record{}))
		}
		if _, err := j.Runs(ctx, Query{Sort: "-" + f.Name}); err != nil {
			t.Errorf("sorted by %s: %v", f.Name, err)
		}
		if f.Shown&record.OnCard == 0 {
			continue
		}
		if f.Brief != nil {
			value = f.Brief(got)
		}
		if !strings.Contains(card, ">"+f.Title+"</th>") || !strings.Contains(card, html.EscapeString(value)) {
			t.Errorf("the card does not show %s %q", f.Title, value)
		}
	}
	again := *got
	again.Backend, again.Device, again.Machine = "b", "b", record.Machine{}
	said := strings.Join(settingDiff(got, &again), "\n")
	for _, f := range record.Fields() {
		if f.Shown&record.InSetting != 0 && !strings.Contains(said, "the "+f.Title+" differs: ") {
			t.Errorf("a replay does not compare the %s:\n%s", f.Title, said)
		}
	}
}
