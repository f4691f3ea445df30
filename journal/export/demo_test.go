package export

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"flowbook/journal"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func open(t testing.TB) *journal.Journal {
	t.Helper()
	j, err := journal.Open(filepath.Join(t.TempDir(), "journal.db"))
	must(t, err)
	t.Cleanup(func() { j.Close() })
	return j
}

type demoConfig struct {
	Couplings int
	Momentum  float64
	Net       struct{ Planes, Blocks int }
	Logit     bool
	Seed      int
}

// shared is the demo, for reading only, that tests share: it takes a while to write.
var shared *journal.Journal

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "export")
	if err != nil {
		panic(err)
	}
	demoDir = dir
	code := m.Run()
	if shared != nil {
		shared.Close()
	}
	os.RemoveAll(dir)
	os.Exit(code)
}

var demoDir string

// demo is a small journal with all a page can show: three entries, runs with and without one, a parent, a failure, NaN, figures of
// several steps, hostile text.
func demo(t testing.TB) *journal.Journal {
	t.Helper()
	if shared != nil {
		return shared
	}
	ctx := context.Background()
	j, err := journal.Open(filepath.Join(demoDir, "journal.db"))
	must(t, err)
	shared = j
	config := demoConfig{Couplings: 8, Momentum: 0.005, Seed: 1}
	config.Net.Planes, config.Net.Blocks = 32, 2
	train := func(c demoConfig, floor float64, bad bool, opts ...journal.Option) *journal.Run {
		run, err := j.Begin(ctx, "mnist", c, append(opts, journal.WithSeed(int64(c.Seed)), journal.WithBackend("xla:cpu", "8 × Example CPU"), journal.WithData("mnist", fmt.Sprintf("%064x", 0xabc)))...)
		must(t, err)
		noise := rand.New(rand.NewPCG(1, uint64(c.Couplings)))
		for step := 1; step <= 600; step++ {
			loss := floor + 4*math.Exp(-float64(step)/90) + 0.05*noise.NormFloat64()
			if bad && step > 400 {
				loss = floor + math.Exp(float64(step-400)/25)
				if step > 560 {
					loss = math.NaN()
				}
			}
			must(t, run.Log(step, journal.Metrics{"train_bpd": loss, "grad_norm": 900*math.Exp(-float64(step)/60) + 0.3 + 0.1*noise.Float64()}))
			if step%60 == 0 {
				must(t, run.Log(step, journal.Metrics{"val_bpd": loss + 0.06}))
				fmt.Fprintf(run, "step %d  bits/dim %.3f\n", step, loss)
			}
			if step%200 == 0 {
				must(t, run.FigureAt(step, "samples", "image/png", blobs(280, step)))
			}
		}
		return run
	}
	first := train(config, 2.9, true, journal.WithTags("baseline"))
	must(t, first.Note("The loss turns at step 400: the log-determinant of the batch norm, $-\\tfrac12\\sum\\log(\\sigma^2+\\epsilon)$, has the wrong sign."))
	must(t, first.Finish(new(errors.New("training: loss is NaN at step 561, first in coupling 7 (scale); the checkpoint of step 400 is kept"))))
	fixed := config
	fixed.Momentum, fixed.Logit = 0.1, true
	second := train(fixed, 1.65, false, journal.WithParent(first.ID), journal.WithTags("fix", "quick"))
	must(t, second.Log(600, journal.Metrics{"test_bpd": 1.693}))
	must(t, second.Figure("mask", "image/png", blobs(28, 7)))
	must(t, second.ArtifactBytes("latent.npy", "application/octet-stream", []byte("npy")))
	must(t, second.CheckpointBytes(600, []byte("weights")))
	must(t, second.Finish(nil))
	loose, err := j.Begin(ctx, "moons <b>x</b>", map[string]any{"note": "<script>alert('config')</script>"})
	must(t, err)
	must(t, loose.Log(0, journal.Metrics{"nll": 1.09}))
	must(t, loose.Note("A hostile note: <script>alert(1)</script> <img src=x onerror=alert(2)>"))
	must(t, loose.Figure("drawing", "image/svg+xml", []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="200" height="120"><script>alert(3)</script><circle cx="100" cy="60" r="50" fill="#0a5c96"/></svg>`)))
	must(t, loose.Finish(nil))
	day := func(n int) time.Time { return time.Date(2026, 11, n, 9, 30, 0, 0, time.UTC) }
	for _, e := range []journal.Entry{
		{Title: "The flow begins as the identity", Date: day(20), Tags: []string{"theory"}, Body: demoTheory},
		{Title: "Bits per dimension explode", Date: day(22), Tags: []string{"bug"}, Runs: []string{first.ID}, Body: demoBug},
		{Title: "The sign of the log-determinant", Date: day(23), Tags: []string{"bug", "fixed"}, Runs: []string{second.ID},
			Body: fmt.Sprintf("Against [yesterday's run](run:%s) only the sign changed, and the running average moves faster. The curve stays down.\n\n![samples of the fixed model](figure:samples)\n\n- [x] sign\n- [ ] a longer run\n", first.ID)},
	} {
		_, err := j.Write(ctx, e)
		must(t, err)
	}
	return j
}

const demoTheory = `With scale and shift at zero every coupling is $y = x \odot \exp(s(x_{1:d})) + t(x_{1:d})$ with $s = t = 0$, so that

$$
\log p_X(x) = \log p_Z(f(x)) + \log\left|\det \frac{\partial f(x)}{\partial x^T}\right|
$$

starts as the density of the *prior* alone, and

$$\begin{aligned} \mathbb{E}[\log p] &= -\frac{D}{2}\log 2\pi - \frac12 \sum_{i=1}^{D} \mathbb{E}[x_i^2] \\ &< 0 \text{ if } D > 1 \end{aligned}$$

## What to watch

| quantity | unit | at the start |
|---|---|---|
| ` + "`train_bpd`" + ` | bits/dim | 8 and above |
| ` + "`grad_norm`" + ` | – | some hundreds |

> A uniform image scores exactly 8.
`

const demoBug = `The loss falls, **turns at step 400** and ends as NaN. A text with <script>alert("entry")</script> in it stays text.

1. The gradient is finite until then.
2. The inverse is right: $\max|x - f^{-1}(f(x))| = 3\cdot10^{-6}$.

See [the list](https://example.org/list) and ![a picture elsewhere](https://example.org/p.png).
`

// blobs is a picture of some soft spots.
func blobs(size, seed int) []byte {
	r := rand.New(rand.NewPCG(uint64(seed), 5))
	img := image.NewGray(image.Rect(0, 0, size, size))
	for range 12 {
		cx, cy, s := r.Float64()*float64(size), r.Float64()*float64(size), float64(size)*(0.04+0.05*r.Float64())
		for y := range size {
			for x := range size {
				d := math.Hypot(float64(x)-cx, float64(y)-cy) / s
				v := float64(img.GrayAt(x, y).Y) + 255*math.Exp(-d*d)
				img.SetGray(x, y, color.Gray{Y: uint8(min(255, v))})
			}
		}
	}
	var b bytes.Buffer
	_ = png.Encode(&b, img) // to memory
	return b.Bytes()
}
