// Command bench prints what a logged step and the loading of a million points cost in a journal, and in MLflow's file and SQLite stores, and
// what listing many runs costs beside MLflow and Aim, as Markdown tables, and adds the rows to bench.json in FLOWBOOK_HOME. It is run by
// `make bench`:
//
//	go run ./journal/bench [-python .flowbook/venv-bench/bin/python] [-points 1000000]
package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"flowbook/journal"
	"flowbook/journal/formats"
)

//go:embed mlflow_stores.py
var mlflowStores string

const metrics = 10

// A result is what one store costs.
type result struct {
	Store string  `json:"store"`
	Log   float64 `json:"log"`   // microseconds on the caller for a step of one metric, mean
	Worst float64 `json:"worst"` // microseconds, the 99th of 100
	Load  float64 `json:"load"`  // seconds to load all points
}

func main() {
	python := flag.String("python", ".flowbook/venv-bench/bin/python", "a Python that has mlflow; without one, only the journal is measured")
	points := flag.Int("points", 1_000_000, "how many points to load")
	flag.Parse()
	if err := bench(*python, *points); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func bench(python string, points int) error {
	dir, err := os.MkdirTemp("", "journal-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	ours, err := measure(dir, points)
	if err != nil {
		return err
	}
	all := []result{ours}
	theirs, err := measureMLflow(python, dir)
	if err != nil {
		fmt.Println("MLflow is not measured:", err)
	}
	all = append(all, theirs...)
	fmt.Printf("\n| store | a logged step, mean | 99 of 100 below | %d points loaded in |\n|---|---|---|---|\n", points)
	for _, r := range all {
		fmt.Printf("| %s | %.1f µs | %.1f µs | %.2f s |\n", r.Store, r.Log, r.Worst, r.Load)
	}
	fmt.Println()
	for _, r := range theirs {
		fmt.Printf("Against %s: %.0f× cheaper to log, %.0f× faster to load.\n", r.Store, r.Log/ours.Log, r.Load/ours.Load)
	}
	listings, err := list(python, dir)
	if err != nil {
		return err
	}
	return keep(rows(ours, theirs, listings))
}

// measure logs to a journal one step at a time, and loads it again. It leaves the run in MLflow's layout for the peers to load.
func measure(dir string, points int) (result, error) {
	ctx := context.Background()
	r := result{Store: "flowbook journal (SQLite)"}
	path := filepath.Join(dir, "journal.db")
	j, err := journal.Open(path)
	if err != nil {
		return r, err
	}
	paced, err := j.Begin(ctx, "paced", nil)
	if err != nil {
		return r, err
	}
	var took []float64
	for step := range 1000 {
		start := time.Now()
		if err := paced.Log(step, journal.Metrics{"loss": float64(step)}); err != nil {
			return r, err
		}
		took = append(took, float64(time.Since(start).Nanoseconds())/1e3)
		time.Sleep(time.Millisecond) // a training step
	}
	if err := paced.Finish(nil); err != nil {
		return r, err
	}
	slices.Sort(took)
	for _, t := range took {
		r.Log += t / float64(len(took))
	}
	r.Worst = took[len(took)*99/100]
	run, err := j.Begin(ctx, "million", nil)
	if err != nil {
		return r, err
	}
	for step := range points / metrics {
		m := journal.Metrics{}
		for k := range metrics {
			m["m"+strconv.Itoa(k)] = math.Sin(float64(step*(k+1)) / 1e4)
		}
		if err := run.Log(step, m); err != nil {
			return r, err
		}
	}
	if err := run.Finish(nil); err != nil {
		return r, err
	}
	if err := formats.WriteMLflow(ctx, j, filepath.Join(dir, "mlruns"), run.ID); err != nil {
		return r, err
	}
	if err := j.Close(); err != nil {
		return r, err
	}
	start := time.Now()
	if j, err = journal.Open(path); err != nil {
		return r, err
	}
	defer j.Close()
	all, err := j.AllSeries(ctx, run.ID)
	r.Load = time.Since(start).Seconds()
	n := 0
	for _, s := range all {
		n += s.Len()
	}
	if err == nil && n != points/metrics*metrics {
		err = fmt.Errorf("%d points were loaded", n)
	}
	return r, err
}

// measureMLflow has Python do the same with MLflow's own client.
func measureMLflow(python, dir string) ([]result, error) {
	cmd := exec.Command(python, "-c", mlflowStores, dir)
	cmd.Env = append(os.Environ(), "MLFLOW_ALLOW_FILE_STORE=true", "MLFLOW_DISABLE_TELEMETRY=true", "DO_NOT_TRACK=true", "PYTHONWARNINGS=ignore")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w (make bench installs it)", python, err)
	}
	var all []result
	return all, json.Unmarshal(out, &all)
}
