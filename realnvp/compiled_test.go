package realnvp_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"flowbook/realnvp"
)

const cacheChild = "FLOWBOOK_TEST_CACHE_CHILD"

// TestCacheChild is no test of its own: TestHitAndMissGiveTheSameBits runs it as a process. It trains, on one device and
// on two, and samples, and prints every number to the last bit.
func TestCacheChild(t *testing.T) {
	if os.Getenv(cacheChild) == "" {
		t.Skip("only for TestHitAndMissGiveTheSameBits")
	}
	needDevices(t, 2)
	for _, c := range spreadCases()[1:3] {
		m := mustNew(t, c.config)
		fmt.Printf("bits %x\n", c.run(t, m, 1, 3))
		fmt.Printf("bits %x\n", c.run(t, m, 2, 6)) // goes on with the same model
		samples, err := m.Sample(3, realnvp.SampleConfig{Seed: 7})
		fmt.Printf("bits %x %v\n", samples, err)
	}
}

// TestHitAndMissGiveTheSameBits runs one program without a cache, with an empty one, and with what the second left.
func TestHitAndMissGiveTheSameBits(t *testing.T) {
	needDevices(t, 2)
	run := func(folder string) []byte {
		t.Helper()
		child := exec.Command(os.Args[0], "-test.run=^TestCacheChild$", "-test.v")
		child.Env = append(os.Environ(), cacheChild+"=1", "FLOWBOOK_XLA_CACHE="+folder)
		out, err := child.CombinedOutput()
		var bits [][]byte
		for line := range bytes.Lines(out) {
			if bytes.HasPrefix(line, []byte("bits ")) {
				bits = append(bits, line)
			}
		}
		if err != nil || len(bits) != 6 || bytes.Contains(out, []byte("NaN")) {
			t.Fatalf("%v:\n%s", err, out)
		}
		return bytes.Join(bits, nil)
	}
	folder := t.TempDir()
	without, miss := run("off"), run(folder)
	files, err := filepath.Glob(folder + "/*")
	if err != nil || len(files) < 6 {
		t.Fatalf("%d files in the cache, %v", len(files), err)
	}
	past := time.Now().Add(-time.Hour)
	for _, f := range files {
		if err := os.Chtimes(f, past, past); err != nil {
			t.Fatal(err)
		}
	}
	hit := run(folder)
	if !bytes.Equal(without, miss) {
		t.Errorf("without a cache\n%s\nwith an empty one\n%s", without, miss)
	}
	if !bytes.Equal(miss, hit) {
		t.Errorf("compiled\n%s\nfrom the cache\n%s", miss, hit)
	}
	again, err := filepath.Glob(folder + "/*")
	if err != nil || len(again) != len(files) {
		t.Errorf("%d files after the first, %d after the second run, %v", len(files), len(again), err)
	}
	for _, f := range again {
		if info, err := os.Stat(f); err != nil || info.ModTime().Before(past.Add(time.Minute)) {
			t.Errorf("%s was not used again (%v)", f, err)
		}
	}
}
