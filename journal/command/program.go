// Package command is the journal command: list, show, compare, run, resume, replay, verify, export and serve.
//
// A program of its own experiments is five lines, and then has all of it:
//
//	import _ "example.org/my/experiments" // registers them with journal.Register
//
//	func main() { command.Main(command.Program{}) }
//
// # Exit codes
//
//	0    done
//	1    failed; one line on standard error says what and what helps
//	2    used wrongly: an unknown command, flag, setting or malformed filter
//	3    done, and something differs: a replay is not identical, verify found damage
//	130  interrupted; a run that was under way can be resumed
//
// Standard output holds the answer alone, as text or, with --json, as JSON; everything else goes to standard error.
package command

import (
	"context"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"flowbook/journal"
)

// A Program is a journal command.
type Program struct {
	// Watch returns a context in which a training shows itself, for run, resume and replay; nil for none.
	Watch func(context.Context) context.Context
}

// Main runs the command with the process' arguments and ends the process.
func Main(p Program) {
	out := os.Stdout
	os.Stdout = os.Stderr // what experiments print is not the answer
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // what does not heed the first signal is ended by the second
	code := Failed
	defer func() {
		if p := recover(); p != nil {
			panic(p)
		}
		os.Exit(code) // also where an experiment ends its goroutine
	}()
	code = p.Run(ctx, os.Args[1:], os.Stdin, out, os.Stderr)
	stop()
}

// Run runs the command with the given arguments and returns its exit code.
func (p Program) Run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) int {
	a := &app{Program: p, in: in, out: out, err: errOut}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errOut)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return Done
	}
	a.json = a.json || slices.Contains(args, "--json") // a wrong flag ends the reading of flags
	return a.report(ctx, err)
}

// An app is one call of the command.
type app struct {
	Program
	in       io.Reader
	out, err io.Writer
	url      string
	json     bool
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "journal",
		Short: "The experiment journal: list, show, compare, run, resume, replay, export and serve",
		Long: `The experiment journal: entries, and the runs of experiments with their config, metrics, figures and checkpoints.

Runs and entries are named by their id or the beginning of it; last is the newest, last~1 the one before it. Every command answers
in JSON with --json.

Exit codes: 0 done, 1 failed, 2 used wrongly, 3 something differs (replay, verify), 130 interrupted.`,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return wrong("unknown command %q; journal --help lists them", args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.PersistentFlags().StringVar(&a.url, "journal", "", "path or URL of the journal (default "+journal.DefaultURL()+")")
	root.PersistentFlags().BoolVar(&a.json, "json", false, "answer in JSON")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return wrong("%v; %s --help lists the flags", err, cmd.CommandPath())
	})
	root.AddGroup(&cobra.Group{ID: "read", Title: "Look:"}, &cobra.Group{ID: "do", Title: "Run:"},
		&cobra.Group{ID: "write", Title: "Write:"}, &cobra.Group{ID: "keep", Title: "Keep:"})
	for id, commands := range map[string][]*cobra.Command{
		"read":  {a.ls(), a.show(), a.compare(), a.entries(), a.export(), a.serve()},
		"do":    {a.run(), a.sweep(), a.working(), a.experiments(), a.resume(), a.replay()},
		"write": {a.note(), a.tag(), a.rename(), a.entry()},
		"keep":  {a.verify(), a.rm(), a.restore(), a.gc(), a.importing(), a.copying()},
	} {
		for _, c := range commands {
			c.GroupID = id
			root.AddCommand(c)
		}
	}
	knowTopics(root)
	return root
}

// knowTopics has help refuse a command that is not there.
func knowTopics(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	for _, c := range root.Commands() {
		if c.Name() == "help" {
			c.Args = func(_ *cobra.Command, args []string) error {
				if found, _, err := root.Find(args); err != nil || found == root && len(args) > 0 {
					return wrong("unknown command %q; journal --help lists them", strings.Join(args, " "))
				}
				return nil
			}
		}
	}
}
