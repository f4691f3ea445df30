package cell

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"flowbook/journal"
	"flowbook/journal/record"
)

// TestEntryRuns leads from the runs that an entry names to their cards, but for code and other links.
func TestEntryRuns(t *testing.T) {
	const id, card = "gypffxeydh", "#run-gypffxeydh"
	for in, want := range map[string]string{
		"See run:gypffxeydh.":        "See [run:gypffxeydh](" + card + ").",
		"run:gypf, run:zzzz":         "[run:gypf](" + card + "), run:zzzz",
		"the [fix](run:gypf) here":   "the [fix](" + card + ") here",
		"`run:gypf` rerun:gypf":      "`run:gypf` rerun:gypf",
		"```\nrun:gypf\n```":         "```\nrun:gypf\n```",
		"[run:gypf](https://x.org/)": "[run:gypf](https://x.org/)",
		"$x$ (run:gypf)":             "$x$ ([run:gypf](" + card + "))",
	} {
		if got := prepare(in, "abcdefghjk", id); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

// TestEscapeTags keeps code and maths as they are, and makes tags text.
func TestEscapeTags(t *testing.T) {
	for in, want := range map[string]string{
		"a <script>x</script>":   "a &lt;script>x&lt;/script>",
		"a < b, 3<4":             "a < b, 3<4",
		"`<b>` and <b>":          "`<b>` and &lt;b>",
		"$a<b$ and <i>":          "$a<b$ and &lt;i>",
		"costs $5 <i>":           "costs $5 &lt;i>",
		"$$\nx<y\n$$\n<i>":       "$$\nx<y\n$$\n&lt;i>",
		"```go\na<b>c\n```\n<b>": "```go\na<b>c\n```\n&lt;b>",
		"\\$ <!-- c --> $x$":     "\\$ &lt;!-- c --> $x$",
		"<a href=x> $x<y$ </a>":  "&lt;a href=x> $x<y$ &lt;/a>",
	} {
		if got := prepare(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

// Example shows what a cell writes; outside a notebook it is a line of text.
func Example() {
	dir, remove := tempDir()
	defer remove()
	j, err := journal.Open(filepath.Join(dir, "journal.db"))
	if err != nil {
		panic(err)
	}
	defer j.Close()
	for _, rate := range []float64{0.1, 0.2} {
		run, err := j.Begin(ctx, "descent", map[string]float64{"rate": rate})
		if err != nil {
			panic(err)
		}
		stop := Live(run, "x")
		for step, x := 0, 1.0; step < 10; step++ {
			x -= rate * x
			run.Log(step, journal.Metrics{"x": x})
		}
		stop()
		run.Finish(nil)
	}
	if err := Table(j, journal.Query{Sort: "metric.x"}); err != nil {
		panic(err)
	}
	// Output: 2 runs
}

// A cell can run, resume and replay a registered experiment by its name, as the journal command does.
func Example_experiment() {
	dir, remove := tempDir()
	defer remove()
	j, err := journal.Open(filepath.Join(dir, "journal.db"))
	if err != nil {
		panic(err)
	}
	defer j.Close()
	type config struct {
		Steps int `json:"steps"`
	}
	power := true // fails once
	journal.Register("count", journal.Typed("counts", config{Steps: 4}, func(ctx context.Context, run *journal.Run, c config) error {
		_, last, resumed, err := run.RestoreBytes()
		if err != nil {
			return err
		}
		first := 0
		if resumed {
			first = last + 1
		}
		for step := first; step < c.Steps; step++ {
			if step == 3 && power {
				power = false
				return errors.New("the power is gone")
			}
			run.Log(step, journal.Metrics{"n": float64(step)})
			if err := run.CheckpointBytes(step, nil); err != nil {
				return err
			}
		}
		return nil
	}))
	r, err := journal.Execute(ctx, j, "count", []string{"steps=5"})
	fmt.Println(r.Status, r.Metrics["n"].Count, err)
	if r, err = journal.Continue(ctx, j, r.ID); err != nil {
		panic(err)
	}
	fmt.Println(r.Status, r.Metrics["n"].Count)
	report, err := journal.Replay(ctx, j, r.ID)
	if err != nil {
		panic(err)
	}
	fmt.Println("identical:", report.Identical)
	// Output:
	// failed 3 the power is gone
	// finished 5
	// identical: true
}

// ExampleSweep shows a sweep; outside a notebook it is a line of text.
func ExampleSweep() {
	dir, remove := tempDir()
	defer remove()
	j, err := journal.Open(filepath.Join(dir, "journal.db"))
	if err != nil {
		panic(err)
	}
	defer j.Close()
	of := record.Sweep{ID: "0123456789", Params: []string{"rate"}, Settings: []string{"rate=0.1,0.2"}}
	for _, rate := range []float64{0.1, 0.2} {
		run, err := j.Begin(ctx, "descent", map[string]float64{"rate": rate}, journal.WithSweep(of))
		if err != nil {
			panic(err)
		}
		if err := run.Log(0, journal.Metrics{"loss": rate}); err != nil {
			panic(err)
		}
		if err := run.Finish(nil); err != nil {
			panic(err)
		}
	}
	if err := Sweep(j, of.ID, ""); err != nil {
		panic(err)
	}
	fmt.Println(errors.Is(Sweep(j, of.ID, "acc"), journal.ErrNotFound))
	// Output:
	// loss of 2 runs of sweep 0123456789
	// true
}
