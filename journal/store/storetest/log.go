package storetest

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"testing"
	"time"

	"flowbook/journal/fault"
	"flowbook/journal/record"
	"flowbook/journal/spool"
	"flowbook/journal/store"
)

// points are n records of metric m from a seq on: of seq s the step s-1, and the value 1000·s + by.
func points(seq, n int64, by float64) (all []spool.Record) {
	for s := seq; s < seq+n; s++ {
		all = append(all, spool.Record{Seq: s, At: 1_700_000_000_000_000 + s, Step: s - 1, Names: []string{"m"}, Values: []float64{1000*float64(s) + by}})
	}
	return all
}

func testLog(t *testing.T, s store.Store) {
	id := begin(t, s, "0000000001").ID
	one, err := s.Log(ctx, id, 1)
	must(t, err)
	two, err := s.Log(ctx, id, 1)
	must(t, err)
	next := int64(1)
	for _, n := range []int64{1, 2, 5000, 1, 1, 20000, 3} {
		must(t, one.Append(ctx, points(next, n, 0)))
		must(t, two.Append(ctx, points(next, n, 0))) // they are there already
		next += n
		one, two = two, one
	}
	odd := []float64{math.NaN(), math.Inf(1), math.Copysign(0, -1)}
	for i, v := range odd {
		must(t, one.Append(ctx, []spool.Record{{Seq: next + int64(i), At: 1, Step: -5, Names: []string{"odd"}, Values: []float64{v}}}))
	}
	must(t, one.Beat(ctx))
	count := map[string]int64{}
	must(t, s.Points(ctx, id, nil, func(c store.Chunk) error {
		if c.Start != count[c.Metric] || c.Attempt != 1 {
			t.Errorf("metric %s: a chunk of attempt %d starts at %d, after %d points", c.Metric, c.Attempt, c.Start, count[c.Metric])
		}
		return c.Each(func(p record.Point) {
			n := count[c.Metric]
			want := 1000 * float64(n+1)
			if c.Metric == "odd" {
				want = odd[n]
			}
			if math.Float64bits(p.Value) != math.Float64bits(want) {
				t.Fatalf("point %d of %s is %v, want %v", n, c.Metric, p.Value, want)
			}
			count[c.Metric]++
		})
	}))
	if count["m"] != next-1 || count["odd"] != 3 {
		t.Errorf("there are %v points, want %d of m", count, next-1)
	}
	only := 0
	must(t, s.Points(ctx, id, []string{"odd", "none"}, func(c store.Chunk) error { only += c.Count; return nil }))
	if sum := get(t, s, id).Metrics["m"]; only != 3 || int64(sum.Count) != next-1 {
		t.Errorf("%d points of odd, %d of m by its summary", only, sum.Count)
	}
	if a, err := s.Attempts(ctx, id); err != nil || time.Since(a[0].Heartbeat) > time.Hour {
		t.Errorf("the sign of life: %+v, %v", a, err)
	}
	if a, err := s.Attempts(ctx, "none000000"); err != nil || len(a) > 0 {
		t.Errorf("attempts of no run: %v, %v", a, err)
	}
}

func testResume(t *testing.T, s store.Store) {
	r := begin(t, s, "0000000001")
	log, err := s.Log(ctx, r.ID, 1)
	must(t, err)
	must(t, log.Append(ctx, points(1, 5, 0)))
	must(t, s.Change(ctx, r.ID, store.Change{End: &store.End{Attempt: 1, Status: record.Failed, Error: "e", At: r.Started}}))
	first := r.Attempts[0]
	first.Heartbeat = time.UnixMicro(1_700_000_000_000_005).UTC() // that of the last record
	again := r.Attempts[0]
	again.Number, again.FromStep = 2, 2
	must(t, s.Resume(ctx, r.ID, again))
	got := get(t, s, r.ID)
	if got.Status != record.Running || got.Error != "" || got.Ended != nil || got.Metrics["m"].Count != 3 || !reflect.DeepEqual(got.Attempts, []record.Attempt{first, again}) {
		t.Errorf("the run is %+v", got)
	}
	if err := s.Resume(ctx, r.ID, again); !errors.Is(err, fault.ErrRunning) {
		t.Errorf("the same attempt once more: %v", err)
	}
	all, err := s.Runs(ctx, store.Selection{})
	must(t, err)
	if len(all) != 1 || len(all[0].Attempts) != 1 || all[0].Attempts[0].Number != 2 || all[0].Attempts[0].PIDStart != "8" {
		t.Errorf("the list has %+v", all[0].Attempts)
	}
}

func testOutput(t *testing.T, s store.Store) {
	id := begin(t, s, "0000000001").ID
	log, err := s.Log(ctx, id, 1)
	must(t, err)
	for i := range int64(3) {
		must(t, log.Append(ctx, []spool.Record{{Seq: i + 1, At: i, Stream: 1, Text: []byte(fmt.Sprintf("line %d\xff\n", i))}}))
	}
	text := ""
	must(t, s.Output(ctx, id, func(o record.OutputLine) error { text += string(o.Text); return nil }))
	if text != "line 0\xff\nline 1\xff\nline 2\xff\n" {
		t.Errorf("the output is %q", text)
	}
	last, before, err := s.OutputTail(ctx, id, 9)
	if err != nil || len(last) != 2 || before != 8 {
		t.Errorf("its tail has %d pieces after %d bytes, %v", len(last), before, err)
	}
}
