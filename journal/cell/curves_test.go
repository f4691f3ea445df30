package cell

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"flowbook/journal"
)

// TestCard draws a run whose every text is hostile: its metrics as curves and its figures, and no script of theirs.
func TestCard(t *testing.T) {
	ctx := context.Background()
	j, err := journal.Open(filepath.Join(t.TempDir(), "journal.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	evil := `<script>alert("x")</script>`
	run, err := j.Begin(ctx, evil, map[string]string{evil: evil}, journal.WithTags(evil))
	if err != nil {
		t.Fatal(err)
	}
	err = errors.Join(run.Log(1, journal.Metrics{evil: 1, "loss": 2}), run.Note(evil), run.Figure("svg", "image/svg+xml", []byte("<svg>"+evil+"</svg>")),
		run.Figure(evil, "text/html", []byte(evil)), run.Figure("text", "text/plain", []byte(evil)), run.Finish(nil))
	if err != nil {
		t.Fatal(err)
	}
	r, err := j.Get(ctx, run.ID)
	if err != nil {
		t.Fatal(err)
	}
	html, err := card(ctx, j, r)
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	d := xml.NewDecoder(strings.NewReader(html))
	d.Entity = xml.HTMLEntity
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("%v in %s", err, html)
		}
		if e, ok := token.(xml.StartElement); ok {
			count[e.Name.Local]++
		}
	}
	if count["script"] != 0 || count["svg"] != 2 || count["img"] != 1 || count["figure"] != 3 {
		t.Errorf("the card has %v", count)
	}
	if svg, err := together(ctx, j, "loss", run.ID, run.ID); err != nil || strings.Count(svg, "<svg") != 1 {
		t.Errorf("%v in %s", err, svg)
	}
	if _, err := together(ctx, j, "nonesuch", run.ID); !errors.Is(err, journal.ErrNotFound) {
		t.Errorf("curves of a metric nobody has: %v", err)
	}
}
