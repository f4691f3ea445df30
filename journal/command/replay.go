package command

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"flowbook/journal"
)

func (a *app) replay() *cobra.Command {
	var at atCommit
	var asked bool
	cmd := &cobra.Command{
		Use:   "replay RUN",
		Short: "Run a recorded run again and compare every metric and file, bit for bit",
		Long: `Run a recorded run again with its config and seed, as a new run, and compare every metric value bit for bit and every figure,
artifact and checkpoint by its sha256. Prints identical, or the first step and value that differ, and what differs of code and
machine. Exit code 3 when anything differs.

--at-commit replays with the code of the run instead of today's: it checks the recorded commit out into a temporary git worktree, applies
the recorded changes, builds the program that recorded the run, and has it replay. Your checkout and its index stay as they are, and the
worktree is removed at the end, or, where the replay was killed, by the next one or by journal gc. Call it in a checkout that has the commit. The data are today's, and so are modules that go.mod replaces by
absolute folders.`,
		Example: `  journal replay last
  journal replay --at-commit last`,
		Args:              arguments(1, 1, "one run"),
		ValidArgsFunction: a.completeRuns(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !asked && (at.program != "" || at.partial) {
				return wrong("--program and --partial belong to --at-commit")
			}
			return a.withRun(cmd.Context(), args[0], func(j *journal.Journal, id string) error {
				var r *journal.ReplayReport
				var err error
				if asked {
					r, err = a.replayAt(cmd.Context(), j, id, at)
				} else {
					r, err = journal.Replay(a.watched(cmd.Context()), j, id)
				}
				if r == nil {
					return err
				}
				if err := errors.Join(a.answer(r, func(w io.Writer) { fmt.Fprintln(w, r) }), err); err != nil {
					return err
				}
				if !r.Identical {
					return exit{code: Differs}
				}
				return nil
			})
		},
	}
	f := cmd.Flags()
	f.BoolVar(&asked, "at-commit", false, "replay with the recorded code, built anew of its commit and changes")
	f.StringVar(&at.program, "program", "", "with --at-commit: the package of the journal command to build (default: the one recorded)")
	f.BoolVar(&at.partial, "partial", false, "with --at-commit: replay also where files of the recorded changes were left out or masked")
	return cmd
}

func (a *app) replayAt(ctx context.Context, j *journal.Journal, id string, at atCommit) (r *journal.ReplayReport, err error) {
	old, err := j.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	if old.Status == journal.Running {
		return nil, fmt.Errorf("run %s: %w; replay it when it is finished", old.ID, journal.ErrRunning)
	}
	r, err = at.replay(ctx, j, old, a.url, a.err)
	if err != nil {
		err = fmt.Errorf("run %s cannot be replayed at its commit: %w", old.ID, err)
	}
	return r, err
}
