package export

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"math"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"

	"flowbook/journal"
)

// thousand is a journal of 1,000 runs: four metrics of 400 points each, two pictures of 40 kB, a log, and every tenth in an entry.
func thousand(t testing.TB) *journal.Journal {
	t.Helper()
	ctx := context.Background()
	j := open(t)
	noise := rand.New(rand.NewPCG(3, 4))
	began := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var before string
	for n := range 1000 {
		at := began.Add(time.Duration(n) * time.Hour)
		ended := at.Add(20 * time.Minute)
		seed := int64(n)
		r := &journal.Record{ID: fmt.Sprintf("%010d", n), Experiment: "sweep", Status: journal.Finished, Started: at, Ended: &ended, Seed: &seed, Parent: before,
			Config: json.RawMessage(fmt.Sprintf(`{"couplings":%d,"net":{"planes":%d,"blocks":2},"rate":%g,"seed":%d}`, n%16, 8<<(n%4), 1e-3/float64(1+n%7), n)),
			Code:   journal.Code{Main: "flowbook"}, Tags: []string{"sweep", fmt.Sprintf("group-%d", n/100)},
			Notes: []journal.Note{{Time: at, Text: "A note with $x_1^2$ and *stress*."}}}
		for m := range 80 {
			r.Code.Modules = append(r.Code.Modules, journal.Module{Path: fmt.Sprintf("example.org/module/%d", m), Version: "v1.2.3"})
		}
		for _, name := range []string{"samples", "latent"} {
			data := grain(noise, 200)
			digest, err := j.PutArtifact(ctx, data)
			must(t, err)
			r.Figures = append(r.Figures, journal.Artifact{Kind: journal.KindFigure, Name: name, Step: -1, Digest: digest, Size: int64(len(data)), MIME: "image/png", Time: at})
		}
		var all []journal.Series
		for m, name := range []string{"train_bpd", "val_bpd", "grad_norm", "learning_rate"} {
			s := journal.Series{Metric: name}
			for step := range 400 {
				s.Steps = append(s.Steps, step)
				s.Values = append(s.Values, float64(m+1)+math.Exp(-float64(step)/50)+0.1*noise.NormFloat64())
				s.Times = append(s.Times, at.UnixMicro()+int64(step))
			}
			all = append(all, s)
		}
		output := []journal.OutputLine{{Time: at, Stream: 1, Text: []byte(strings.Repeat("step 1 of 400  bits/dim 3.14159\n", 100))}}
		must(t, j.Import(ctx, r, all, output))
		before = r.ID
		if n%10 == 0 {
			_, err := j.Write(ctx, journal.Entry{Title: fmt.Sprintf("Entry %d", n), Date: at, Body: strings.Repeat("A paragraph of the journal with $\\log p(x)$.\n\n", 5), Runs: []string{r.ID}})
			must(t, err)
		}
	}
	return j
}

// grain is a picture that hardly compresses.
func grain(noise *rand.Rand, size int) []byte {
	img := image.NewGray(image.Rect(0, 0, size, size))
	for i := range img.Pix {
		img.Pix[i] = uint8(noise.Uint32())
	}
	var b bytes.Buffer
	_ = png.Encode(&b, img) // to memory
	return b.Bytes()
}

// TestExportThousand holds the page of 1,000 runs under 20 MB, with every run, every curve and every figure, made smaller, on it.
func TestExportThousand(t *testing.T) {
	if testing.Short() {
		t.Skip("writing 1,000 runs takes a while")
	}
	page := render(t, thousand(t), Options{})
	sum := func(pattern string) (n int) {
		for _, at := range regexp.MustCompile(pattern).FindAllStringIndex(page, -1) {
			n += at[1] - at[0]
		}
		return n
	}
	t.Logf("%.1f MB: curves %.1f MB, figures %.1f MB, details %.1f MB", float64(len(page))/1e6, float64(sum(`(?s)<svg.*?</svg>`))/1e6,
		float64(sum(`src="data:[^"]*"`))/1e6, float64(sum(`(?s)<details.*?</details>`))/1e6)
	if len(page) > defaultMaxBytes {
		t.Errorf("the page has %d bytes, more than %d", len(page), defaultMaxBytes)
	}
	for what, want := range map[string]int{`<article class="run `: 1000, `<figure class="curve">`: 4000, `<figure class="picture"><img src="data:image`: 2000, `<article class="entry"`: 100} {
		if n := strings.Count(page, what); n != want {
			t.Errorf("%d of %s, want %d", n, what, want)
		}
	}
}

// BenchmarkExportThousand writes the page of 1,000 runs.
func BenchmarkExportThousand(b *testing.B) {
	j := thousand(b)
	for b.Loop() {
		n := new(counter)
		must(b, HTML(context.Background(), j, n, Options{}))
		b.ReportMetric(float64(*n)/1e6, "MB")
	}
}

type counter int64

func (c *counter) Write(p []byte) (int, error) { *c += counter(len(p)); return len(p), nil }
