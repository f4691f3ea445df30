package journal

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"flowbook/journal/record"
)

// descend is an experiment whose state is one number: it halves x each step, and saves it every second step.
func descend(ctx context.Context, run *Run, c descendConfig) error {
	x, start := c.Start, 0
	data, step, ok, err := run.RestoreBytes()
	if err != nil {
		return err
	}
	if ok {
		x, start = float64(data[0]), step+1
	}
	for i := start; i < c.Steps; i++ {
		x /= 2
		if i == c.FailAt {
			return errors.New("power is gone")
		}
		if err := run.Log(i, Metrics{"x": x + noise}); err != nil {
			return err
		}
		if i%2 == 0 {
			if err := run.CheckpointBytes(i, []byte{byte(x)}); err != nil {
				return err
			}
		}
	}
	return run.Figure("end", "text/plain", []byte(record.FormatValue(x+noise)))
}

// noise makes a replay differ.
var noise float64

type descendConfig struct {
	Start  float64 `json:"start"`
	Steps  int     `json:"steps"`
	FailAt int     `json:"fail_at"`
	Name   string  `json:"name"`
	Seed   int64   `json:"seed"`
}

func init() {
	Register("descend", Typed("halves a number", descendConfig{Start: 128, Steps: 6, FailAt: -1, Seed: 7}, descend))
	Register("explode", Typed("panics", struct{}{}, func(context.Context, *Run, struct{}) error { panic("boom") }))
}

// TestExecute runs a registered experiment with overrides.
func TestExecute(t *testing.T) { testExecute(t) }

func testExecute(t *testing.T) {
	ctx := context.Background()
	j := openTemp(t)
	r, err := Execute(ctx, j, "descend", []string{"steps=3", "name=true", "SEED=1152921504606846977"}, WithTags("t"))
	must(t, err)
	if r.Status != Finished || r.Metrics["x"].Count != 3 || *r.Seed != 1152921504606846977 || !strings.Contains(string(r.Config), `"name":"true"`) {
		t.Errorf("%s, %d points, seed %d, config %s", r.Status, r.Metrics["x"].Count, *r.Seed, r.Config)
	}
	for _, c := range []struct{ set, says string }{
		{"stepz=3", `no "stepz"; it has ["fail_at" "name" "seed" "start" "steps"]`},
		{"steps=many", "steps"},
		{"steps", "key=value"},
		{"steps.x=1", `"steps.x"`},
	} {
		if _, err := Execute(ctx, j, "descend", []string{c.set}); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want it to say %s", c.set, err, c.says)
		}
	}
	if _, err := Execute(ctx, j, "ascend", nil); !errors.Is(err, ErrNotFound) || !strings.Contains(err.Error(), `"descend"`) {
		t.Errorf("unknown experiment: %v", err)
	}
	r, err = Execute(ctx, j, "explode", nil)
	if err == nil || r == nil || r.Status != Failed || !strings.Contains(r.Error, "panic: boom") {
		t.Errorf("panic: %v, record %+v", err, r)
	}
}

// TestContinue resumes a failed run from its last checkpoint: what it logged after is superseded, not gone.
func TestContinue(t *testing.T) { testContinue(t) }

func testContinue(t *testing.T) {
	ctx := context.Background()
	j := openTemp(t)
	r, err := Execute(ctx, j, "descend", []string{"fail_at=4"})
	if err == nil || r.Status != Failed || r.Metrics["x"].Count != 4 {
		t.Fatalf("%v, %s, %d points", err, r.Status, r.Metrics["x"].Count)
	}
	_, err = Continue(ctx, j, r.ID)
	if err == nil { // it fails at the same step again
		t.Fatal("continued past the failure")
	}
	tamper(t, j, "UPDATE run SET config = replace(config, '\"fail_at\":4', '\"fail_at\":-1') WHERE id = ?", r.ID)
	r, err = Continue(ctx, j, r.ID)
	must(t, err)
	if r.Status != Finished || len(r.Attempts) != 3 || r.Attempts[2].FromStep != 2 {
		t.Fatalf("%s after %d attempts: %+v", r.Status, len(r.Attempts), r.Attempts)
	}
	x, err := j.Series(ctx, r.ID, "x")
	must(t, err)
	want := []float64{64, 32, 16, 8, 4, 2}
	if x.Len() != len(want) || r.Metrics["x"].Count != len(want) || r.Metrics["x"].Min != 2 {
		t.Fatalf("steps %v, summary %+v", x.Steps, r.Metrics["x"])
	}
	for i, v := range want {
		if x.Steps[i] != i || x.Values[i] != v {
			t.Errorf("point %d: step %d value %v, want %v", i, x.Steps[i], x.Values[i], v)
		}
	}
	all, err := j.Logged(ctx, r.ID)
	must(t, err)
	logged := 0
	for _, s := range all {
		logged += s.Len()
	}
	if logged != 8 {
		t.Errorf("%d points with the superseded ones, want 8", logged)
	}
	if len(r.Checkpoints) != 3 || len(r.Figures) != 1 {
		t.Errorf("%d checkpoints, %d figures", len(r.Checkpoints), len(r.Figures))
	}
	if _, err := j.Resume(ctx, r.ID); !errors.Is(err, ErrFinished) {
		t.Errorf("resume of a finished run: %v", err)
	}
}

// TestNear names all of a few experiments, and of many those that are like the one that is not there.
func TestNear(t *testing.T) {
	var many []string
	for i := range 20 {
		many = append(many, fmt.Sprint("toy-", i))
	}
	many = append(many, "mnist-cpu", "mnist-quick")
	for _, c := range []struct {
		name  string
		names []string
		want  string
	}{
		{"x", []string{"a", "b"}, `["a" "b"]`},
		{"mnist", many, `22, such as ["mnist-cpu" "mnist-quick"]`},
		{"mnist-full", many, `22, such as ["mnist-cpu" "mnist-quick"]`},
		{"celeba", many, `22 others, such as ["toy-0"`},
		{"", many, `22 others, such as ["toy-0"`},
	} {
		if got := near(c.name, c.names); !strings.HasPrefix(got, c.want) {
			t.Errorf("%q: %s, want %s", c.name, got, c.want)
		}
	}
}
