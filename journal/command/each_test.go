package command

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"flowbook/journal"
)

// TestCommandJSON calls every command there is with --json, and wants JSON alone on standard output.
func TestCommandJSON(t *testing.T) {
	s := newShell(t)
	run := decoded[journal.Record](s, "run", "toy")
	other := decoded[journal.Record](s, "run", "toy", "rate=0.1")
	_, out, _ := s.call("run", "toy", "fail=cancel", "--json")
	var stopped journal.Record
	if err := json.Unmarshal([]byte(out), &stopped); err != nil {
		t.Fatal(err)
	}
	lines := filepath.Join(s.dir, "runs.jsonl")
	s.ok("export", "--format", "jsonl", "--out", lines)
	calls := map[string][]string{
		"ls":          {},
		"show":        {run.ID, "--series", "loss", "--output"},
		"compare":     {run.ID, other.ID},
		"entries":     {},
		"export":      {"--out", filepath.Join(s.dir, "page.html")},
		"serve":       {},
		"run":         {"toy"},
		"sweep":       {"toy", "rate=0.1,0.2"},
		"work":        {},
		"experiments": {"toy"},
		"resume":      {stopped.ID},
		"replay":      {run.ID},
		"note":        {run.ID, "-m", "a note"},
		"tag":         {run.ID, "tag"},
		"rename":      {run.ID, "a name"},
		"entry":       {"-m", "an entry"},
		"verify":      {},
		"rm":          {other.ID},
		"restore":     {other.ID},
		"gc":          {"--dry-run"},
		"import":      {lines},
		"copy":        {filepath.Join(s.dir, "copy.db")},
	}
	order := []string{"rm", "restore"} // one after the other, then the rest
	a := &app{}
	for _, c := range a.root().Commands() {
		if _, ok := calls[c.Name()]; !ok && c.Name() != "help" && c.Name() != "completion" {
			t.Errorf("no call of journal %s is tested", c.Name())
		}
		if !slices.Contains(order, c.Name()) {
			order = append(order, c.Name())
		}
		if c.Short == "" || c.GroupID == "" && c.Name() != "help" {
			t.Errorf("journal %s has no description or stands in no group", c.Name())
		}
	}
	for _, name := range order {
		args, ok := calls[name]
		if !ok {
			continue
		}
		ctx, cancel := context.WithCancel(context.Background())
		var out answerWriter
		if name == "serve" { // until somebody ends it
			out.first = cancel
		}
		var errOut bytes.Buffer
		code := Program{}.Run(ctx, append([]string{name, "--json"}, args...), strings.NewReader(""), &out, &errOut)
		cancel()
		if code != 0 || !json.Valid(out.Bytes()) || errOut.Len() > 0 {
			t.Errorf("journal %s --json: exit code %d, %q, and on standard error %q", name, code, out.String(), errOut.String())
		}
	}
}

// An answerWriter calls first after the first write.
type answerWriter struct {
	bytes.Buffer
	first func()
}

func (w *answerWriter) Write(b []byte) (int, error) {
	if w.first != nil {
		time.AfterFunc(10*time.Millisecond, w.first)
		w.first = nil
	}
	return w.Buffer.Write(b)
}

// TestCommandHelp holds that help names the exit codes, and knows no command that is not there.
func TestCommandHelp(t *testing.T) {
	s := newShell(t)
	for _, args := range [][]string{{"help"}, {"--help"}, {}} {
		s.has(s.ok(args...), "Exit codes: 0 done, 1 failed, 2 used wrongly, 3 something differs", "130 interrupted", "last~1", "--json")
	}
	s.has(s.ok("help", "replay"), "bit for bit", "Exit code 3", "--at-commit")
	s.has(s.ok("gc", "--help"), "--dry-run", "delete nothing")
	if code, _, errOut := s.call("help", "nonsense"); code != Usage || !strings.Contains(errOut, `"nonsense"`) {
		t.Errorf("help for a command that is not there: %d %q", code, errOut)
	}
}

// TestCommandCompletion completes runs, entries, experiments, settings, metrics, config values, fields and tags.
func TestCommandCompletion(t *testing.T) {
	s := newShell(t)
	run := decoded[journal.Record](s, "run", "toy", "--tag", "wide")
	entry := decoded[journal.Entry](s, "entry", "--title", "First", "-m", "text")
	s.ok("sweep", "toy", "rate=0.5,1")
	for _, c := range []struct{ args, want string }{
		{"show " + run.ID[:2], run.ID + "\ttoy finished"},
		{"show " + entry.ID[:2], entry.ID + "\t"},
		{"rm " + run.ID[:2], run.ID},
		{"entry " + entry.ID[:2], "First"},
		{"compare x " + run.ID[:2], run.ID},
		{"run t", "toy\tdecays"},
		{"run toy ra", "rate=0.5"},
		{"run toy --parent " + run.ID[:2], run.ID},
		{"ls --experiment ", "toy"},
		{"ls --status f", "finished\nfailed"},
		{"ls --metric lo", "loss\tlast "},
		{"ls --config ra", "rate\t0.5 in " + run.ID},
		{"ls --sort metric.", "metric.loss"},
		{"ls --sort=-config.r", "-config.rate"},
		{"ls --tag w", "wide"},
		{"tag " + run.ID + " w", "wide"},
		{"show " + run.ID + " --series l", "loss"},
		{"export --format m", "mlflow"},
		{"sweep t", "toy\tdecays"},
		{"sweep toy ra", "rate=0.5"},
		{"sweep show ", "\ttoy rate=0.5,1"},
		{"sweep cancel ", "\ttoy rate=0.5,1"},
		{"work --sweep ", "\ttoy rate=0.5,1"},
	} {
		args := strings.Split(c.args, " ")
		if out := s.ok(append([]string{"__complete"}, args...)...); !strings.Contains(out, c.want) {
			t.Errorf("journal %s completes to %q, want %q in it", c.args, out, c.want)
		}
	}
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		s.has(s.ok("completion", shell), "journal")
	}
	s.has(s.ok("experiments", "toy"), "decays", "steps=6")
}

// TestCommandLast names runs by how new they are.
func TestCommandLast(t *testing.T) {
	s := newShell(t)
	one := decoded[journal.Record](s, "run", "toy")
	two := decoded[journal.Record](s, "run", "toy")
	entry := decoded[journal.Entry](s, "entry", "-m", "text", "--run", "last")
	if got := decoded[journal.Record](s, "show", "last~1"); got.ID != one.ID || !slices.Equal(entry.Runs, []string{two.ID}) {
		t.Errorf("last~1 is %s, want %s; the entry is about %v, want %s", got.ID, one.ID, entry.Runs, two.ID)
	}
	s.ok("rm", "last")
	s.ok("rm", "last")
	if code, _, errOut := s.call("rm", "last"); code != Failed || !strings.Contains(errOut, `run "last": not found`) {
		t.Errorf("rm of the last run where there is none: %d %q", code, errOut)
	}
	s.has(s.ok("entries"), entry.ID) // it is not taken for the last run
}

// TestCommandLastTwice names several runs by how new they are: all are found before the first is moved.
func TestCommandLastTwice(t *testing.T) {
	s := newShell(t)
	var runs []string
	for range 4 {
		runs = append(runs, decoded[journal.Record](s, "run", "toy").ID)
	}
	s.has(s.ok("rm", "last", "last~1", "last"), runs[3], runs[2])
	if code, _, _ := s.call("rm", "last", "nonesuch"); code == Done {
		t.Error("rm of a run that is not there")
	}
	if left := decoded[[]journal.Record](s, "ls"); len(left) != 2 || left[0].ID != runs[1] || left[1].ID != runs[0] {
		t.Errorf("left are %d runs", len(left))
	}
	s.ok("restore", runs[2], runs[3])
}

// TestCommandBadInput gives the command what nobody should: each gets one line and its exit code, and loses nothing.
func TestCommandBadInput(t *testing.T) {
	s := newShell(t)
	run := decoded[journal.Record](s, "run", "toy")
	big := strings.Repeat("ten megabytes ", 10<<20/14)
	s.in = big
	s.ok("note", run.ID, "-F", "-")
	if got := decoded[journal.Record](s, "show", run.ID); len(got.Notes) != 1 || got.Notes[0].Text != big {
		t.Error("a note of 10 MB does not come back")
	}
	files := map[string]string{"latin1.md": "caf\xe9", "broken.jsonl": "{\"type\":\"run\"}\n{", "folder": ""}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"note", run.ID, "-F", filepath.Join(s.dir, "latin1.md")}, Usage, "offset 3"},
		{[]string{"note", run.ID, "-m", ""}, Usage, "empty"},
		{[]string{"entry", "-m", "\xff"}, Usage, "not UTF-8"},
		{[]string{"tag", run.ID, "\xff"}, Usage, "not UTF-8"},
		{[]string{"tag", run.ID, "none", "--remove"}, Failed, `"none"`},
		{[]string{"import", filepath.Join(s.dir, "broken.jsonl")}, Usage, "broken.jsonl: line 1"},
		{[]string{"export", "--out", filepath.Join(s.dir, "folder", "page.html")}, Failed, "folder"},
		{[]string{"show", run.ID, "--save", filepath.Join(s.dir, "folder")}, Failed, "folder"},
		{[]string{"show", "last~9"}, Failed, "last~9"},
		{[]string{"show", "last9"}, Usage, "last~1"},
		{[]string{"copy", filepath.Join(s.dir, "journal.db")}, Usage, "exists"},
		{[]string{"run", "toi"}, Usage, "journal experiments"},
		{[]string{"ls", "--journal", "postgres://nobody@127.0.0.1:1/x"}, Usage, "PostgreSQL is not linked"},
		{[]string{"ls", "--journal", s.dir}, Failed, "folder"},
		{[]string{"serve", "--port", "99999"}, Failed, "99999"},
		{[]string{"compare", run.ID, run.ID, "--html", filepath.Join(s.dir, "folder", "x.html")}, Failed, "folder"},
	} {
		code, out, errOut := s.call(c.args...)
		if code != c.code || !strings.Contains(errOut, c.want) || strings.Count(errOut, "\n") != 1 || out != "" {
			t.Errorf("journal %q: exit code %d, want %d; said %q, want %q in it; answered %q", c.args, code, c.code, errOut, c.want, out)
		}
	}
	if got := decoded[journal.Record](s, "show", run.ID); len(got.Notes) != 1 || len(got.Tags) != 0 {
		t.Errorf("after all that the run has %d notes and tags %q", len(got.Notes), got.Tags)
	}
	s.has(s.ok("verify"), "all whole")
}

// TestCommandNotFinite shows NaN and infinities as such.
func TestCommandNotFinite(t *testing.T) {
	s := newShell(t)
	lines := filepath.Join(s.dir, "runs.jsonl")
	text := `{"type":"run","record":{"id":"nan0000000","experiment":"odd","status":"finished","started":"2026-11-24T12:00:00Z"}}
{"type":"points","run":"nan0000000","metric":"loss","steps":[0,1,2,3],"values":[1,"NaN","+Inf","NaN"],"times":[1,2,3,4]}
`
	if err := os.WriteFile(lines, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	s.ok("import", lines)
	s.has(s.ok("show", "nan0", "--series", "loss"), "NaN", "+Inf", "4 (3 not finite)")
	s.has(s.ok("export", "--format", "csv"), "loss,1,1970-01-01T00:00:00.000002Z,NaN")
	if got := decoded[struct{ Series []struct{ Values []any } }](s, "show", "nan0", "--series", "loss"); fmt.Sprint(got.Series[0].Values) != "[1 NaN +Inf NaN]" {
		t.Errorf("the values are %v", got.Series[0].Values)
	}
	page := filepath.Join(s.dir, "page.html")
	s.ok("export", "--out", page)
	if b, err := os.ReadFile(page); err != nil || !bytes.Contains(b, []byte("3 not finite")) || !bytes.Contains(b, []byte("NaN")) {
		t.Errorf("the page does not show NaN: %v", err)
	}
}
