package journal

import (
	"context"
	"database/sql"
	"encoding/json"
	"html"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"flowbook/journal/provenance"
	"flowbook/journal/query"
	"flowbook/journal/record"
)

// fullRecord has something in every field.
func fullRecord() *Record {
	seed, ended := int64(1)<<60+1, time.UnixMicro(1_700_000_100_000_002).UTC()
	return &Record{ID: "fa11rec0rd", Name: "a name", Experiment: "x", Status: Failed, Error: "it broke", Config: json.RawMessage(`{"lr":0.1}`), Seed: &seed,
		Parent: "parent0000", ReplayOf: "parent0000", Sweep: &record.Sweep{ID: "sweep00000", Params: []string{"lr"}, Settings: []string{"lr=0.1,0.2"}, Random: 3, Seed: 4},
		Backend: "xla:cpu", Device: "a device", Started: time.UnixMicro(1_700_000_000_000_001).UTC(), Ended: &ended, Tags: []string{"t"},
		Code:    provenance.Code{Checkout: provenance.Checkout{Commit: "c0ffee", Branch: "trunk", Dirty: true}},
		Machine: record.Machine{Host: "a host", OS: "linux", Arch: "amd64", CPU: "a processor", CPUs: 2, Go: "go1", PID: 7, Command: []string{"x"}, Dir: "/x"}}
}

// TestRunFields walks the tables of columns and fields: what a record says goes into the database and comes back, is found by a filter and is
// shown where the table says. Each column of the database is in the table.
func TestRunFields(t *testing.T) {
	j := openTemp(t)
	ctx := context.Background()
	parent := fullRecord()
	parent.ID, parent.Parent, parent.ReplayOf = "parent0000", "", ""
	must(t, j.Import(ctx, parent, nil, nil))
	want := fullRecord()
	must(t, j.Import(ctx, want, nil, nil))
	got, err := j.Get(ctx, want.ID)
	must(t, err)
	var columns []string
	must(t, j.rows(ctx, "SELECT name FROM pragma_table_info('run') ORDER BY name", nil, func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		columns = append(columns, name)
		return err
	}))
	var known []string
	for _, c := range runColumns {
		known = append(known, c.name)
		a, errA := c.write(want)
		b, errB := c.write(got)
		if errA != nil || errB != nil || !reflect.DeepEqual(a, b) {
			t.Errorf("column %s is %v, was %v; %v, %v", c.name, b, a, errA, errB)
		}
		if a == nil && c.name != "deleted" && c.name != "code_id" {
			t.Errorf("the full record has nothing in column %s: give it something", c.name)
		}
	}
	if slices.Sort(known); !slices.Equal(columns, known) {
		t.Errorf("the table run has %v, runColumns %v", columns, known)
	}
	card := got.HTML()
	for _, f := range record.Fields {
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
	for _, f := range record.Fields {
		if f.Shown&record.InSetting != 0 && !strings.Contains(said, "the "+f.Title+" differs: ") {
			t.Errorf("a replay does not compare the %s:\n%s", f.Title, said)
		}
	}
}
