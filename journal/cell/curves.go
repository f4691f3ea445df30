package cell

import (
	"context"
	"fmt"
	"strings"

	"flowbook/figures/chart"
	"flowbook/journal"
	"flowbook/journal/group"
	"flowbook/journal/record"
)

// card is a run as a card with the curve of each metric and its figures in it.
func card(ctx context.Context, j *journal.Journal, r *journal.Record) (string, error) {
	var b strings.Builder
	err := j.EachOutline(ctx, r.ID, func(s journal.Series) error {
		b.WriteString(chart.Curves(chart.Options{Title: s.Metric, XLabel: group.Along(s.Metric), Width: 420, Height: 200}, group.Curve(s, s.Metric)))
		return nil
	})
	if err != nil {
		return "", err
	}
	for _, f := range r.Figures {
		data, err := j.ReadArtifact(ctx, f.Digest)
		if err != nil {
			return "", err
		}
		b.WriteString(record.FigureHTML(f, data))
	}
	return r.HTML(b.String()), nil
}

// together draws one metric of several runs over each other, each named by what tells it from the others ([journal.Labels]); runs that lack
// the metric are left out, and when all lack it the error wraps journal.ErrNotFound.
func together(ctx context.Context, j *journal.Journal, metric string, runs ...string) (string, error) {
	var records []*journal.Record
	for _, id := range runs {
		r, err := j.Get(ctx, id)
		if err != nil {
			return "", err
		}
		if _, ok := r.Metrics[metric]; ok {
			records = append(records, r)
		}
	}
	if len(records) == 0 {
		return "", fmt.Errorf("journal: no run of %v has metric %q: %w", runs, metric, journal.ErrNotFound)
	}
	labels := record.Labels(records)
	var curves []chart.Curve
	for i, r := range records {
		s, err := j.Outline(ctx, r.ID, metric)
		if err != nil {
			return "", err
		}
		curves = append(curves, group.Curve(s, labels[i]))
	}
	return chart.Curves(chart.Options{Title: metric, XLabel: group.Along(metric)}, curves...), nil
}
