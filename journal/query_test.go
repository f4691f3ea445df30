package journal

import (
	"context"
	"math"
	"testing"
	"time"
)

// TestQuery lists runs by filter, tag, status and order.
func TestQuery(t *testing.T) { testQuery(t) }

func testQuery(t *testing.T) {
	ctx := context.Background()
	j := openTemp(t)
	ids := map[string]string{}
	for i, c := range []struct {
		name string
		bpd  float64
		tags []string
	}{{"a", 3, []string{"x"}}, {"b", 1, []string{"x", "y"}}, {"c", 2, nil}, {"d", math.NaN(), []string{"y"}}} {
		run, err := j.Begin(ctx, "exp"+c.name[:1], map[string]any{"n": i, "same": 1}, WithTags(c.tags...))
		must(t, err)
		must(t, run.Log(0, Metrics{"bpd": 9}))
		must(t, run.Log(1, Metrics{"bpd": c.bpd}))
		must(t, run.Finish(nil))
		ids[run.ID] = c.name
		time.Sleep(time.Millisecond)
	}
	names := func(q Query) string {
		runs, err := j.Runs(ctx, q)
		must(t, err)
		s := ""
		for _, r := range runs {
			s += ids[r.ID]
		}
		return s
	}
	for _, c := range []struct {
		q    Query
		want string
	}{
		{Query{}, "dcba"},
		{Query{Sort: "started"}, "abcd"},
		{Query{Sort: "metric.bpd"}, "bcad"},
		{Query{Sort: "-metric.bpd"}, "acbd"},
		{Query{Sort: "-config.n", Limit: 2}, "dc"},
		{Query{Where: "metric.bpd<2.5 and config.same=1"}, "cb"},
		{Query{Tags: []string{"x", "y"}}, "b"},
		{Query{Experiment: "expc"}, "c"},
		{Query{Status: Failed}, ""},
		{Query{Since: time.Now().Add(time.Hour)}, ""},
		{Query{Until: time.Now().Add(time.Hour), Where: "tag=y", Sort: "experiment"}, "bd"},
	} {
		if got := names(c.q); got != c.want {
			t.Errorf("%+v: %s, want %s", c.q, got, c.want)
		}
	}
	all, err := j.Runs(ctx, Query{Sort: "started"})
	must(t, err)
	cmp, err := j.Compare(ctx, all[0].ID, all[1].ID, all[3].ID)
	must(t, err)
	if len(cmp.Config) != 1 || cmp.Config[0].Path != "n" || cmp.Config[0].Values[2] != "3" {
		t.Errorf("config diff %+v", cmp.Config)
	}
	if m := cmp.Metrics[0]; m.Winner != 1 || m.Last[0] != 3 || m.Best[2] != 9 || !math.IsNaN(float64(m.Last[2])) {
		t.Errorf("metrics %+v", m)
	}
}
