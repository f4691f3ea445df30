package journal

import (
	"context"
	"errors"
	"math"
	"strings"
	"sync"
	"testing"
	"time"
)

type innerConfig struct{ width int }

// TestConfigRefused names the field that cannot be recorded.
func TestConfigRefused(t *testing.T) {
	j := openTemp(t)
	for _, c := range []struct {
		config any
		want   string
	}{
		{map[string]any{"clip": math.Inf(1)}, "clip is +Inf"},
		{map[string]any{"net": map[string]any{"scales": []any{1, math.NaN()}}}, "net.scales.1 is NaN"},
		{struct {
			Clip float64 `json:"clip"`
		}{math.Inf(-1)}, "clip is -Inf"},
		{&struct{ Net struct{ Act func() } }{}, "Net.Act is a func()"},
		{struct{ lr float64 }{1}, "write Lr"},
		{struct {
			LR    float64
			steps int
		}{1, 2}, "config's steps would not be recorded"},
		{struct{ Net innerConfig }{innerConfig{3}}, "Net.width would not"},
		{struct{ Inner []innerConfig }{[]innerConfig{{3}}}, "Inner.0.width would not"},
		{struct{ C chan int }{}, "C is a chan int"},
	} {
		_, err := j.Begin(context.Background(), "x", c.config)
		if !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %q", c.config, err, c.want)
		}
	}
	for _, good := range []any{
		nil, map[string]any{}, struct{}{}, struct {
			LR    float64
			cache int `json:"-"`
		}{}, struct {
			When time.Time
			mu   sync.Mutex
		}{}, &struct{ Next *innerConfigOK }{}, 3, "text", []float64{1},
	} {
		run, err := j.Begin(context.Background(), "x", good)
		if err != nil {
			t.Errorf("%T: %v", good, err)
			continue
		}
		must(t, run.Finish(nil))
	}
}

type innerConfigOK struct{ Width int }

// TestSeed has a seed reach the config, or refuses it.
func TestSeed(t *testing.T) {
	type config struct {
		Seed int64 `json:"seed"`
	}
	var used []int64
	Register("seeded", Typed("", config{Seed: 1}, func(_ context.Context, run *Run, c config) error {
		used = append(used, c.Seed)
		return run.Log(0, Metrics{"seed": float64(c.Seed)})
	}))
	Register("seedless", Typed("", struct{ Rate float64 }{}, func(context.Context, *Run, struct{ Rate float64 }) error { return nil }))
	ctx := context.Background()
	j := openTemp(t)
	r, err := Execute(ctx, j, "seeded", nil, WithSeed(7))
	must(t, err)
	if *r.Seed != 7 || len(used) != 1 || used[0] != 7 || string(r.Config) != `{"seed":7}` {
		t.Errorf("recorded %d, trained with %v, config %s", *r.Seed, used, r.Config)
	}
	if report, err := Replay(ctx, j, r.ID); err != nil || !report.Identical || used[1] != 7 {
		t.Errorf("replay: %v %v, trained with %v", report, err, used)
	}
	if _, err := Execute(ctx, j, "seeded", []string{"seed=7"}, WithSeed(7)); err != nil {
		t.Errorf("the same seed twice: %v", err)
	}
	for name, do := range map[string]func() error{
		"an experiment without a seed": func() error { _, err := Execute(ctx, j, "seedless", nil, WithSeed(7)); return err },
		"two seeds":                    func() error { _, err := Execute(ctx, j, "seeded", []string{"seed=2"}, WithSeed(7)); return err },
		"Begin beside the config's":    func() error { _, err := j.Begin(ctx, "x", config{1}, WithSeed(7)); return err },
	} {
		if err := do(); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), "7") {
			t.Errorf("%s: %v", name, err)
		}
	}
	run, err := j.Begin(ctx, "x", struct{ Rate float64 }{}, WithSeed(7))
	must(t, err)
	must(t, run.Finish(nil))
}
