package experiment

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"flowbook/journal"
)

// EntryTag marks the entry of a bug, so that it is replaced and not written twice: "bug-" and the bug's name.
func EntryTag(bug string) string { return BugExperiment(bug) }

// DiaryTag marks all entries of the debugging journal.
const DiaryTag = "debugging"

// Write writes the pair's entry into the journal, in the place of an earlier one of the same bug.
func (p Pair) Write(ctx context.Context, j *journal.Journal) (journal.Entry, error) {
	body, err := p.Markdown(ctx, j, true)
	if err != nil {
		return journal.Entry{}, err
	}
	e := journal.Entry{Title: p.Bug.Title, Date: p.Page.When(), Tags: []string{DiaryTag, EntryTag(p.Bug.Name)}, Runs: []string{p.On.ID, p.Off.ID}, Body: body}
	old, err := j.Entries(ctx, EntryTag(p.Bug.Name))
	if err != nil {
		return e, err
	}
	if len(old) > 0 {
		e.ID = old[0].ID
	}
	return j.Write(ctx, e)
}

// Markdown is the pair as an entry's text: what happened, a table of what the two runs measured, with their samples
// where pictures are asked for, what the doctor says of each, and the fix.
func (p Pair) Markdown(ctx context.Context, j *journal.Journal, pictures bool) (string, error) {
	var b strings.Builder
	sides := p.Sides()
	fmt.Fprintf(&b, "%s\n\n| | %s | %s |\n|---|---|---|\n", strings.ReplaceAll(p.Page.Text, "\n", " "), sides[0], sides[1])
	rows, err := p.rows(ctx, j)
	if err != nil {
		return "", err
	}
	for _, r := range rows {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", r[0], r[1], r[2])
	}
	if pictures && p.Trial.Picture {
		fmt.Fprintf(&b, "| samples | ![samples %s](run:%s/samples) | ![samples %s](run:%s/samples) |\n", sides[0], p.On.ID, sides[1], p.Off.ID)
	}
	on, err := Diagnosis(ctx, j, p.On, p.Bug.Check)
	if err != nil {
		return "", err
	}
	off, err := Diagnosis(ctx, j, p.Off, p.Bug.Check)
	if err != nil {
		return "", err
	}
	fmt.Fprintf(&b, "\n*The doctor, %s:* `%s`\n\n*and %s:* `%s`\n\n*Fix.* %s\n", sides[0], on, sides[1], off, p.Bug.Fix)
	return b.String(), nil
}

// Sides are what the two runs are called: "with the bug" and "without it", or by the number of digits they learn.
func (p Pair) Sides() [2]string {
	if n := p.Bug.Images; n > 0 {
		return [2]string{fmt.Sprintf("with %d of the digits", n), fmt.Sprintf("with %d", p.Trial.Samples)}
	}
	return [2]string{"with the bug", "without it"}
}

// Diagnosis is the doctor's line of a check in a run; see Line.
func Diagnosis(ctx context.Context, j *journal.Journal, r *journal.Record, check string) (string, error) {
	for _, a := range r.Artifacts {
		if a.Name == artifact(check) {
			text, err := j.ReadArtifact(ctx, a.Digest)
			return strings.ReplaceAll(string(text), "`", "'"), err
		}
	}
	return "", fmt.Errorf("experiment: run %s has no doctor's check %q; its artifacts are the checks that it made", r.ID, check)
}

// rows are the table's: what is measured, with the bug, without it.
func (p Pair) rows(ctx context.Context, j *journal.Journal) ([][3]string, error) {
	rows := [][3]string{
		{"run", fmt.Sprintf("[%s](run:%s)", p.On.ID, p.On.ID), fmt.Sprintf("[%s](run:%s)", p.Off.ID, p.Off.ID)},
		{"training", p.ended(p.On), p.ended(p.Off)},
	}
	train, val := p.Trial.metric("train"), p.Trial.metric("val")
	for _, row := range []struct {
		label, metric string
		value         func(journal.Series) string
	}{
		{"loss of the first step, " + p.Trial.Unit(), train, first},
		{"its highest, " + p.Trial.Unit(), train, highest},
		{"loss of the last 20 steps, " + p.Trial.Unit(), train, lastMean},
		{"its deviation over the last 100", train, lastDeviation},
		{"held out, as the flow scores it, " + p.Trial.Unit(), val, last},
		{"the same weights in a right flow, " + p.Trial.Unit(), p.Trial.metric("true"), last},
		{"the density's integral", "mass", last},
		{"−log p with the middle pixel at 255, 255.9, 255.99, 255.999, 255.9999, 256, over that with 250, in nats", "white_pixel_nats", all},
		{"the same samples scored six times, nats", "again_nll", all},
		{"deviation of the held-out $z$", "z_std", last},
	} {
		cells := [2]string{"–", "–"}
		for i, r := range []*journal.Record{p.On, p.Off} {
			if r.Metrics[row.metric].Count == 0 {
				continue
			}
			s, err := j.Series(ctx, r.ID, row.metric)
			if err != nil {
				return nil, err
			}
			cells[i] = row.value(s)
		}
		if cells != [2]string{"–", "–"} && p.tells(row.metric) {
			rows = append(rows, [3]string{row.label, cells[0], cells[1]})
		}
	}
	return rows, nil
}

// tells leaves out what a shared healthy twin measured for another bug.
func (p Pair) tells(metric string) bool { return p.On.Metrics[metric].Count > 0 }

func (p Pair) ended(r *journal.Record) string {
	steps := r.Metrics[p.Trial.metric("train")].Count
	if r.Status == journal.Failed {
		return fmt.Sprintf("**broke off** after %d of %d steps: not finite", steps, p.Trial.Steps)
	}
	return fmt.Sprintf("%d steps", steps)
}

func first(s journal.Series) string { return number(s.Values[0]) }

func highest(s journal.Series) string { return number(slices.Max(s.Values)) }

func last(s journal.Series) string { return number(s.Values[s.Len()-1]) }

func lastMean(s journal.Series) string {
	m, _ := moments(s.Values[max(0, s.Len()-20):])
	return number(m)
}

func lastDeviation(s journal.Series) string {
	_, d := moments(s.Values[max(0, s.Len()-100):])
	return number(d)
}

func all(s journal.Series) string {
	var words []string
	for _, v := range s.Values {
		words = append(words, number(v))
	}
	return strings.Join(words, ", ")
}

func moments(values []float64) (mean, deviation float64) {
	for _, v := range values {
		mean += v / float64(len(values))
	}
	for _, v := range values {
		deviation += (v - mean) * (v - mean) / float64(len(values))
	}
	return mean, math.Sqrt(deviation)
}

// number is short, with a true minus.
func number(v float64) string {
	text := fmt.Sprintf("%.4f", v)
	if math.IsNaN(v) || math.IsInf(v, 0) || math.Abs(v) >= 1e5 {
		text = fmt.Sprintf("%.3g", v)
	} else if math.Abs(v) >= 10 {
		text = fmt.Sprintf("%.2f", v)
	}
	return strings.Replace(text, "-", "−", 1)
}
