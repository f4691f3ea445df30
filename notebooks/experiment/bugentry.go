package experiment

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/stat"

	"flowbook/journal"
)

// EntryTag marks the entry of a bug, so that it is replaced and not written twice: "bug-" and the bug's name.
func EntryTag(bug string) string { return BugExperiment(bug) }

// DiaryTag marks all entries of the debugging journal.
const DiaryTag = "debugging"

// Write writes the pair's entry into the journal, in the place of an earlier one of the same bug.
func (p Pair) Write(ctx context.Context, j *journal.Journal) (journal.Entry, error) {
	seen, told, err := p.Markdown(ctx, j)
	if err != nil {
		return journal.Entry{}, err
	}
	if p.Trial.Picture {
		seen += fmt.Sprintf("\n| with the bug | without it |\n|---|---|\n| ![samples with the bug](run:%s/samples) | ![samples without it](run:%s/samples) |\n", p.On.ID, p.Off.ID)
	}
	return replaceEntry(ctx, j, journal.Entry{
		Title: p.Bug.Title, Date: p.Page.When(), Tags: []string{DiaryTag, EntryTag(p.Bug.Name)}, Runs: []string{p.On.ID, p.Off.ID}, Body: seen + "\n" + told,
	})
}

// replaceEntry writes an entry in the place of an earlier one of the same last tag.
func replaceEntry(ctx context.Context, j *journal.Journal, e journal.Entry) (journal.Entry, error) {
	old, err := j.Entries(ctx, e.Tags[len(e.Tags)-1])
	if err != nil {
		return e, err
	}
	if len(old) > 0 {
		e.ID = old[0].ID
	}
	return j.Write(ctx, e)
}

// Markdown is the pair as an entry's text in two parts, between which the figures go: what was seen, with a table of what the
// two runs measured; and then the question, what the doctor says of each, the bug as a diff of code, the fix, and the runs.
func (p Pair) Markdown(ctx context.Context, j *journal.Journal) (seen, told string, err error) {
	rows, err := p.rows(ctx, j)
	if err != nil {
		return "", "", err
	}
	seen = fmt.Sprintf("%s %s\n\n| | with the bug | without it |\n|---|---|---|\n%s", p.Verdict(), p.Page.Text, rows)
	on, err := Diagnosis(ctx, j, p.On, p.Bug.Check)
	if err != nil {
		return "", "", err
	}
	off, err := Diagnosis(ctx, j, p.Off, p.Bug.Check)
	if err != nil {
		return "", "", err
	}
	subject, err := p.Trial.subject()
	if err != nil {
		return "", "", err
	}
	diff, err := p.Bug.Diff(subject)
	if err != nil {
		return "", "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "**Question.** %s\n\n", p.Page.Question)
	fmt.Fprintf(&b, "**The doctor**, with the bug:\n\n> %s\n\nand without it:\n\n> %s\n\n", on, off)
	fmt.Fprintf(&b, "**The bug.** %s\n\n```diff\n%s\n```\n\n**The fix.** %s\n\n", p.Bug.Cause, diff, p.Bug.Fix)
	fmt.Fprintf(&b, "Runs: [%s](run:%s) with the bug, [%s](run:%s) without it.\n", p.On.ID, p.On.ID, p.Off.ID, p.Off.ID)
	return seen, b.String(), nil
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
func (p Pair) rows(ctx context.Context, j *journal.Journal) (string, error) {
	var text strings.Builder
	train, val := p.Trial.metric("train"), p.Trial.metric("val")
	for _, row := range []struct {
		label, metric string
		value         func(journal.Series) string
	}{
		{"loss of the first step, " + p.Trial.Unit(), train, first},
		{"its highest, " + p.Trial.Unit(), train, highest},
		{"loss of the last 20 steps, " + p.Trial.Unit(), train, lastMean},
		{"held out, as the flow scores it, " + p.Trial.Unit(), val, last},
		{"the same weights in a right flow, " + p.Trial.Unit(), p.Trial.metric("true"), last},
		{"the density's integral", "mass", last},
		{"−log p with the middle pixel at 255, 255.9, 255.99, 255.999, 255.9999, 256, less that at 250, nats", "white_pixel_nats", all},
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
				return "", err
			}
			cells[i] = row.value(s)
		}
		if cells != [2]string{"–", "–"} {
			fmt.Fprintf(&text, "| %s | %s | %s |\n", row.label, cells[0], cells[1])
		}
	}
	return text.String(), nil
}

func first(s journal.Series) string { return number(s.Values[0]) }

func highest(s journal.Series) string { return number(slices.Max(s.Values)) }

func last(s journal.Series) string { return number(s.Values[s.Len()-1]) }

func lastMean(s journal.Series) string {
	return number(stat.Mean(s.Values[max(0, s.Len()-20):], nil))
}

func all(s journal.Series) string {
	var words []string
	for _, v := range s.Values {
		words = append(words, number(v))
	}
	return strings.Join(words, ", ")
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
