//go:build ((linux && (amd64 || arm64)) || (darwin && arm64)) && !noxla

package xla

import (
	"bytes"
	"encoding/hex"
	"errors"
	"os"
	"runtime"
	"strings"
	"testing"
	"unsafe"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"google.golang.org/protobuf/encoding/protowire"

	front "flowbook/realnvp/xla/internal/pjrt"
	"flowbook/realnvp/xla/internal/slim"
	"flowbook/realnvp/xla/internal/store"
)

// TestSlimLoadsTheSame keeps a program that has fusions of all kinds, YNNPACK's too, without the bodies that XLA's own
// code replaces, and loads it: the same bits come out.
func TestSlimLoadsTheSame(t *testing.T) {
	t.Setenv("FLOWBOOK_XLA_CACHE", t.TempDir())
	backend, err := compute.New()
	if err != nil {
		t.Fatal(err)
	}
	defer backend.Finalize()
	if len(caches) == 0 || runtime.GOOS != "linux" || runtime.GOARCH != "amd64" || !strings.HasPrefix(os.Getenv("GOMLX_BACKEND"), "xla:cpu") {
		t.Skip("executables are made slim for XLA's CPU plugin for Linux x86-64 alone: use GOMLX_BACKEND=xla:cpu")
	}
	var kept *cache
	for _, c := range caches {
		kept = c
	}
	defer func(before store.Store) { kept.store = before }(kept.store)
	kept.store.Dir = t.TempDir() // another test may have put the cache before the plugin
	if !kept.slim {
		t.Fatal("the plugin is another than those that slim.tested names: take its SHA-256 in, and see that the tests of this package and of realnvp pass")
	}
	run := func() []byte {
		exec, err := graph.NewExec(backend, func(x, w *graph.Node) []*graph.Node {
			y := graph.Convolve(x, w).PadSame().Done()
			y = graph.Sub(y, graph.ReduceAndKeep(y, graph.ReduceMean, 1, 2))
			y = graph.Mul(graph.Tanh(y), graph.Exp(graph.Neg(graph.Square(y))))
			loss := graph.ReduceAllSum(graph.Concatenate([]*graph.Node{y, graph.MaxScalar(y, 0)}, -1))
			return append(graph.Gradient(loss, x, w), loss, graph.ReduceMax(y, 1, 2))
		})
		if err != nil {
			t.Fatal(err)
		}
		images := make([]float32, 4*28*28*2)
		for i := range images {
			images[i] = float32(i%97)/97 - 0.4
		}
		kernel := make([]float32, 3*3*2*16)
		for i := range kernel {
			kernel[i] = float32(i%13)/26 - 0.2
		}
		out, err := exec.Call(tensors.FromFlatDataAndDimensions(images, 4, 28, 28, 2), tensors.FromFlatDataAndDimensions(kernel, 3, 3, 2, 16))
		if err != nil {
			t.Fatal(err)
		}
		var all []byte
		for _, o := range out {
			if err := o.ConstBytes(func(b []byte) { all = append(all, b...) }); err != nil {
				t.Fatal(err)
			}
		}
		return all
	}
	hits, misses := kept.hit.Load(), kept.missed.Load()
	compiled, missed := run(), kept.missed.Load()-misses
	if loaded := run(); !bytes.Equal(loaded, compiled) {
		t.Error("the executable that was loaded gives other bits than the one that was compiled")
	}
	if again, hit := kept.missed.Load()-misses, kept.hit.Load()-hits; again != missed || hit != missed || missed == 0 {
		t.Errorf("%d programs compiled, then %d, and %d loaded", missed, again-missed, hit)
	}
	without := 0
	files, err := os.ReadDir(kept.store.Dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		var key [32]byte
		if _, err := hex.Decode(key[:], []byte(f.Name())); err != nil {
			t.Fatal(err)
		}
		code := kept.store.Get(key)
		if len(code) < 1000 {
			continue // the plugin's digest
		}
		again, err := slim.Executable(code)
		if err != nil || !bytes.Equal(again, code) {
			t.Errorf("%s: made slim again it has %d bytes of %d (%v)", f.Name(), len(again), len(code), err)
		}
		if bytes.Contains(code, []byte("custom-call")) {
			without++
		}
	}
	if without == 0 {
		t.Error("no program's fusion was written without its body")
	}
}

// picky is a client that refuses some bytes.
type picky struct {
	fake
	refuses []byte
}

func (p *picky) Load(b []byte) (front.Executable, error) {
	if bytes.Equal(b, p.refuses) {
		return nil, errors.New("an instruction is missing")
	}
	return p.fake.Load(b)
}

// TestWholeWhereSlimIsRefused: what a plugin does not take is compiled, and kept whole from then on.
func TestWholeWhereSlimIsRefused(t *testing.T) {
	message := func(number protowire.Number, of []byte) []byte {
		return protowire.AppendBytes(protowire.AppendTag(nil, number, protowire.BytesType), of)
	}
	unused, entry := message(3, []byte{5 << 3, 1, 7 << 3, 1}), message(3, []byte{5 << 3, 2}) // computations 1, a fusion's body, and 2
	whole := message(1, message(1, message(1, append(unused, entry...))))
	smaller, err := slim.Executable(whole)
	if err != nil || len(smaller) >= len(whole) {
		t.Fatalf("%d bytes of %d (%v)", len(smaller), len(whole), err)
	}
	c := opened(t, t.TempDir())
	c.slim = true
	client := &picky{refuses: smaller}
	for i, want := range []bool{true, true, false} {
		compiled := false
		_, err := c.compile(program("p"), client, func() (front.Executable, error) {
			compiled = true
			s := string(whole)
			return front.Executable(unsafe.Pointer(&s)), nil
		})
		if err != nil || compiled != want {
			t.Errorf("time %d: compiled: %v (%v)", i, compiled, err)
		}
	}
}
