package journal

import (
	"context"
	"encoding/json"
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
	codeJSON, err := json.Marshal(code)
	must(t, err)
	machineJSON, err := json.Marshal(machine)
	must(t, err)
	must(t, j.update(ctx, func(tx transaction) error {
		codeID, err := tx.insertCode(ctx, codeJSON)
		if err != nil {
			return err
		}
		for i := range n {
			id, at := fmt.Sprintf("%010d", i), int64(1+i)*1e6
			if _, err := tx.exec(ctx, "INSERT INTO run (id, experiment, status, config, code_id, machine, started, ended) VALUES (?, 'sweep', 'finished', ?, ?, ?, ?, ?)",
				id, fmt.Sprintf(`{"couplings":%d,"net":{"planes":%d,"blocks":2},"rate":%g,"seed":%d}`, i%16, 8<<(i%4), 1e-3/float64(1+i%7), i), codeID, string(machineJSON), at, at+5e5); err != nil {
				return err
			}
			if _, err := tx.exec(ctx, "INSERT INTO attempt (run, number, from_step, host, boot, pid, pid_start, started, heartbeat) VALUES (?, 1, ?, 'node', '', 1, '', ?, ?)", id, int64(fromStart), at, at); err != nil {
				return err
			}
			for k := range 9 {
				points := []record.Point{{Step: 0, At: at, Value: 1}, {Step: 1, At: at, Value: float64(i*(k+1)%n) / float64(n)}}
				var s record.Summary
				for _, p := range points {
					s.Add(p)
				}
				metric := fmt.Sprint("m", k)
				if _, err := tx.exec(ctx, "INSERT INTO chunk (run, metric, attempt, start, count, points) VALUES (?, ?, 1, 0, 2, ?)", id, metric, encodePoints(points)); err != nil {
					return err
				}
				if err := tx.putSummary(ctx, id, metric, s); err != nil {
					return err
				}
			}
			if i%50 == 0 {
				if _, err := tx.exec(ctx, "INSERT INTO run_tag (run, tag) VALUES (?, 'kept')", id); err != nil {
					return err
				}
			}
		}
		return nil
	}))
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
