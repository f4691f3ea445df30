package command

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"flowbook/journal/group"
	"flowbook/journal/record"
)

// TestCommandGroup averages over seeds in ls and compare, and compares what a filter chooses.
func TestCommandGroup(t *testing.T) {
	s := newShell(t)
	for _, args := range [][]string{{"rate=0.1", "seed=1"}, {"rate=0.1", "seed=2"}, {"rate=0.5", "seed=1"}, {"rate=0.5", "seed=2", "steps=4"}} {
		s.ok(append([]string{"run", "toy"}, args...)...)
	}
	for _, command := range []string{"ls", "compare"} {
		code, out, errOut := s.call(command, "--group", "config.rate", "--over", "seed")
		if code != Done || !strings.Contains(errOut, "different steps") {
			t.Errorf("%s: exit code %d, %s", command, code, errOut)
		}
		if rows := strings.Split(strings.TrimSpace(out), "\n"); len(rows) != 3 || strings.Join(strings.Fields(rows[0]), " ") != "rate RUNS loss" || !strings.Contains(rows[2], "±") || !strings.HasSuffix(rows[2], "*") {
			t.Errorf("%s shows\n%s", command, out)
		}
	}
	for _, command := range []string{"ls", "compare"} {
		page := filepath.Join(s.dir, command+".html")
		s.ok(command, "--group", "config.rate", "--over", "seed", "--html", page)
		html, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"<h1>Groups of runs</h1>", "2 groups of 4 runs", "runs of different steps", "<td>0.5</td>", "± ", "<circle"} {
			if !strings.Contains(string(html), want) {
				t.Errorf("the page of %s lacks %q", command, want)
			}
		}
	}
	g := decoded[group.Grouping](s, "ls", "--over", "seed", "--where", "config.steps=6")
	if len(g.Groups) != 2 || g.Groups[0].Stats[0].N != 2 || g.Groups[0].Values[0] != "0.1" || g.Groups[1].Stats[0].N != 1 {
		t.Errorf("the groups are %+v", g)
	}
	c := decoded[record.Comparison](s, "compare", "--where", "config.rate=0.5")
	if len(c.Runs) != 2 || !c.Runs[0].Started.Before(c.Runs[1].Started) {
		t.Errorf("%d runs are compared", len(c.Runs))
	}
	for _, args := range [][]string{{"compare"}, {"compare", "last"}, {"compare", "last", "last~1", "--where", "seed=1"}, {"ls", "--group", "rate"}, {"ls", "--html", "x.html"}} {
		if code, _, _ := s.call(args...); code != Usage {
			t.Errorf("%q: exit code %d", args, code)
		}
	}
}
