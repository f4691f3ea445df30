package command

import (
	"context"
	"fmt"
	"io"
	"strings"

	"flowbook/journal"
	"flowbook/journal/provenance"
)

// codeDiff answers how the code of the two runs that are named differs.
func (a *app) codeDiff(ctx context.Context, j *journal.Journal, named []string) error {
	known, err := namesOf(ctx, j)
	if err != nil {
		return err
	}
	ids, err := known.runs(named)
	if err != nil {
		return err
	}
	d, err := j.CodeDiff(ctx, ids[0], ids[1])
	if err != nil {
		return err
	}
	return a.answer(d, func(w io.Writer) {
		switch d.Code {
		case provenance.Same:
			fmt.Fprintln(w, "the code is the same")
		case provenance.Rebuilt:
			fmt.Fprintln(w, "the code is the same by its record:", plain(d.Change))
		case provenance.Different:
			fmt.Fprintln(w, "the code differs:", plain(d.Change))
		default:
			fmt.Fprintln(w, "whether the code is the same is not known:", plain(d.Change))
		}
		for _, u := range d.Unknown {
			fmt.Fprintln(w, "not known:", plain(u))
		}
		if d.Diff != "" {
			fmt.Fprint(w, "\n", source(d.Diff))
		}
	})
}

// source is a text of code, whose lines are indented by tabs, without what a terminal would obey.
func source(text string) string {
	parts := strings.Split(text, "\t")
	for i, part := range parts {
		parts[i] = lines(part)
	}
	return strings.Join(parts, "\t")
}
