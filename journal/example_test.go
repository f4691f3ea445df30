package journal_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	"flowbook/journal"
)

// temporary opens a journal for an example.
func temporary() (j *journal.Journal, done func()) {
	dir, err := os.MkdirTemp("", "journal-example-")
	if err != nil {
		log.Fatal(err)
	}
	if j, err = journal.Open(filepath.Join(dir, "journal.db")); err != nil {
		log.Fatal(err)
	}
	return j, func() { j.Close(); os.RemoveAll(dir) }
}

// A run, from begin to finish, and what the journal holds of it.
func Example() {
	j, done := temporary()
	defer done()
	ctx := context.Background()

	run, err := j.Begin(ctx, "descent", map[string]any{"rate": 0.25, "seed": 7}, journal.WithTags("demo"))
	if err != nil {
		log.Fatal(err)
	}
	x := 1.0
	for step := range 20 {
		x -= 0.25 * x
		run.Log(step, journal.Metrics{"loss": x * x})
	}
	run.CheckpointBytes(19, fmt.Append(nil, x))
	if err := run.Finish(nil); err != nil {
		log.Fatal(err)
	}

	r, err := j.Get(ctx, run.ID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(r.Experiment, r.Status, string(r.Config), *r.Seed, r.Tags)
	fmt.Printf("loss %.2g at step %d, %d checkpoint\n", r.Metrics["loss"].Last, r.Metrics["loss"].LastStep, len(r.Checkpoints))
	// Output:
	// descent finished {"rate":0.25,"seed":7} 7 [demo]
	// loss 1e-05 at step 19, 1 checkpoint
}

// Runs are chosen by a filter on config, metrics, tags and dates; a mistake in it is pointed at.
func ExampleJournal_Runs() {
	j, done := temporary()
	defer done()
	ctx := context.Background()
	for _, couplings := range []int{4, 8, 16} {
		run, err := j.Begin(ctx, "moons", map[string]int{"couplings": couplings})
		if err != nil {
			log.Fatal(err)
		}
		run.Log(0, journal.Metrics{"nll": 2 - float64(couplings)/16})
		run.Finish(nil)
	}
	runs, err := j.Runs(ctx, journal.Query{Where: "config.couplings >= 8 and metric.nll < 1.8", Sort: "metric.nll"})
	if err != nil {
		log.Fatal(err)
	}
	for _, r := range runs {
		fmt.Println(string(r.Config), r.Metrics["nll"].Last)
	}
	_, err = j.Runs(ctx, journal.Query{Where: "couplings > 8"})
	fmt.Println(strings.Split(err.Error(), ";")[0])
	// Output:
	// {"couplings":16} 1
	// {"couplings":8} 1.5
	// filter, column 1: unknown field "couplings"
}

// An experiment that is registered can be run by name, resumed and replayed.
func ExampleReplay() {
	j, done := temporary()
	defer done()
	type config struct {
		Rate  float64 `json:"rate"`
		Steps int     `json:"steps"`
	}
	journal.Register("descent", journal.Typed("walks down x²", config{Rate: 0.1, Steps: 10},
		func(ctx context.Context, run *journal.Run, c config) error {
			x := 1.0
			for step := range c.Steps {
				x -= 2 * c.Rate * x
				if err := run.Log(step, journal.Metrics{"x": x}); err != nil {
					return err
				}
			}
			return nil
		}))
	ctx := context.Background()
	r, err := journal.Execute(ctx, j, "descent", []string{"rate=0.3"})
	if err != nil {
		log.Fatal(err)
	}
	report, err := journal.Replay(ctx, j, r.ID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(report.Identical, report.Points)
	// Output: true 10
}
