package journal

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// WithCheckpoints keeps the newest, those of a run that was resumed among them; without it all are kept.
func TestWithCheckpoints(t *testing.T) {
	ctx := context.Background()
	j := openTemp(t)
	steps := func(id string) (steps []int) {
		t.Helper()
		rec, err := j.Get(ctx, id)
		must(t, err)
		for _, c := range rec.Checkpoints {
			steps = append(steps, c.Step)
		}
		return steps
	}
	for _, c := range []struct {
		opts []Option
		want []int
	}{
		{nil, []int{10, 20, 30, 40, 50}},
		{[]Option{WithCheckpoints(2)}, []int{40, 50}},
		{[]Option{WithCheckpoints(9)}, []int{10, 20, 30, 40, 50}},
	} {
		run, err := j.Begin(ctx, "checkpoints", nil, c.opts...)
		must(t, err)
		for step := 10; step <= 50; step += 10 {
			must(t, run.CheckpointBytes(step, []byte{byte(step)}))
		}
		stopped := context.Canceled
		run.Finish(&stopped)
		if got := steps(run.ID); !slices.Equal(got, c.want) {
			t.Fatalf("checkpoints of steps %v, want %v", got, c.want)
		}
		again, err := j.Resume(ctx, run.ID, c.opts...)
		must(t, err)
		path := filepath.Join(t.TempDir(), "state")
		step, ok, err := again.Restore(path)
		must(t, err)
		state, err := os.ReadFile(path)
		must(t, err)
		if step != 50 || !ok || !slices.Equal(state, []byte{50}) {
			t.Errorf("goes on from step %d, %v, with %v", step, ok, state)
		}
		must(t, again.CheckpointBytes(60, []byte{60}))
		var none error
		again.Finish(&none)
		want := append(slices.Clone(c.want), 60)
		if len(c.want) == 2 {
			want = []int{50, 60}
		}
		if got := steps(run.ID); !slices.Equal(got, want) {
			t.Errorf("once resumed checkpoints of steps %v, want %v", got, want)
		}
	}
}
