package command

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"flowbook/journal"
	"flowbook/journal/internal/screen"
	"flowbook/journal/record"
)

// A shown run is what show answers in JSON: the record, and what else was asked for; the output follows as "output".
type shownRun struct {
	*journal.Record
	Series []shownSeries `json:"series,omitempty"`
	Saved  []string      `json:"saved,omitempty"`
}

type shownSeries struct {
	Metric string          `json:"metric"`
	Steps  []int           `json:"steps"`
	Values []record.Number `json:"values"`
	Times  []int64         `json:"times_us"`
}

func (a *app) show() *cobra.Command {
	var series []string
	var output bool
	var save string
	cmd := &cobra.Command{
		Use:               "show RUN|ENTRY",
		Short:             "Show all of a run, or an entry",
		Args:              arguments(1, 1, "one run or entry"),
		ValidArgsFunction: both(a.completeRuns(1), a.completeEntries),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			return a.with(false, func(j *journal.Journal) error {
				known, err := namesOf(ctx, j)
				if err != nil {
					return err
				}
				id, err := known.any(args[0])
				if err != nil {
					return err
				}
				r, err := j.Get(ctx, id)
				if errors.Is(err, journal.ErrNotFound) {
					e, err := j.Entry(ctx, id)
					if err != nil {
						return err
					}
					return a.answer(e, func(w io.Writer) { fmt.Fprintf(w, "entry %s\n\n%s", e.ID, lines(e.Markdown())) })
				}
				if err != nil {
					return err
				}
				v := shownRun{Record: r}
				var curves map[string]string
				if !a.json { // the text draws them
					if curves, err = sparklines(ctx, j, r.ID, 32); err != nil {
						return err
					}
				}
				for _, name := range series {
					s, err := j.Series(ctx, r.ID, name)
					if err != nil {
						return err
					}
					v.Series = append(v.Series, numbers(s))
				}
				if save != "" {
					if v.Saved, err = saveFiles(cmd, j, r, save); err != nil {
						return err
					}
				}
				if output && a.json {
					return a.answerOutput(cmd, j, v)
				}
				err = a.answer(v, func(w io.Writer) { v.text(w, curves) })
				if err != nil || !output {
					return err
				}
				return a.printOutput(cmd, j, r.ID)
			})
		},
	}
	f := cmd.Flags()
	f.StringSliceVarP(&series, "series", "s", nil, "list every point of these metrics")
	f.BoolVarP(&output, "output", "o", false, "print the captured output")
	f.StringVar(&save, "save", "", "write figures, artifacts and the last checkpoint into this folder")
	_ = cmd.RegisterFlagCompletionFunc("series", a.completeFrom(metricsOf))
	return cmd
}

func numbers(s journal.Series) shownSeries {
	v := shownSeries{Metric: s.Metric, Steps: s.Steps, Times: s.Times}
	for _, x := range s.Values {
		v.Values = append(v.Values, record.Number(x))
	}
	return v
}

// answerOutput answers in JSON with the captured output as the last value, written piece by piece.
func (a *app) answerOutput(cmd *cobra.Command, j *journal.Journal, v shownRun) error {
	var head bytes.Buffer
	if err := writeJSON(&head, v); err != nil {
		return err
	}
	if _, err := a.out.Write(bytes.TrimSuffix(head.Bytes(), []byte("\n}\n"))); err != nil {
		return err
	}
	out := bufio.NewWriterSize(a.out, 64<<10)
	text := jsonText{w: out, before: ",\n  \"output\": \""}
	if err := j.EachOutput(cmd.Context(), v.ID, func(o record.OutputLine) error { return text.write(o.Text) }); err != nil {
		return err
	}
	if err := text.end(); err != nil {
		return err
	}
	_, _ = out.WriteString("\n}\n")
	return out.Flush()
}

// printOutput prints the captured output as it stands on a terminal in the end.
func (a *app) printOutput(cmd *cobra.Command, j *journal.Journal, run string) error {
	to := bufio.NewWriterSize(a.out, 64<<10)
	out := screen.New(plainLines{to})
	begun := false
	err := j.EachOutput(cmd.Context(), run, func(o record.OutputLine) error {
		if !begun {
			begun = true
			if _, err := fmt.Fprintln(to, "\noutput"); err != nil {
				return err
			}
		}
		_, err := out.Write(o.Text)
		return err
	})
	if err != nil {
		return errors.Join(err, to.Flush())
	}
	return errors.Join(out.Close(), to.Flush())
}

// plainLines writes each line without what a terminal would obey.
type plainLines struct{ *bufio.Writer }

func (p plainLines) Write(line []byte) (int, error) {
	text, _ := bytes.CutSuffix(line, []byte("\n"))
	if !bytes.ContainsFunc(text, func(r rune) bool { return r < ' ' || r >= 0x7f }) {
		_, _ = p.Writer.Write(text)
		return len(line), p.WriteByte('\n')
	}
	if _, err := fmt.Fprintln(p.Writer, plain(string(text))); err != nil {
		return 0, err
	}
	return len(line), nil
}

// saveFiles writes what a run keeps below a folder; a name that would lead out of it, or that is there, is refused.
func saveFiles(cmd *cobra.Command, j *journal.Journal, r *journal.Record, dir string) ([]string, error) {
	files := slices.Concat(r.Figures, r.Artifacts, r.Sources)
	if n := len(r.Checkpoints); n > 0 {
		files = append(files, r.Checkpoints[n-1])
	}
	var saved []string
	for _, f := range files {
		name := f.Name
		if f.Step != record.NoStep {
			name = fmt.Sprintf("%s-%d", f.Name, f.Step)
		}
		if f.Kind == record.KindFigure && filepath.Ext(name) == "" {
			name += extensions[f.MIME]
		}
		if !filepath.IsLocal(name) {
			return saved, fmt.Errorf("%s %q cannot be saved: its name leads out of %s", f.Kind, f.Name, dir)
		}
		path := filepath.Join(dir, name)
		for n := 2; slices.Contains(saved, path); n++ { // a figure a of step 1 beside a figure a-1
			ending := filepath.Ext(name)
			path = filepath.Join(dir, fmt.Sprintf("%s (%d)%s", strings.TrimSuffix(name, ending), n, ending))
		}
		if _, err := os.Lstat(path); err == nil {
			return saved, fmt.Errorf("%s is there already; name an empty folder", path)
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return saved, err
		}
		if err := j.Extract(cmd.Context(), f, path); err != nil {
			return saved, err
		}
		saved = append(saved, path)
	}
	return saved, nil
}

var extensions = map[string]string{"image/png": ".png", "image/jpeg": ".jpg", "image/svg+xml": ".svg", "image/gif": ".gif", "image/webp": ".webp", "text/html": ".html", "text/plain": ".txt"}
