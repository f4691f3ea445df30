package journal

import (
	"context"
	"fmt"
	"testing"
	"time"

	"flowbook/journal/provenance"
	"flowbook/journal/record"
)

// manyRuns makes a journal of n runs of nine metrics, as a sweep leaves them, with the code and machine that a run knows of itself.
func manyRuns(t testing.TB, n int) *Journal {
	t.Helper()
	ctx := context.Background()
	j := openTemp(t)
	machine := record.Machine{Host: "node", OS: "linux", Arch: "amd64", CPU: "Example CPU", CPUs: 8, Go: "go1.26", Command: []string{"journal", "run", "sweep"}}
	code := provenance.Code{Checkout: provenance.Checkout{Commit: fmt.Sprintf("%040x", 7)}, Main: "example.org/flow"}
	for i := range 120 {
		code.Modules = append(code.Modules, provenance.Module{Path: fmt.Sprintf("example.org/module/number/%d", i), Version: "v1.2.3"})
	}
	for i := range n {
		at := time.Unix(int64(1+i), 0)
		ended := at.Add(time.Second / 2)
		r := &Record{ID: fmt.Sprintf("%010d", i), Experiment: "sweep", Status: Finished, Started: at, Ended: &ended, Code: code, Machine: machine,
			Config: fmt.Appendf(nil, `{"couplings":%d,"net":{"planes":%d,"blocks":2},"rate":%g,"seed":%d}`, i%16, 8<<(i%4), 1e-3/float64(1+i%7), i)}
		if i%50 == 0 {
			r.Tags = []string{"kept"}
		}
		var series []Series
		for k := range 9 {
			series = append(series, Series{Metric: fmt.Sprint("m", k), Steps: []int{0, 1}, Values: []float64{1, float64(i*(k+1)%n) / float64(n)}, Times: []int64{at.UnixMicro(), at.UnixMicro()}})
		}
		must(t, j.Import(ctx, r, series, nil))
	}
	return j
}

// BenchmarkManyRuns lists 10,000 runs: all, by a filter and an order, and the newest.
func BenchmarkManyRuns(b *testing.B) {
	ctx := context.Background()
	j := manyRuns(b, 10_000)
	for name, q := range map[string]Query{
		"all":    {},
		"filter": {Where: "config.couplings>8 and metric.m1<0.5", Sort: "-metric.m2", Limit: 20},
		"newest": {Limit: 20},
		"tag":    {Tags: []string{"kept"}},
		"since":  {Since: time.UnixMicro(9_900 * 1e6)},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				_, err := j.Runs(ctx, q)
				must(b, err)
			}
		})
	}
}
