package journal

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
)

// TestEntries writes, changes and bins entries that link to runs.
func TestEntries(t *testing.T) { testEntries(t) }

func testEntries(t *testing.T) {
	ctx := context.Background()
	j := openTemp(t)
	run, err := j.Begin(ctx, "moons", nil)
	must(t, err)
	must(t, run.Finish(nil))
	old, err := j.Write(ctx, Entry{Title: "First", Body: "maths $x^2$ <script>alert(1)</script>", Date: time.Date(2017, 5, 1, 0, 0, 0, 0, time.UTC), Tags: []string{"bug"}})
	must(t, err)
	e, err := j.Write(ctx, Entry{Body: "see [it](run:" + run.ID + ") and run:zzzzzz", Tags: []string{"fix", "bug"}})
	must(t, err)
	all, err := j.Entries(ctx)
	must(t, err)
	if len(all) != 2 || all[0].ID != e.ID || all[1].ID != old.ID || all[1].Body != old.Body || !all[1].Date.Equal(old.Date) {
		t.Fatalf("entries %+v", all)
	}
	if !reflect.DeepEqual(all[0].Runs, []string{run.ID}) || !reflect.DeepEqual(all[0].Tags, []string{"bug", "fix"}) {
		t.Errorf("links %v tags %v", all[0].Runs, all[0].Tags)
	}
	if r, err := j.Get(ctx, run.ID); err != nil || !reflect.DeepEqual(r.Entries, []string{e.ID}) {
		t.Errorf("entries of the run: %v, %v", r.Entries, err)
	}
	e.Body, e.Tags, e.Runs = "changed", nil, nil
	_, err = j.Write(ctx, e)
	must(t, err)
	if got, err := j.Entry(ctx, e.ID); err != nil || got.Body != "changed" || got.Runs != nil || got.Tags != nil {
		t.Errorf("changed entry %+v, %v", got, err)
	}
	if tagged, err := j.Entries(ctx, "bug"); err != nil || len(tagged) != 1 {
		t.Errorf("tagged bug: %v, %v", tagged, err)
	}
	must(t, j.Remove(ctx, old.ID))
	if left, _ := j.Entries(ctx); len(left) != 1 {
		t.Errorf("%d entries after one went to the trash", len(left))
	}
	must(t, j.Restore(ctx, old.ID))
	if left, _ := j.Entries(ctx); len(left) != 2 {
		t.Errorf("%d entries after it came back", len(left))
	}
	big := strings.Repeat("0123456789", 1<<20)
	if e, err = j.Write(ctx, Entry{Body: big}); err != nil {
		t.Fatal(err)
	}
	if got, err := j.Entry(ctx, e.ID); err != nil || got.Body != big {
		t.Errorf("10 MB entry came back with %d bytes, %v", len(got.Body), err)
	}
	for _, bad := range []Entry{{}, {Body: " \n"}, {Body: "\xc3("}, {Title: "\x00"}, {Body: strings.Repeat("x", 65<<20)}} {
		if _, err := j.Write(ctx, bad); !errors.Is(err, ErrInvalid) {
			t.Errorf("%.10q %.10q: %v", bad.Title, bad.Body, err)
		}
	}
}
