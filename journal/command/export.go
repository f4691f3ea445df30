package command

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"flowbook/journal"
	"flowbook/journal/export"
	"flowbook/journal/formats"
	"flowbook/journal/home"
	"flowbook/journal/internal/outfile"
)

// exported is what export answers.
type exported struct {
	Path  string `json:"path"`
	Bytes int64  `json:"bytes,omitempty"`
	Runs  int    `json:"runs"`
}

func (a *app) export() *cobra.Command {
	var c choice
	var o export.Options
	var format, out string
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write the journal as one HTML page, or runs as CSV, JSON lines, TensorBoard or MLflow files",
		Long: `Write the journal as one self-contained HTML page: no network, no script needed to read it.
Other formats: csv (one metric point to a line), jsonl (all there is of the runs and their entries, for journal import), tensorboard and mlflow (folders those
programs read).`,
		Example: "  journal export --out journal.html\n  journal export --format csv --where 'experiment=moons' --out moons.csv",
		Args:    arguments(0, 0, "no arguments; choose runs with --where"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			var err error
			if o.Query, err = c.query(); err != nil {
				return err
			}
			if o.MaxBytes < 0 {
				return wrong("--max-bytes %d: give the bytes that the page may have; 0, the default, is 20 MB", o.MaxBytes)
			}
			if out == "" && format == "html" {
				out = home.Path("html", "journal.html")
			}
			if out == "" && isFolder(format) {
				return wrong("--format %s writes a folder: name it with --out", format)
			}
			return a.with(false, func(j *journal.Journal) error {
				runs, err := j.Runs(ctx, o.Query)
				if err != nil {
					return err
				}
				wrote := false
				switch {
				case format == "html":
					wrote, err = a.toFile(out, func(w io.Writer) error { return export.HTML(ctx, j, w, o) })
				case format == "jsonl" && !o.Query.Chooses():
					wrote, err = a.toFile(out, func(w io.Writer) error { return formats.WriteJournal(ctx, j, w) })
				default:
					wrote, err = a.exportRuns(ctx, j, format, out, runs)
				}
				if err != nil || !wrote {
					return err
				}
				answer := exported{Path: out, Runs: len(runs)}
				if info, err := os.Stat(out); err == nil && info.Mode().IsRegular() {
					answer.Bytes = info.Size()
				}
				return a.answer(answer, func(w io.Writer) {
					fmt.Fprintf(w, "wrote %s: %s", out, count(answer.Runs, "run", "runs"))
					if answer.Bytes > 0 {
						fmt.Fprintf(w, ", %.1f MB", float64(answer.Bytes)/1e6)
					}
					fmt.Fprintln(w)
				})
			})
		},
	}
	c.flags(cmd, a)
	f := cmd.Flags()
	f.StringVarP(&format, "format", "f", "html", "html, csv, jsonl, tensorboard or mlflow")
	f.StringVarP(&out, "out", "o", "", "file or folder to write; - is standard output (default: .flowbook/html/journal.html, for csv and jsonl standard output)")
	f.StringVar(&o.Title, "title", "", "heading of the page")
	f.Int64Var(&o.MaxBytes, "max-bytes", 0, "what the page should not exceed (default 20 MB)")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions([]string{"html", "csv", "jsonl", "tensorboard", "mlflow"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func isFolder(format string) bool { return format == "tensorboard" || format == "mlflow" }

func (a *app) exportRuns(ctx context.Context, j *journal.Journal, format, out string, runs []*journal.Record) (wrote bool, err error) {
	all := make([]string, len(runs))
	for i, r := range runs {
		all[i] = r.ID
	}
	switch format {
	case "csv":
		return a.toFile(out, func(w io.Writer) error { return formats.WriteCSV(ctx, j, w, all...) })
	case "jsonl":
		return a.toFile(out, func(w io.Writer) error { return formats.WriteJSONLines(ctx, j, w, all...) })
	case "tensorboard":
		return true, formats.WriteTensorBoard(ctx, j, out, all...)
	case "mlflow":
		return true, formats.WriteMLflow(ctx, j, out, all...)
	}
	return false, wrong("format %q is none of html, csv, jsonl, tensorboard, mlflow", format)
}

// toFile writes a file whole or not at all, and tells whether it is one: "", "-" and the file that standard output goes to are not.
func (a *app) toFile(path string, write func(io.Writer) error) (bool, error) {
	if path == "" || path == "-" || a.isOutput(path) {
		return false, write(a.out)
	}
	return true, outfile.Write(path, write)
}

// isOutput tells whether a path, as /dev/stdout, is what standard output goes to.
func (a *app) isOutput(path string) bool {
	out, ok := a.out.(*os.File)
	if !ok {
		return false
	}
	one, err := out.Stat()
	if err != nil {
		return false
	}
	two, err := os.Stat(path)
	return err == nil && os.SameFile(one, two)
}

func (a *app) importing() *cobra.Command {
	return &cobra.Command{
		Use:   "import FILE",
		Short: "Bring in runs and entries from JSON lines; - reads standard input",
		Args:  arguments(1, 1, "one file, or - for standard input"),
		RunE: func(cmd *cobra.Command, args []string) error {
			from := a.in
			if args[0] != "-" {
				f, err := os.Open(args[0])
				if err != nil {
					return err
				}
				defer f.Close()
				from = f
			}
			return a.with(true, func(j *journal.Journal) error {
				got, err := formats.ReadJSONLines(cmd.Context(), j, from)
				if err != nil {
					return fmt.Errorf("%s: %w", args[0], err)
				}
				return a.answer(got, func(w io.Writer) {
					fmt.Fprintf(w, "brought in %s and %s; %d were here already\n", count(len(got.Runs), "run", "runs"), count(len(got.Entries), "entry", "entries"), len(got.Skipped))
				})
			})
		},
	}
}

func (a *app) copying() *cobra.Command {
	return &cobra.Command{
		Use:   "copy FILE",
		Short: "Copy the journal to a new file, its artifacts to FILE.artifacts, whole even while runs write",
		Args:  arguments(1, 1, "the path of the copy"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.with(false, func(j *journal.Journal) error {
				if err := j.Copy(cmd.Context(), args[0]); err != nil {
					return err
				}
				return a.answer(exported{Path: args[0]}, func(w io.Writer) {
					fmt.Fprintln(w, "wrote", args[0])
					if at, elsewhere := j.ArtifactsElsewhere(); elsewhere {
						fmt.Fprintf(w, "its files stay in %s: open the copy as '%s?artifacts=%s'\n", at, args[0], at)
					}
				})
			})
		},
	}
}
