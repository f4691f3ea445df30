package realnvp_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"flowbook/realnvp"
)

const (
	cacheChild      = "FLOWBOOK_TEST_CACHE_CHILD"
	cacheCheckpoint = "FLOWBOOK_TEST_CACHE_CHECKPOINT"
)

// TestCacheChild is no test of its own: the tests below run it as a process, which prints every number to the last bit.
func TestCacheChild(t *testing.T) {
	bits := func(x any, err error) {
		if err != nil {
			t.Fatal(err)
		}
		fmt.Printf("bits %x\n", x)
	}
	seed := realnvp.SampleConfig{Seed: 7}
	switch os.Getenv(cacheChild) {
	case "train": // on one device and on two
		for _, c := range spreadCases()[1:3] { // classes, images
			drawn := seed
			if c.labels != nil {
				c.flow, drawn.Labels = c.flow[:2], []int{1}
			}
			m := mustNew(t, c.flow, c.opts...)
			bits(c.run(t, m, 1, 3), nil)
			bits(c.run(t, m, 2, 6), nil) // goes on with the same model
			bits(m.Sample(t.Context(), 3, drawn))
			if err := m.Save(os.Getenv(cacheCheckpoint)); err != nil {
				t.Fatal(err)
			}
		}
	case "load":
		m, err := realnvp.Load(os.Getenv(cacheCheckpoint))
		if err != nil {
			t.Fatal(err)
		}
		bits(m.Sample(t.Context(), 3, seed))
	case "small":
		bits(newToy(t).Sample(t.Context(), 3, seed))
	default:
		t.Skip("only for the tests of the cache")
	}
}

// cacheRun runs the child with a cache folder and gives what it printed.
func cacheRun(t *testing.T, what, folder, checkpoint string) []byte {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^TestCacheChild$", "-test.v")
	child.Env = append(os.Environ(), cacheChild+"="+what, cacheCheckpoint+"="+checkpoint, "FLOWBOOK_XLA_CACHE="+folder)
	out, err := child.CombinedOutput()
	var bits []byte
	for line := range bytes.Lines(out) {
		if bytes.HasPrefix(line, []byte("bits ")) {
			bits = append(bits, line...)
		}
	}
	if err != nil || len(bits) == 0 || bytes.Contains(out, []byte("NaN")) {
		t.Errorf("%s: %v:\n%s", what, err, out)
	}
	return bits
}

// cacheFiles are the files of a cache folder.
func cacheFiles(t *testing.T, folder string) []string {
	t.Helper()
	files, err := filepath.Glob(folder + "/*")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files in the cache, %v", len(files), err)
	}
	return files
}

// TestHitAndMissGiveTheSameBits trains and samples with an empty cache and with what that left, as a replay does; then a
// program that loads the checkpoint, as a cell does, has the sampler that the training compiled.
func TestHitAndMissGiveTheSameBits(t *testing.T) {
	needDevices(t, 2)
	folder, checkpoint := t.TempDir(), filepath.Join(t.TempDir(), "checkpoint.safetensors")
	miss := cacheRun(t, "train", folder, checkpoint)
	files := cacheFiles(t, folder)
	past := time.Now().Add(-time.Hour)
	for _, f := range files {
		if err := os.Chtimes(f, past, past); err != nil {
			t.Fatal(err)
		}
	}
	hit := cacheRun(t, "train", folder, checkpoint)
	if !bytes.Equal(miss, hit) {
		t.Errorf("compiled\n%s\nfrom the cache\n%s", miss, hit)
	}
	for _, f := range cacheFiles(t, folder) {
		if info, err := os.Stat(f); err != nil || info.ModTime().Before(past.Add(time.Minute)) {
			t.Errorf("%s was not used again (%v)", f, err)
		}
	}
	if sampled := cacheRun(t, "load", folder, checkpoint); !bytes.HasSuffix(hit, sampled) {
		t.Errorf("samples after training\n%s\nof the loaded model\n%s", hit, sampled)
	}
	if again := cacheFiles(t, folder); len(again) != len(files) {
		t.Errorf("%d programs after the first run, %d after the third", len(files), len(again))
	}
}

// TestCacheInTrouble runs a small program without a cache, twice at once with an empty one, with damaged files, with a folder
// that cannot be, and again.
func TestCacheInTrouble(t *testing.T) {
	if newToy(t).Backend().Name() != "xla" {
		t.Skip("GoMLX's Go backend compiles nothing that could be kept: use GOMLX_BACKEND=xla:cpu")
	}
	without := cacheRun(t, "small", "off", "")
	same := func(what string, got []byte) {
		if !bytes.Equal(got, without) {
			t.Errorf("%s\n%s\nwithout a cache\n%s", what, got, without)
		}
	}
	folder := t.TempDir()
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() { same("at once with another", cacheRun(t, "small", folder, "")) })
	}
	both.Wait()
	for i, f := range cacheFiles(t, folder) {
		whole, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if i%2 == 0 {
			whole = whole[:len(whole)/2]
		} else {
			whole[len(whole)-100] ^= 1
		}
		if err := os.WriteFile(f, whole, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	same("damaged", cacheRun(t, "small", folder, ""))
	same("after it was damaged", cacheRun(t, "small", folder, ""))
	same("no folder", cacheRun(t, "small", filepath.Join(cacheFiles(t, folder)[0], "cache"), ""))
}
