package command

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"flowbook/journal"
	"flowbook/journal/provenance"
)

func (a *app) verify() *cobra.Command {
	var repair bool
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Check the whole journal: database, series, digests of all files",
		Long: `Check the whole journal: the database file, series with gaps, summaries, the sha256 of every file, and steps that a dead process
left. --repair mends what can be mended. Exit code 3 when something is wrong and not mended.`,
		Args: arguments(0, 0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(false, func(j *journal.Journal) error {
				check := j.Verify
				if repair {
					check = j.Repair
				}
				r, err := check(cmd.Context())
				if err != nil {
					return err
				}
				if err := a.answer(r, func(w io.Writer) { fmt.Fprintln(w, r) }); err != nil {
					return err
				}
				if !r.OK() {
					return exit{code: Differs}
				}
				return nil
			})
		},
	}
	cmd.Flags().BoolVar(&repair, "repair", false, "mend what can be mended")
	return cmd
}

func (a *app) rm() *cobra.Command {
	return &cobra.Command{
		Use:               "rm RUN|ENTRY…",
		Short:             "Move runs or entries to the trash; restore brings them back",
		Args:              arguments(1, -1, "runs or entries"),
		ValidArgsFunction: both(a.completeRuns(-1), a.completeEntries),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.with(false, func(j *journal.Journal) error {
				return a.each(cmd.Context(), j, "moved to the trash", args, names.any, j.Remove)
			})
		},
	}
}

func (a *app) restore() *cobra.Command {
	return &cobra.Command{
		Use:               "restore RUN|ENTRY…",
		Short:             "Take runs or entries out of the trash",
		Args:              arguments(1, -1, "runs or entries"),
		ValidArgsFunction: a.completeTrash,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.with(false, func(j *journal.Journal) error {
				return a.each(cmd.Context(), j, "restored", args, names.trashed, j.Restore)
			})
		},
	}
}

func (a *app) gc() *cobra.Command {
	var older string
	var dry bool
	cmd := &cobra.Command{
		Use:   "gc",
		Short: "Delete for good what is in the trash for long, and files that no run names",
		Args:  arguments(0, 0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			age, err := span(older)
			if err != nil {
				return err
			}
			return a.with(false, func(j *journal.Journal) error {
				collect := j.GC
				if dry {
					collect = j.GCDryRun
				}
				c, err := collect(cmd.Context(), age)
				if err == nil && !dry {
					_, err = provenance.RemoveAbandoned(cmd.Context(), ".") // of replay --at-commit that was killed
				}
				if err != nil {
					return err
				}
				return a.answer(c, func(w io.Writer) {
					did := "deleted"
					if dry {
						did = "would delete"
					}
					fmt.Fprintf(w, "%s %s, %s and %s of %d bytes\n", did, count(c.Runs, "run", "runs"), count(c.Entries, "entry", "entries"), count(c.Artifacts, "file", "files"), c.Bytes)
				})
			})
		},
	}
	cmd.Flags().BoolVarP(&dry, "dry-run", "n", false, "delete nothing, and tell what would be deleted")
	cmd.Flags().StringVar(&older, "older", "30d", "how long it must have been in the trash, as 36h or 7d; 0s: all of the trash")
	return cmd
}

// completeTrash completes the ids of runs in the trash.
func (a *app) completeTrash(cmd *cobra.Command, _ []string, prefix string) ([]string, cobra.ShellCompDirective) {
	return a.completeIDs(cmd, prefix, journal.Query{Trash: true})
}
