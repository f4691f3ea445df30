package command

import (
	"context"
	"math"
	"strings"
	"testing"

	"flowbook/journal"
)

// valley records runs of a metric that goes through low before it ends at last, in the order given, and returns their ids.
func valley(t *testing.T, metric string, values ...[2]float64) []string {
	t.Helper()
	j, err := journal.OpenDefault()
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	var ids []string
	for i, v := range values {
		run, err := j.Begin(context.Background(), "valley", map[string]int{"Rate": i + 1})
		if err != nil {
			t.Fatal(err)
		}
		for i, x := range v {
			if err := run.Log(i, journal.Metrics{metric: x}); err != nil {
				t.Fatal(err)
			}
		}
		if err := run.Finish(nil); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, run.ID)
	}
	return ids
}

// column is a column of a table as ls writes it, without its head.
func column(t *testing.T, text, head string) []string {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(text), "\n")
	from := strings.Index(lines[0], head)
	if from < 0 {
		t.Fatalf("no column %s in\n%s", head, text)
	}
	var all []string
	for _, line := range lines[1:] {
		field := "" // the mark of what is not there has more bytes than columns
		if r := []rune(line); len(r) > from {
			field, _, _ = strings.Cut(string(r[from:]), " ")
		}
		all = append(all, field)
	}
	return all
}

// TestCommandLsOrder holds that a metric is shown as it is sorted and filtered, and that what is not finite is never first.
func TestCommandLsOrder(t *testing.T) {
	s := newShell(t)
	inf := math.Inf(1)
	valley(t, "loss", [2]float64{1, 9}, [2]float64{2, 8}, [2]float64{3, 7}, [2]float64{4, -inf}, [2]float64{5, math.NaN()})
	for _, c := range []struct{ metric, sort, where, want string }{
		{"loss", "metric.loss", "", "7 8 9"},
		{"loss", "-metric.loss", "", "9 8 7"},
		{"loss.best", "metric.loss.best", "", "1 2 3 4 5"},
		{"loss.best", "-metric.loss.best", "", "5 4 3 2 1"},
		{"loss", "metric.loss", "metric.loss<9 and metric.loss>0", "7 8"},
		{"loss.best", "metric.loss.best", "metric.loss.best<3", "1 2"},
		{"loss.max", "metric.loss.max", "metric.loss.max<8.5", "4 5 7 8"},
	} {
		args := []string{"ls", "--metric", c.metric, "--sort", c.sort}
		if c.where != "" {
			args = append(args, "--where", c.where)
		}
		got := strings.Join(column(t, s.ok(args...), c.metric), " ")
		got = strings.TrimSuffix(strings.TrimSuffix(got, " NaN -Inf"), " -Inf NaN") // at the end, shown as they are
		if got != c.want {
			t.Errorf("%v shows %s, want %s", args, got, c.want)
		}
	}
	if got := column(t, s.ok("ls", "--config", "rate", "--sort", "config.rate"), "rate"); strings.Join(got, " ") != "1 2 3 4 5" {
		t.Errorf("the config's column is %v", got)
	}
	for _, name := range []string{"lr", "grad_norm"} {
		valley(t, name, [2]float64{1, 2}, [2]float64{3, 4})
		if out := s.ok("compare", "last", "last~1"); strings.Contains(out, "*") {
			t.Errorf("the best %s is shown:\n%s", name, out)
		}
		if out := s.ok("show", "last"); strings.Contains(out, "NaN") {
			t.Errorf("show says\n%s", out)
		}
	}
}

// TestCommandInfinite compares a run that went to −∞ with a healthy one: it wins nowhere, and its value is shown.
func TestCommandInfinite(t *testing.T) {
	s := newShell(t)
	ids := valley(t, "loss", [2]float64{math.Inf(-1), math.Inf(-1)}, [2]float64{2, 1})
	out := s.ok("compare", ids[0], ids[1])
	s.has(out, "-Inf", "1 *")
	if strings.Contains(out, "-Inf *") {
		t.Errorf("-Inf is the best:\n%s", out)
	}
}
