package command

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"flowbook/journal"
)

type toyConfig struct {
	Steps int     `json:"steps"`
	Rate  float64 `json:"rate"`
	Seed  int     `json:"seed"`
	Fail  string  `json:"fail"`
}

// flips changes at every run of the experiment "drifts".
var flips float64

func init() {
	toy := func(ctx context.Context, run *journal.Run, c toyConfig) error {
		first := 0
		if _, step, ok, err := run.RestoreBytes(); err != nil {
			return err
		} else if ok {
			first = step + 1
		}
		fmt.Println("this goes to the run's output")
		for step := first; step < c.Steps; step++ {
			if c.Fail == "cancel" && step == 3 && first == 0 {
				return context.Canceled
			}
			if c.Fail == "panic" && step == 3 {
				panic("at step 3")
			}
			if c.Fail == "error" && step == 3 {
				return errors.New("loss is NaN at step 3")
			}
			if err := run.Log(step, journal.Metrics{"loss": math.Exp(-c.Rate * float64(step))}); err != nil {
				return err
			}
			if err := run.CheckpointBytes(step, fmt.Append(nil, step)); err != nil {
				return err
			}
		}
		return run.Figure("curve", "image/svg+xml", []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`))
	}
	journal.Register("toy", journal.Typed("decays", toyConfig{Steps: 6, Rate: 0.5, Seed: 1}, toy))
	journal.Register("drifts", journal.Typed("is never the same", toyConfig{Steps: 6, Seed: 1}, func(ctx context.Context, run *journal.Run, c toyConfig) error {
		flips++
		return errors.Join(run.Log(0, journal.Metrics{"loss": 1}), run.Log(1, journal.Metrics{"loss": flips}))
	}))
}

// A shell calls the command on one journal.
type shell struct {
	t   *testing.T
	dir string
	in  string
}

func newShell(t *testing.T) *shell {
	dir := t.TempDir()
	t.Setenv("FLOWBOOK_JOURNAL", filepath.Join(dir, "journal.db"))
	t.Setenv("FLOWBOOK_HOME", filepath.Join(dir, "home"))
	return &shell{t: t, dir: dir}
}

func (s *shell) call(args ...string) (code int, out, errOut string) {
	var o, e bytes.Buffer
	code = Program{}.Run(context.Background(), args, strings.NewReader(s.in), &o, &e)
	return code, o.String(), e.String()
}

// ok calls and wants exit code 0.
func (s *shell) ok(args ...string) string {
	s.t.Helper()
	code, out, errOut := s.call(args...)
	if code != 0 {
		s.t.Fatalf("journal %q: exit code %d, %s", args, code, errOut)
	}
	return out
}

// decoded calls with --json and decodes the answer.
func decoded[T any](s *shell, args ...string) T {
	s.t.Helper()
	var v T
	out := s.ok(append(args, "--json")...)
	if err := json.Unmarshal([]byte(out), &v); err != nil {
		s.t.Fatalf("journal %q: %v in %s", args, err, out)
	}
	return v
}

func (s *shell) has(text string, wants ...string) {
	s.t.Helper()
	for _, want := range wants {
		if !strings.Contains(text, want) {
			s.t.Errorf("%q is not in\n%s", want, text)
		}
	}
}

// TestCommandStory runs, lists, shows, notes, tags, compares, replays, exports and removes.
func TestCommandStory(t *testing.T) {
	s := newShell(t)
	one := decoded[journal.Record](s, "run", "toy", "rate=0.25", "--tag", "slow")
	two := decoded[journal.Record](s, "run", "toy", "--parent", one.ID[:6], "--seed", "7")
	if one.Status != journal.Finished || two.Parent != one.ID || two.Seed == nil || *two.Seed != 7 {
		t.Fatalf("runs %+v and %+v", one, two)
	}
	s.has(s.ok("ls"), one.ID, two.ID, "loss", "slow", "finished")
	if got := s.ok("ls", "--where", "config.rate<0.3", "--config", "rate"); strings.Contains(got, two.ID) || !strings.Contains(got, "0.25") {
		t.Errorf("the filter gives\n%s", got)
	}
	if all := decoded[[]journal.Record](s, "ls", "--sort", "metric.loss", "-n", "1"); len(all) != 1 || all[0].ID != two.ID {
		t.Errorf("the best is %+v", all)
	}
	if none := decoded[[]journal.Record](s, "ls", "--since", "2999-01-01"); none == nil || len(none) != 0 {
		t.Errorf("none is %v", none)
	}
	s.has(s.ok("note", two.ID, "-m", "goes *down* \x1b[31m"), two.ID)
	s.has(s.ok("tag", two.ID, "good", "best"), "best, good")
	s.has(s.ok("tag", two.ID, "best", "--remove"), ": good\n")
	s.in = "Piped text with $x$."
	entry := decoded[journal.Entry](s, "entry", "--title", "First", "--run", one.ID[:5], "--tag", "t")
	if entry.Body != s.in || len(entry.Runs) != 1 {
		t.Errorf("entry %+v", entry)
	}
	changed := decoded[journal.Entry](s, "entry", entry.ID, "--title", "Second", "--date", "2026-11-01")
	if changed.ID != entry.ID || changed.Body != entry.Body || changed.Title != "Second" || changed.Date.Local().Day() != 1 {
		t.Errorf("changed entry %+v", changed)
	}
	s.has(s.ok("entries"), "Second", entry.ID)
	s.has(s.ok("show", entry.ID), "Piped text", "Second")
	shown := s.ok("show", two.ID, "--series", "loss", "--output")
	s.has(shown, "toy", "rate", "loss", "▁", "goes *down*", "this goes to", "curve", one.ID)
	if strings.Contains(shown, "\x1b") {
		t.Error("show passes an escape sequence on to the terminal")
	}
	saved := filepath.Join(s.dir, "saved")
	s.ok("show", two.ID, "--save", saved)
	if _, err := os.Stat(filepath.Join(saved, "curve.svg")); err != nil {
		t.Error(err)
	}
	page := filepath.Join(s.dir, "compare.html")
	s.has(s.ok("compare", one.ID, two.ID, "--html", page), "rate", "0.25", "*", "█")
	if b, err := os.ReadFile(page); err != nil || !bytes.Contains(b, []byte("<h1>Comparison")) {
		t.Errorf("the page of the comparison: %v", err)
	}
	s.has(s.ok("replay", two.ID), "identical")
	s.has(s.ok("verify"), "all whole")
	s.has(s.ok("rm", one.ID, entry.ID), "moved to the trash "+one.ID)
	s.has(s.ok("ls", "--trash"), one.ID)
	s.ok("restore", one.ID)
	s.ok("rm", one.ID)
	s.has(s.ok("gc", "--older", "0s"), "deleted 1 run, 1 entry")
	s.ok("copy", filepath.Join(s.dir, "copy.db"))
	s.has(s.ok("ls", "--journal", filepath.Join(s.dir, "copy.db")), two.ID)
}

// TestCommandExport writes each format, and reads JSON lines back.
func TestCommandExport(t *testing.T) {
	s := newShell(t)
	run := decoded[journal.Record](s, "run", "toy")
	s.has(s.ok("export"), "journal.html")
	b, err := os.ReadFile(filepath.Join(s.dir, "home", "html", "journal.html"))
	if err != nil || !bytes.Contains(b, []byte("run-"+run.ID)) {
		t.Errorf("the page: %v", err)
	}
	s.has(s.ok("export", "--format", "csv"), "run,experiment,metric", run.ID+",toy,loss,0,")
	out := filepath.Join(s.dir, "out")
	s.has(s.ok("export", "--format", "jsonl", "--out", out+".jsonl"), "1 run")
	s.ok("export", "--format", "tensorboard", "--out", out+"-tb")
	s.ok("export", "--format", "mlflow", "--out", out+"-ml")
	for _, dir := range []string{"-tb", "-ml"} {
		if found, _ := os.ReadDir(out + dir); len(found) == 0 {
			t.Errorf("%s is empty", dir)
		}
	}
	other := filepath.Join(s.dir, "other.db")
	s.has(s.ok("import", out+".jsonl", "--journal", other), "brought in 1 run and")
	s.has(s.ok("import", out+".jsonl", "--journal", other), "1 were here already")
	s.has(s.ok("ls", "--journal", other), run.ID)
}

// TestCommandInterrupted resumes a run that stopped half-way.
func TestCommandInterrupted(t *testing.T) {
	s := newShell(t)
	code, out, errOut := s.call("run", "toy", "fail=cancel", "--json")
	var run journal.Record
	if err := json.Unmarshal([]byte(out), &run); err != nil {
		t.Fatal(err, out)
	}
	if code != Interrupted || run.Status != journal.Interrupted || !strings.Contains(errOut, "journal resume "+run.ID) {
		t.Errorf("exit code %d, %s, %s", code, run.Status, errOut)
	}
	again := decoded[journal.Record](s, "resume", run.ID[:6])
	if again.ID != run.ID || again.Status != journal.Finished || again.Metrics["loss"].Count != 6 {
		t.Errorf("resumed %+v", again)
	}
}

// TestCommandReplay gives exit code 3 when a replay differs.
func TestCommandReplay(t *testing.T) {
	s := newShell(t)
	run := decoded[journal.Record](s, "run", "drifts")
	code, out, _ := s.call("replay", run.ID)
	if code != Differs || !strings.Contains(out, "step 1") {
		t.Errorf("exit code %d: %s", code, out)
	}
}

// TestCommandErrors holds every mistake to its exit code and one line that names it.
func TestCommandErrors(t *testing.T) {
	s := newShell(t)
	if code, _, errOut := s.call("ls"); code != Failed || !strings.Contains(errOut, "no journal at") {
		t.Errorf("without a journal: %d %s", code, errOut)
	}
	if _, err := os.Stat(filepath.Join(s.dir, "journal.db")); err == nil {
		t.Error("ls made a journal")
	}
	run := decoded[journal.Record](s, "run", "toy")
	broken := filepath.Join(s.dir, "broken.db")
	if err := os.WriteFile(broken, []byte("this is no journal, it is a text of some length"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args string
		code int
		want string
	}{
		{"nonsense", Usage, `unknown command "nonsense"`},
		{"ls --nonsense", Usage, "--nonsense"},
		{"ls extra", Usage, "no arguments"},
		{"ls --status odd", Usage, "running, finished"},
		{"ls --since someday", Usage, "2026-11-24"},
		{"ls --where config.rate>", Usage, "column 13"},
		{"show", Usage, "wants one run"},
		{"show zzzzzz", Failed, "zzzzzz"},
		{"show " + run.ID[:1] + "0000000", Failed, "not found"},
		{"run", Usage, "wants an experiment"},
		{"run nothing", Usage, "toy"},
		{"run toy rate", Usage, "key=value"},
		{"run toy colour=red", Usage, "steps"},
		{"run toy steps=many", Usage, "steps"},
		{"run toy fail=error", Failed, "loss is NaN at step 3"},
		{"resume " + run.ID, Failed, "finished"},
		{"compare " + run.ID, Usage, "two runs"},
		{"note " + run.ID + " -m x -F y", Usage, "message"},
		{"tag " + run.ID, Usage, "a run and tags"},
		{"gc --older soon", Usage, "36h"},
		{"export --format paper --out x", Usage, "html, csv"},
		{"export --format mlflow", Usage, "--out"},
		{"import " + filepath.Join(s.dir, "nowhere"), Failed, "nowhere"},
		{"ls --journal " + broken, Failed, "broken.db"},
		{"show " + run.ID + " --series nothing", Failed, "loss"},
	} {
		code, _, errOut := s.call(strings.Fields(c.args)...)
		if code != c.code || !strings.Contains(errOut, c.want) || !strings.HasPrefix(errOut, "journal: ") {
			t.Errorf("journal %s: exit code %d, want %d; said %q, want %q in it", c.args, code, c.code, errOut, c.want)
		}
		if n := strings.Count(errOut, "\n"); n != 1 && !strings.Contains(c.args, "--where") {
			t.Errorf("journal %s: %d lines: %q", c.args, n, errOut)
		}
		code, _, errOut = s.call(append(strings.Fields(c.args), "--json")...)
		var answer struct {
			Error  string
			Code   int
			Column int
		}
		if err := json.Unmarshal([]byte(errOut), &answer); err != nil || answer.Code != c.code || code != c.code || answer.Error == "" {
			t.Errorf("journal %s --json: %d %q %v", c.args, code, errOut, err)
		}
		if strings.Contains(c.args, "--where") && answer.Column != 13 {
			t.Errorf("column %d, want 13", answer.Column)
		}
	}
	_, _, errOut := s.call("ls", "--where", "config.rate>")
	if lines := strings.Split(errOut, "\n"); len(lines) < 3 || strings.Index(lines[2], "^") != 2+12 {
		t.Errorf("the mark is not under column 13:\n%s", errOut)
	}
}

// TestCommandVerify gives exit code 3 for damage.
func TestCommandVerify(t *testing.T) {
	s := newShell(t)
	s.ok("run", "toy")
	var first string
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	must(filepath.WalkDir(s.dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && len(d.Name()) == 64 && first == "" {
			first = path
		}
		return err
	}))
	if first == "" {
		t.Skip("artifacts are not files named by their digest")
	}
	must(os.Chmod(first, 0o644))
	must(os.WriteFile(first, []byte("damaged"), 0o644))
	if code, out, _ := s.call("verify"); code != Differs || !strings.Contains(out, "1 problems") {
		t.Errorf("exit code %d: %s", code, out)
	}
}
