package command

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"flowbook/journal"
)

func (a *app) entry() *cobra.Command {
	var m message
	var e journal.Entry
	var date string
	cmd := &cobra.Command{
		Use:   "entry [ENTRY]",
		Short: "Write a dated entry, or change one",
		Long: `Write a dated entry in Markdown with TeX maths between $…$ or $$…$$. A link [text](run:ID) leads to a run, a picture
![text](figure:NAME) is a figure of the entry's runs, ![text](run:ID/NAME) that of another. With the id of an entry, what is
given replaces what it has.`,
		Example:           "  journal entry --title 'The sign of the log-determinant' --tag bug --run k3f9 -F entry.md",
		Args:              arguments(0, 1, "at most one entry"),
		ValidArgsFunction: a.completeEntries,
		RunE: func(cmd *cobra.Command, args []string) error {
			at, err := moment(date, e.Date)
			if err != nil {
				return err
			}
			return a.with(true, func(j *journal.Journal) error {
				known, err := namesOf(cmd.Context(), j)
				if err != nil {
					return err
				}
				given := e
				given.Date = at
				if given.Runs, err = known.runs(e.Runs); err != nil {
					return err
				}
				changed := cmd.Flags().Changed
				var old journal.Entry
				if len(args) > 0 {
					id, err := known.entry(args[0])
					if err != nil {
						return err
					}
					if old, err = j.Entry(cmd.Context(), id); err != nil {
						return err
					}
				}
				var written journal.Entry
				write := func(body string) error {
					if len(args) > 0 { // what it has now: somebody may have written it while this text was
						now, err := j.Entry(cmd.Context(), old.ID)
						if err != nil {
							return err
						}
						if now.Body != old.Body {
							return fmt.Errorf("entry %s was changed meanwhile; nothing is written", old.ID)
						}
						given = merge(now, given, changed)
					}
					var err error
					if given.Body, err = known.whole(body); err == nil {
						written, err = j.Write(cmd.Context(), given)
					}
					return err
				}
				if len(args) == 0 || changed("message") || changed("file") || cmd.Flags().NFlag() == 0 {
					err = m.read(a, cmd, old.Body, write)
				} else {
					err = write(old.Body)
				}
				if err != nil {
					return err
				}
				return a.answer(written, func(w io.Writer) { fmt.Fprintln(w, "wrote entry", written.ID) })
			})
		},
	}
	m.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&e.Title, "title", "", "its title")
	f.StringArrayVarP(&e.Tags, "tag", "t", nil, "its tags")
	f.StringArrayVarP(&e.Runs, "run", "r", nil, "the runs it is about")
	f.StringVar(&date, "date", "", "its date (default: now)")
	_ = cmd.RegisterFlagCompletionFunc("run", a.completeRuns(-1))
	_ = cmd.RegisterFlagCompletionFunc("tag", a.completeFrom(tagsOf))
	return cmd
}

// merge is an entry with what flags give in the place of what it had.
func merge(old, given journal.Entry, changed func(flag string) bool) journal.Entry {
	if changed("title") {
		old.Title = given.Title
	}
	if changed("tag") {
		old.Tags = given.Tags
	}
	if changed("run") {
		old.Runs = given.Runs
	}
	if changed("date") {
		old.Date = given.Date
	}
	return old
}

func (a *app) entries() *cobra.Command {
	var tags []string
	cmd := &cobra.Command{
		Use:   "entries",
		Short: "List entries, newest first",
		Args:  arguments(0, 0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(false, func(j *journal.Journal) error {
				all, err := j.Entries(cmd.Context(), tags...)
				if err != nil {
					return err
				}
				if all == nil {
					all = []journal.Entry{}
				}
				return a.answer(all, func(w io.Writer) {
					if len(all) == 0 {
						fmt.Fprintln(a.err, "no entries")
						return
					}
					rows := [][]string{{"ENTRY", "DATE", "TITLE", "RUNS", "TAGS"}}
					for _, e := range all {
						title := e.Title
						if title == "" {
							title, _, _ = strings.Cut(strings.TrimSpace(e.Body), "\n")
						}
						if r := []rune(title); len(r) > 60 {
							title = string(r[:59]) + "…"
						}
						rows = append(rows, []string{e.ID, e.Date.Local().Format("2006-01-02"), title, fmt.Sprint(len(e.Runs)), strings.Join(e.Tags, ",")})
					}
					table(w, rows)
				})
			})
		},
	}
	cmd.Flags().StringArrayVarP(&tags, "tag", "t", nil, "only with this tag; several: all of them")
	return cmd
}
