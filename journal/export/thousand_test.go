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
	"flowbook/journal/provenance"
	"flowbook/journal/record"
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
			Code:   provenance.Code{Main: "flowbook"}, Tags: []string{"sweep", fmt.Sprintf("group-%d", n/100)},
			Notes: []record.Note{{Time: at, Text: "A note with $x_1^2$ and *stress*."}}}
		for m := range 80 {
			r.Code.Modules = append(r.Code.Modules, provenance.Module{Path: fmt.Sprintf("example.org/module/%d", m), Version: "v1.2.3"})
		}
		for _, name := range []string{"samples", "latent"} {
			data := grain(noise, 200)
			digest, err := j.PutArtifact(ctx, data)
			must(t, err)
			r.Figures = append(r.Figures, journal.Artifact{Kind: record.KindFigure, Name: name, Step: record.NoStep, Digest: digest, Size: int64(len(data)), MIME: "image/png", Time: at})
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
		output := []record.OutputLine{{Time: at, Stream: 1, Text: []byte(strings.Repeat("step 1 of 400  bits/dim 3.14159\n", 100))}}
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

// TestExportBound holds the page under what it may have, however little that is, with the newest runs and entries on it and a word on the
// others; less than a page takes is an error.
func TestExportBound(t *testing.T) {
	j := demo(t)
	least := 0
	for _, limit := range []int64{60_000, 70_000, 80_000, 120_000, 250_000, 1_000_000} {
		var b bytes.Buffer
		err := HTML(context.Background(), j, &b, Options{MaxBytes: limit, Location: time.UTC, Now: fixedNow})
		page := b.String()
		switch {
		case err != nil && limit < 70_000 && strings.Contains(err.Error(), "too few"):
			continue
		case err != nil:
			t.Fatalf("%d bytes: %v", limit, err)
		case int64(len(page)) > limit:
			t.Errorf("the page has %d bytes, more than %d", len(page), limit)
		case limit < 1_000_000 && strings.Count(page, `<article class="run `) < 3 && !strings.Contains(page, "in the table only"):
			t.Errorf("with %d bytes there is no word on the runs that are left out", limit)
		case len(page) < least:
			t.Errorf("with %d bytes there is less than with fewer", limit)
		}
		least = len(page) * 3 / 4
		for _, to := range regexp.MustCompile(`href="#([^"]+)"`).FindAllStringSubmatch(page, -1) {
			if !strings.Contains(page, `id="`+to[1]+`"`) {
				t.Errorf("with %d bytes, #%s leads nowhere", limit, to[1])
			}
		}
	}
}

// TestExportMany writes the page of more runs than there is room for: all stand in the table, as many as fit are shown whole.
func TestExportMany(t *testing.T) {
	if testing.Short() {
		t.Skip("writing the runs takes a while")
	}
	ctx := context.Background()
	j := open(t)
	began := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	const n = 600
	for i := range n {
		at := began.Add(time.Duration(i) * time.Minute)
		r := &journal.Record{ID: fmt.Sprintf("%010d", i), Experiment: "sweep", Status: journal.Finished, Started: at, Ended: &at,
			Config: json.RawMessage(fmt.Sprintf(`{"rate":%d,"same":1,"seed":%d}`, i%3, i))}
		must(t, j.Import(ctx, r, []journal.Series{{Metric: "loss", Steps: []int{0, 1}, Values: []float64{2, float64(i)}, Times: []int64{1, 2}}}, nil))
	}
	const limit = 1_000_000
	page := render(t, j, Options{MaxBytes: limit})
	cards := strings.Count(page, `<article class="run `)
	if len(page) > limit || len(page) < limit/3 || strings.Count(page, `<tr id="r`) != n || cards < 20 || !strings.Contains(page, fmt.Sprintf("%d more runs stand", n-cards)) {
		t.Errorf("the page has %d bytes, %d lines and %d runs", len(page), strings.Count(page, `<tr id="r`), cards)
	}
	if !strings.Contains(page, `<th scope="col">rate</th><th scope="col">seed</th>`) {
		t.Error("the table has no columns of the config values that differ")
	}
	page = render(t, j, Options{Rows: 50, Cards: 5, Script: "//", RunURL: func(id string) string { return "./?run=" + id }})
	if strings.Count(page, `<tr id="r`) != 50 || strings.Count(page, `<article class="run `) != 5 || !strings.Contains(page, "The newest of 600 runs") || !strings.Contains(page, `href="./?run=0000000560"`) {
		t.Error("the page of a few runs is not as it should be")
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
