package export

import (
	"bytes"
	"context"
	"html"
	"strings"
	"testing"
	"time"

	"flowbook/journal/record"
	"flowbook/journal/record/recordtest"
)

// TestPageFields demands each field of a run on the page, in its record where the table of fields says so.
func TestPageFields(t *testing.T) {
	ctx := context.Background()
	j := open(t)
	for _, r := range []*record.Run{recordtest.Parent(), recordtest.Full()} {
		must(t, j.Import(ctx, r, nil, nil))
	}
	var page bytes.Buffer
	must(t, Run(ctx, j, &page, recordtest.Full().ID, Options{Location: time.UTC}))
	text := html.UnescapeString(page.String())
	r, err := j.Get(ctx, recordtest.Full().ID)
	must(t, err)
	for _, f := range record.Fields() {
		value := f.Text(r)
		if f.Kind == record.TimeField {
			value = f.Values(r)[0].(time.Time).UTC().Format(time.RFC3339)
		}
		if value == "" || f.Title == "" {
			t.Errorf("field %s has the title %q and the text %q", f.Name, f.Title, value)
		}
		if !strings.Contains(text, value) {
			t.Errorf("the page has no %s %q", f.Name, value)
		}
		if f.Shown&record.OnPage != 0 && !strings.Contains(text, "<dt>"+f.Title+"</dt>") {
			t.Errorf("the run's record has no %s", f.Title)
		}
	}
}
