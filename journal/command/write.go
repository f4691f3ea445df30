package command

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"github.com/spf13/cobra"

	"flowbook/journal"
)

// A message is a text given by flag, file, standard input or editor.
type message struct{ text, file string }

func (m *message) flags(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&m.text, "message", "m", "", "the text, Markdown with TeX maths")
	cmd.Flags().StringVarP(&m.file, "file", "F", "", "read the text from this file; - is standard input")
}

// read gets the text and hands it to use; without a flag an editor is opened on before, or standard input read where it is no terminal. What
// was written in an editor is kept in a file where use fails.
func (m *message) read(a *app, cmd *cobra.Command, before string, use func(text string) error) error {
	if cmd.Flags().Changed("message") {
		if m.file != "" {
			return wrong("give the text with --message or with --file, not both")
		}
		return use(m.text)
	}
	from := a.in
	if m.file != "" && m.file != "-" {
		f, err := os.Open(m.file)
		if err != nil {
			return err
		}
		defer f.Close()
		from = f
	} else if f, ok := a.in.(*os.File); ok && m.file == "" {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			return edit(cmd, f, before, use)
		}
	}
	b, err := io.ReadAll(from)
	if err != nil {
		return err
	}
	return use(string(b))
}

// edit opens $VISUAL or $EDITOR on a text.
func edit(cmd *cobra.Command, terminal *os.File, before string, use func(text string) error) (err error) {
	editor := os.Getenv("VISUAL")
	if editor == "" {
		editor = os.Getenv("EDITOR")
	}
	if editor == "" {
		return wrong("give the text with -m, or with -F FILE, or set EDITOR")
	}
	f, err := os.CreateTemp("", "journal-*.md")
	if err != nil {
		return err
	}
	text := before
	defer func() {
		if err != nil && text != before && strings.TrimSpace(text) != "" {
			err = fmt.Errorf("%w; the text is kept in %s: give it with -F", err, f.Name())
			return
		}
		os.Remove(f.Name())
	}()
	_, err = f.WriteString(before)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	run := editing(cmd.Context(), editor, f.Name())
	run.Stdin, run.Stdout, run.Stderr = terminal, os.Stderr, os.Stderr
	runErr := run.Run()
	b, err := os.ReadFile(f.Name())
	text = string(b)
	switch {
	case runErr != nil:
		return fmt.Errorf("the editor %s: %w", editor, runErr)
	case err != nil:
		return err
	case strings.TrimSpace(text) == "":
		return fmt.Errorf("the text is empty; nothing is written")
	}
	return use(text)
}

// editing runs an editor by its words as a shell understands them, quotes too, as git does.
func editing(ctx context.Context, editor, file string) *exec.Cmd {
	if shell, err := exec.LookPath("sh"); err == nil {
		return exec.CommandContext(ctx, shell, "-c", editor+` "$@"`, editor, file)
	}
	words := strings.Fields(editor)
	return exec.CommandContext(ctx, words[0], append(words[1:], file)...)
}

func (a *app) note() *cobra.Command {
	var m message
	cmd := &cobra.Command{
		Use:               "note RUN",
		Short:             "Add a dated note to a run",
		Example:           "  journal note k3f9 -m 'The loss turns at step 400: wrong sign of $\\log\\sigma^2$.'",
		Args:              arguments(1, 1, "one run; the text is given with -m, -F or on standard input"),
		ValidArgsFunction: a.completeRuns(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withRun(cmd.Context(), args[0], func(j *journal.Journal, id string) error {
				err := m.read(a, cmd, "", func(text string) error {
					text, err := whole(cmd.Context(), j, text)
					if err != nil {
						return err
					}
					return j.Note(cmd.Context(), id, text)
				})
				if err != nil {
					return err
				}
				return a.answer(ids{[]string{id}}, func(w io.Writer) { fmt.Fprintln(w, "noted on run", id) })
			})
		},
	}
	m.flags(cmd)
	return cmd
}

func (a *app) tag() *cobra.Command {
	var remove bool
	cmd := &cobra.Command{
		Use:   "tag RUN TAG…",
		Short: "Tag a run, or take tags off it with --remove",
		Args:  arguments(2, -1, "a run and tags"),
		ValidArgsFunction: func(cmd *cobra.Command, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return a.completeFrom(tagsOf)(cmd, args, prefix)
			}
			return a.completeRuns(1)(cmd, args, prefix)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.change(cmd, args[0], func(ctx context.Context, j *journal.Journal, id string) error {
				do := j.Tag
				if remove {
					do = j.Untag
				}
				return do(ctx, id, args[1:]...)
			}, func(r *journal.Record) (any, string) {
				return struct {
					ID   string   `json:"id"`
					Tags []string `json:"tags"`
				}{r.ID, r.Tags}, strings.Join(r.Tags, ", ")
			})
		},
	}
	cmd.Flags().BoolVar(&remove, "remove", false, "take the tags off")
	return cmd
}

func (a *app) rename() *cobra.Command {
	return &cobra.Command{
		Use:               "rename RUN NAME",
		Short:             "Name a run, or take its name away with ''",
		Args:              arguments(2, 2, "a run and a name"),
		ValidArgsFunction: a.completeRuns(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.change(cmd, args[0], func(ctx context.Context, j *journal.Journal, id string) error {
				return j.Rename(ctx, id, args[1])
			}, func(r *journal.Record) (any, string) {
				return struct {
					ID   string `json:"id"`
					Name string `json:"name"`
				}{r.ID, r.Name}, r.Name
			})
		},
	}
}

// change changes a run, reads it again and answers with what it has now.
func (a *app) change(cmd *cobra.Command, run string, do func(ctx context.Context, j *journal.Journal, id string) error, now func(*journal.Record) (answer any, text string)) error {
	return a.withRun(cmd.Context(), run, func(j *journal.Journal, id string) error {
		if err := do(cmd.Context(), j, id); err != nil {
			return err
		}
		r, err := j.Get(cmd.Context(), id)
		if err != nil {
			return err
		}
		answer, text := now(r)
		return a.answer(answer, func(w io.Writer) { fmt.Fprintf(w, "run %s: %s\n", r.ID, dash(text)) })
	})
}
