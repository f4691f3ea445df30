package experiment

import (
	"context"
	"fmt"
	"strings"
	"time"

	"flowbook/figures"
	"flowbook/figures/inline"
	"flowbook/journal"
)

// WayUpTag marks the entry of the way up.
const WayUpTag = "way-up"

// wayUpSizes are the numbers of digits that the way up learns, the last of them "all".
var wayUpSizes = []int{1, 2, 10, 100, 2000}

// WayUp is a cell of the debugging journal: one flow trained on 1, 2, 10 and 100 digits and on all, as one entry and one figure.
func WayUp() error {
	return inCell(func(ctx context.Context, j *journal.Journal) error {
		line := &quiet{}
		steps, err := RunWayUp(Watched(ctx, line), j, nil)
		if err != nil {
			return err
		}
		line.done()
		body := wayUpMarkdown(steps)
		if err := writeWayUp(ctx, j, steps, body); err != nil {
			return err
		}
		showMarkdown("### 2022-02-10 to 18 · The way up\n\n" + body)
		return inline.Show(wayUpFigure(ctx, j, steps))
	})
}

// RunWayUp trains on each number of digits.
func RunWayUp(ctx context.Context, j *journal.Journal, change func(*Trial)) (runs []*journal.Record, err error) {
	for _, n := range wayUpSizes {
		c := digits()
		c.Steps, c.Samples = 120, n
		if change != nil {
			change(&c)
		}
		options, err := shorten(&c)
		if err != nil {
			return nil, err
		}
		r, err := journal.ExecuteConfig(ctx, j, HealthyExperiment(Digits), c, options...)
		if err != nil {
			return nil, stopped(ctx, r, err)
		}
		if r, err = j.Get(ctx, r.ID); err != nil {
			return nil, err
		}
		runs = append(runs, r)
	}
	return runs, nil
}

// wayUpMarkdown tells of the runs; what it says of their scores is made of them.
func wayUpMarkdown(runs []*journal.Record) string {
	var b strings.Builder
	few, all := runs[0], runs[len(runs)-1]
	gap := func(r *journal.Record) float64 { return r.Metrics["val_bpd"].Last - r.Metrics["train_bpd"].Last }
	fmt.Fprintf(&b, "With one digit the flow scores %s bits/dim on what it learned and %s on digits it has not seen; with all, %s and %s. ",
		number(few.Metrics["train_bpd"].Last), number(few.Metrics["val_bpd"].Last), number(all.Metrics["train_bpd"].Last), number(all.Metrics["val_bpd"].Last))
	b.WriteString("No step of the way is a bug: each is a test of everything else. A flow that cannot learn one picture by heart has a bug, and one that does so and is believed is one.\n\n")
	b.WriteString("| digits | learned, bits/dim | held out, bits/dim | gap | run |\n|---|---|---|---|---|\n")
	for i, r := range runs {
		fmt.Fprintf(&b, "| %d | %s | %s | %s | [%s](run:%s) |\n", wayUpSizes[i],
			number(r.Metrics["train_bpd"].Last), number(r.Metrics["val_bpd"].Last), number(gap(r)), r.ID, r.ID)
	}
	b.WriteString("\n**Question.** At which step does something break that worked before? There is where to look, and only held-out pictures tell when the way ends.\n")
	return b.String()
}

func writeWayUp(ctx context.Context, j *journal.Journal, runs []*journal.Record, body string) error {
	var names, pictures []string
	for i, r := range runs {
		names = append(names, r.ID)
		pictures = append(pictures, fmt.Sprintf("Taught by %s: ![samples](run:%s/samples)", digitsOf(wayUpSizes[i]), r.ID))
	}
	_, err := replaceEntry(ctx, j, journal.Entry{
		Title: "The way up: 1, 2, 10, 100 images, all", Date: time.Date(2022, 2, 18, 12, 0, 0, 0, time.UTC),
		Tags: []string{DiaryTag, WayUpTag}, Runs: names, Body: body + "\n" + strings.Join(pictures, "\n\n"),
	})
	return err
}

// wayUpFigure puts the samples of every step into one panel.
func wayUpFigure(ctx context.Context, j *journal.Journal, runs []*journal.Record) (*figures.Figure, error) {
	var panels []*figures.Figure
	for i, r := range runs {
		panel, err := samplesPanel(ctx, j, r, "samples, taught by "+digitsOf(wayUpSizes[i]))
		if err != nil {
			return nil, err
		}
		panels = append(panels, panel)
	}
	return figures.Beside(2, panels...)
}

func digitsOf(n int) string {
	if n == 1 {
		return "1 digit"
	}
	return fmt.Sprintf("%d digits", n)
}
