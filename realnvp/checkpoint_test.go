package realnvp_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"flowbook/realnvp"
	"flowbook/realnvp/arch"
	"flowbook/realnvp/bijector"
	"flowbook/realnvp/internal/safetensors"

	. "github.com/gomlx/gomlx/core/graph"
)

// parsed is a checkpoint as a safetensors file.
func parsed(t *testing.T, path string) safetensors.File {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	file, err := safetensors.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// rewrite changes a checkpoint's tensors and gives it the digest that Model.Save documents, as any program could.
func rewrite(t *testing.T, from, to string, change func(tensors map[string]safetensors.Tensor)) {
	t.Helper()
	file := parsed(t, from)
	change(file.Tensors)
	h := sha256.New()
	for _, name := range file.Names() {
		h.Write([]byte(name + "\x00"))
		h.Write(file.Tensors[name].Data)
	}
	var head map[string]any
	if err := json.Unmarshal([]byte(file.Metadata["flowbook"]), &head); err != nil {
		t.Fatal(err)
	}
	head["sha256"] = hex.EncodeToString(h.Sum(nil))
	text, err := json.Marshal(head)
	if err != nil {
		t.Fatal(err)
	}
	writeSealed(t, to, file, string(text))
}

// writeSealed writes a checkpoint with another header, and the digest that Model.Save documents.
func writeSealed(t *testing.T, to string, file safetensors.File, header string) {
	t.Helper()
	seal := sha256.Sum256([]byte(header))
	file.Metadata = map[string]string{"flowbook": header, "flowbook.sha256": hex.EncodeToString(seal[:])}
	f, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := file.Write(f); err != nil {
		t.Fatal(err)
	}
}

// edit writes a checkpoint whose header has a text in place of another.
func edit(t *testing.T, from, to, old, new string) {
	t.Helper()
	file := parsed(t, from)
	header := file.Metadata["flowbook"]
	if !strings.Contains(header, old) {
		t.Fatalf("the header has no %q", old)
	}
	writeSealed(t, to, file, strings.ReplaceAll(header, old, new))
}

func TestTensorsThatAreNotTheFlows(t *testing.T) {
	folder := t.TempDir()
	good, other := filepath.Join(folder, "good"), filepath.Join(folder, "other")
	m := newToy(t)
	if _, err := m.Train(context.Background(), points(t, gaussian(100, 1), 2, 20), realnvp.TrainConfig{Steps: 2, EMA: 0.9, Checkpoint: good}); err != nil {
		t.Fatal(err)
	}
	const weight = "flow/coupling0/s/layer0/w"
	for name, c := range map[string]struct {
		change func(tensors map[string]safetensors.Tensor)
		words  []string
	}{
		"of no layer": {func(ts map[string]safetensors.Tensor) { ts["flow/coupling9/s/layer0/w"] = ts[weight] }, []string{"flow/coupling9/s/layer0/w", "no layer"}},
		"average, shape": {func(ts map[string]safetensors.Tensor) {
			x := ts["average/"+weight]
			x.Shape = []int{len(x.Data) / 4}
			ts["average/"+weight] = x
		}, []string{"average/" + weight, "shape"}},
		"moment, type": {func(ts map[string]safetensors.Tensor) {
			x := ts["optimizer/"+weight+"_1st_moment"]
			x.DType = "I32"
			ts["optimizer/"+weight+"_1st_moment"] = x
		}, []string{"_1st_moment", "I32"}},
		"weight, shape":      {func(ts map[string]safetensors.Tensor) { x := ts[weight]; x.Shape = append(x.Shape, 1); ts[weight] = x }, []string{weight, "shape"}},
		"weight missing":     {func(ts map[string]safetensors.Tensor) { delete(ts, weight) }, []string{"missing", weight}},
		"average missing":    {func(ts map[string]safetensors.Tensor) { delete(ts, "average/"+weight) }, []string{"averages of"}},
		"average of none":    {func(ts map[string]safetensors.Tensor) { ts["average/flow/x"] = ts[weight] }, []string{"average/flow/x"}},
		"unknown altogether": {func(ts map[string]safetensors.Tensor) { ts["notes"] = ts[weight] }, []string{"notes"}},
	} {
		rewrite(t, good, other, c.change)
		_, err := realnvp.Load(other)
		wants(t, name, err, append(c.words, other)...)
	}
	// Other weights, with the digest as documented, are what the model then has.
	rewrite(t, good, other, func(ts map[string]safetensors.Tensor) {
		for name, x := range ts {
			if name == "average/"+weight {
				ts[name] = safetensors.Tensor{DType: x.DType, Shape: x.Shape, Data: make([]byte, len(x.Data))}
			}
		}
	})
	changed, err := realnvp.Load(other)
	if err != nil {
		t.Fatal(err)
	}
	a, _ := m.LogProb(t.Context(), []float32{0.3, -0.2})
	b, err := changed.LogProb(t.Context(), []float32{0.3, -0.2})
	if err != nil || a[0] == b[0] {
		t.Errorf("log p %v with the weights and %v with others: %v", a, b, err)
	}
}

func init() {
	arch.Register("realnvp_test.double", double{})
	arch.Register("realnvp_test.withFunc", withFunc{})
	arch.Register("realnvp_test.nanBeyond", nanBeyond{})
	arch.Register("realnvp_test.poison", poison{})
}

// double is a layer of a caller's own: z = 2x after another.
type double struct{ bijector.Bijector }

func (d double) Forward(c *bijector.Context, x *Node) (z, logDet *Node) {
	z, logDet = d.Bijector.Forward(c, x)
	return MulScalar(z, 2), AddScalar(logDet, 2*math.Ln2)
}

func (d double) Inverse(c *bijector.Context, z *Node) (x, logDet *Node) {
	x, logDet = d.Bijector.Inverse(c, DivScalar(z, 2))
	return x, AddScalar(logDet, -2*math.Ln2)
}

// TestFlowOfOnesOwnIsInTheCheckpoint: with layers of one's own, a model loads as it was saved, or says what it wants.
func TestFlowOfOnesOwnIsInTheCheckpoint(t *testing.T) {
	folder := t.TempDir()
	path, other := filepath.Join(folder, "c"), filepath.Join(folder, "other")
	own := func(_ string, b bijector.Bijector) bijector.Bijector { return double{b} }
	m := wrapped(t, own)
	if err := m.Save(path); err != nil {
		t.Fatal(err)
	}
	a, _ := m.LogProb(t.Context(), []float32{0.3, -0.2})
	for name, load := range map[string]func() (*realnvp.Model, error){
		"Load":    func() (*realnvp.Model, error) { return realnvp.Load(path) },
		"LoadFor": func() (*realnvp.Model, error) { return realnvp.LoadFor(bijector.Wrap(smallToy(), own), path) },
	} {
		loaded, err := load()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		b, err := loaded.LogProb(t.Context(), []float32{0.3, -0.2})
		if err != nil || a[0] != b[0] {
			t.Errorf("%s: log p %v saved and %v loaded: %v", name, a, b, err)
		}
	}
	_, err := realnvp.LoadFor(smallToy(), path)
	wants(t, "without the layers", err, "another flow", "double")
	// In a program that does not know the type.
	edit(t, path, other, "realnvp_test.double", "realnvp_test.triple")
	_, err = realnvp.Load(other)
	wants(t, "unknown type", err, "realnvp_test.triple", "arch.Register", other)
	// What is no data cannot be kept, and that is said before the first step.
	loose := wrapped(t, func(_ string, b bijector.Bijector) bijector.Bijector { return withFunc{b, func() {}} })
	wants(t, "save a func", loose.Save(other), "Hook", "func")
	_, err = loose.Train(context.Background(), points(t, gaussian(100, 1), 2, 20), realnvp.TrainConfig{Steps: 1, Checkpoint: other})
	wants(t, "train with a func", err, "Hook", "TrainConfig.Checkpoint")
	if loose.Step() != 0 {
		t.Errorf("%d steps were taken", loose.Step())
	}
}

type withFunc struct {
	bijector.Bijector
	Hook func()
}

func TestPointsNameTheRow(t *testing.T) {
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		x := gaussian(100, 1)
		x[2*57+1] = float32(v)
		_, err := realnvp.NewPoints(x, nil, 2, 20, 1)
		wants(t, fmt.Sprint(v), err, "row 57", "column 1", fmt.Sprint(v))
	}
}

// TestSeeds: a file of before may hold a seed below 0; it says nothing about weights any more, and loads. The one number that
// GoMLX would take for a random seed is refused.
func TestSeeds(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c.safetensors")
	m := mustNew(t, ownFlow(), realnvp.Vector(2), realnvp.Seed(3))
	if err := m.Save(path); err != nil {
		t.Fatal(err)
	}
	edit(t, path, path, `"Seed":3`, `"Seed":-3`)
	if _, err := realnvp.Load(path); err != nil {
		t.Error(err)
	}
	_, err := realnvp.New(ownFlow(), realnvp.Vector(2), realnvp.Seed(math.MaxUint64))
	wants(t, "the largest seed", err, "Seed(18446744073709551615)", "give another")
	if _, err = realnvp.New(ownFlow(), realnvp.Vector(2), realnvp.Seed(math.MaxUint64-1)); err != nil {
		t.Error(err)
	}
}
