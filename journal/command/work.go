package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"flowbook/journal/record"
	"flowbook/journal/sweep"
)

func (a *app) working() *cobra.Command {
	w := sweep.Work{}
	cmd := &cobra.Command{
		Use:   "work",
		Short: "Do the runs of sweeps that wait, until none is left",
		Long: `Do the runs that sweeps of this journal wait for, until none is left to do, here or elsewhere. It is what other terminals and other
machines call to help: all take from the same queue. Sweeps of experiments that this program does not have are left to others. What a run
prints is recorded with --workers 1; start journal work several times rather than with more workers to have that, or where one run that
ends the program must not take the others with it.`,
		Args: arguments(0, 0, "no arguments; choose with --sweep"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if w.Workers < 1 {
				return wrong("--workers %d: give 1 or more", w.Workers)
			}
			return a.withQueue(cmd, false, func(q *sweep.Queue) (err error) {
				if w.Sweep != "" {
					if w.Sweep, err = sweepID(cmd.Context(), q, w.Sweep); err != nil {
						return err
					}
				}
				return a.work(cmd, q, w)
			})
		},
	}
	f := cmd.Flags()
	f.IntVar(&w.Workers, "workers", 1, "how many runs at a time")
	f.StringVar(&w.Sweep, "sweep", "", "only the runs of this sweep")
	f.BoolVar(&w.Stay, "stay", false, "wait for more sweeps when all is done")
	_ = cmd.RegisterFlagCompletionFunc("sweep", func(cmd *cobra.Command, _ []string, prefix string) ([]string, cobra.ShellCompDirective) {
		return a.completeSweeps(cmd, nil, prefix)
	})
	return cmd
}

// done is what a worker did.
type done struct {
	Finished int           `json:"finished"`
	Failed   int           `json:"failed"`
	Sweep    *sweep.Status `json:"sweep,omitempty"` // the one that was asked for
}

// work does runs, says on standard error what happens to each, and answers with the sweep that was asked for.
func (a *app) work(cmd *cobra.Command, q *sweep.Queue, w sweep.Work) error {
	var mu sync.Mutex
	var did done
	w.Report = func(e sweep.Event) {
		mu.Lock()
		defer mu.Unlock()
		switch e.Kind {
		case sweep.Finished:
			did.Finished++
		case sweep.Failed:
			did.Failed++
		}
		if !a.json {
			fmt.Fprintln(a.err, happened(e))
		}
	}
	err := q.Work(cmd.Context(), w)
	stopped := cmd.Context().Err() != nil && errors.Is(err, context.Canceled)
	if err != nil && !stopped {
		return err
	}
	if w.Sweep != "" {
		if did.Sweep, err = q.Sweep(context.WithoutCancel(cmd.Context()), w.Sweep); err != nil {
			return err
		}
	}
	if did.Sweep != nil {
		err = a.answerSweep(did, did.Sweep, nil)
	} else {
		err = a.answer(did, func(out io.Writer) { fmt.Fprintf(out, "%d finished, %d failed here\n", did.Finished, did.Failed) })
	}
	switch {
	case err != nil:
		return err
	case stopped && did.Sweep != nil && did.Sweep.Done(), !stopped && did.Failed == 0:
		return nil
	case stopped:
		return exit{Interrupted, errors.New("stopped; journal work goes on with what is left")}
	}
	return exit{Failed, fmt.Errorf("%s failed", count(did.Failed, "run", "runs"))}
}

// happened is an event in a line.
func happened(e sweep.Event) string {
	if e.Kind == sweep.Skipped {
		return plain(fmt.Sprintf("sweep %s is left to others: %s", e.Sweep.ID, oneLine(e.Err)))
	}
	var settings []string
	for i, value := range e.Values {
		settings = append(settings, e.Sweep.Params[i]+"="+value)
	}
	text := fmt.Sprintf("run %s: %s", strings.Join(append([]string{e.Run}, settings...), " "), e.Kind)
	switch {
	case e.Kind == sweep.Finished:
		text += " after " + record.Span(e.Record.Duration())
	case e.Kind == sweep.PutBack:
		text += ": its worker died"
	case e.Err != nil:
		text += ": " + oneLine(e.Err)
	}
	return plain(text)
}
