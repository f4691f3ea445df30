package serve

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"image"
	"image/png"
	"math"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"flowbook/journal"
)

// TestServeExportBrowser watches a training in real Chromium: the curve grows, what is open stays open, and at the end figure, status and
// entry are there.
func TestServeExportBrowser(t *testing.T) {
	python, chromium := os.Getenv("FLOWBOOK_TEST_PYTHON"), os.Getenv("FLOWBOOK_TEST_CHROMIUM")
	if python == "" || chromium == "" {
		t.Skip("FLOWBOOK_TEST_PYTHON or FLOWBOOK_TEST_CHROMIUM is not set, as make test does: the live page is not looked at in Chromium")
	}
	ctx := context.Background()
	j, client, base := served(t)
	run, err := j.Begin(ctx, "moons", map[string]int{"couplings": 8})
	must(t, err)
	at, err := url.Parse(base)
	must(t, err)
	shots := os.Getenv("FLOWBOOK_TEST_SHOTS") // to look at them
	if shots == "" {
		shots = filepath.Join(t.TempDir(), "shots")
	}
	cmd := exec.Command(python, "testdata/watch.py", base+"/?token="+client.Jar.Cookies(at)[0].Value, shots, chromium)
	var errOut bytes.Buffer
	cmd.Stderr = &errOut
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	said := make(chan string)
	go func() {
		defer close(said)
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			said <- lines.Text()
		}
	}()
	last := ""
	for step, grown := 0, false; !grown; step++ {
		must(t, run.Log(step, journal.Metrics{"nll": 1 + 2*math.Exp(-float64(step)/80) + 0.05*math.Sin(float64(step))}))
		select {
		case line, ok := <-said:
			if grown = line == "grown"; !ok {
				t.Fatalf("watch.py: %v\n%s", cmd.Wait(), errOut.String())
			}
		case <-time.After(50 * time.Millisecond):
		}
	}
	var picture bytes.Buffer
	must(t, png.Encode(&picture, image.NewGray(image.Rect(0, 0, 64, 64))))
	must(t, run.Figure("samples", "image/png", picture.Bytes()))
	must(t, run.Finish(nil))
	_, err = j.Write(ctx, journal.Entry{Title: "It trains", Body: "The curve falls."})
	must(t, err)
	for line := range said {
		last = line
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("watch.py: %v\n%s", err, errOut.String())
	}
	var report struct {
		Open             bool
		Said, Asked, Axe []string
	}
	must(t, json.Unmarshal([]byte(last), &report))
	if !report.Open || len(report.Said)+len(report.Asked)+len(report.Axe) > 0 {
		t.Errorf("the reader meets %s", last)
	}
}
