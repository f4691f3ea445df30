// Package crowd fills a journal with as many runs as a year of sweeps leaves, for tests and benchmarks.
package crowd

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"flowbook/journal"
	"flowbook/journal/provenance"
	"flowbook/journal/record"
)

// Each run has so many metrics of so many points.
const (
	metrics = 9
	points  = 20
)

// Fill puts n runs into a journal as sweeps leave them: five seeds of each config, and the list of modules that a run knows of itself. The metric
// m1 goes over the runs from 0 to 1, twice.
func Fill(ctx context.Context, j *journal.Journal, n int) error {
	code := provenance.Code{Main: "example.org/flow"}
	for i := range 120 {
		code.Modules = append(code.Modules, provenance.Module{Path: fmt.Sprintf("example.org/module/number/%d", i), Version: "v1.2.3"})
	}
	began := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range n {
		start := began.Add(time.Duration(i) * time.Minute)
		end, seed := start.Add(40*time.Second), int64(i%5)
		r := &journal.Record{ID: fmt.Sprintf("%010d", i), Experiment: "sweep", Status: journal.Finished, Started: start, Ended: &end, Seed: &seed, Code: code,
			Config:  json.RawMessage(fmt.Sprintf(`{"couplings":%d,"net":{"planes":%d,"blocks":2},"rate":%g,"seed":%d}`, i/5%16, 8<<(i/80%4), 1e-3/float64(1+i/320%7), seed)),
			Machine: record.Machine{Host: "node", OS: "linux", Arch: "amd64", CPU: "Example CPU", CPUs: 8, Go: "go1.26", Command: []string{"journal", "work"}}}
		var all []journal.Series
		for m := range metrics {
			s := journal.Series{Metric: fmt.Sprint("m", m)}
			for step := range points {
				s.Steps = append(s.Steps, step)
				s.Values = append(s.Values, float64(i*(m+1)%n)/float64(n)+math.Exp(-float64(step)/5))
				s.Times = append(s.Times, start.UnixMicro()+int64(step))
			}
			all = append(all, s)
		}
		if err := j.Import(ctx, r, all, nil); err != nil {
			return err
		}
	}
	return nil
}
