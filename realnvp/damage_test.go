package realnvp_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"flowbook/realnvp"
)

// TestADamagedByteIsFound: a checkpoint in which any byte of the header, architecture and scores included, or of the
// tensors is another does not load. Places and bytes are drawn anew each time.
func TestADamagedByteIsFound(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 1))
	folder := t.TempDir()
	path := filepath.Join(folder, "c")
	config := realnvp.TrainConfig{Steps: 4, EMA: 0.9, Validation: gaussian(20, 2), ValidateEvery: 2, Checkpoint: path}
	if _, err := mustNew(t, givenFlow(), realnvp.Vector(2)).Train(context.Background(), points(t, gaussian(100, 1), 2, 20), config); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	header := 8 + int(binary.LittleEndian.Uint64(raw))
	places := rng.Perm(header)[:header/4]
	for range 100 {
		places = append(places, header+rng.IntN(len(raw)-header))
	}
	damaged := filepath.Join(folder, "damaged")
	for _, at := range places {
		bad := bytes.Clone(raw)
		if bad[at] ^= byte(1 + rng.IntN(255)); at < 8+header-header%8 && bytes.ContainsRune([]byte(" \n\r\t"), rune(bad[at])) && bytes.ContainsRune([]byte(" \n\r\t"), rune(raw[at])) {
			continue // white space for white space, in the filling
		}
		if err := os.WriteFile(damaged, bad, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := realnvp.Load(damaged); err == nil {
			t.Errorf("byte %d is %q in place of %q, and it loads: …%s…", at, bad[at], raw[at], raw[max(0, at-20):at+20])
		}
	}
}

// TestLinkedCheckpoint: a checkpoint's symbolic link, also one to a file that is not there yet, is written through.
func TestLinkedCheckpoint(t *testing.T) {
	folder := t.TempDir()
	link, there := filepath.Join(folder, "latest"), filepath.Join("runs", "c.safetensors")
	if err := os.Symlink(there, link); err != nil {
		t.Fatal(err)
	}
	m := newToy(t)
	for range 2 {
		if _, err := m.Train(context.Background(), points(t, gaussian(40, 1), 2, 20), realnvp.TrainConfig{MoreSteps: 1, Checkpoint: link}); err != nil {
			t.Fatal(err)
		}
		if to, err := os.Readlink(link); err != nil || to != there {
			t.Fatalf("the link leads to %q: %v", to, err)
		}
		if loaded, err := realnvp.Load(filepath.Join(folder, there)); err != nil || loaded.Step() != m.Step() {
			t.Fatalf("the file is not of step %d: %v", m.Step(), err)
		}
	}
	circle := filepath.Join(folder, "circle")
	if err := os.Symlink("circle", circle); err != nil {
		t.Fatal(err)
	}
	_, err := m.Train(context.Background(), points(t, gaussian(40, 1), 2, 20), realnvp.TrainConfig{MoreSteps: 1, Checkpoint: circle})
	wants(t, "a circle of links", err, circle, "circle", "TrainConfig.Checkpoint")
}
