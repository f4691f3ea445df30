package realnvp

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"sort"
	"strings"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"flowbook/realnvp/internal/safetensors"
)

// CheckpointVersion is the version of the checkpoint format that this package writes and the newest it reads.
const CheckpointVersion = 1

// header is the JSON in a checkpoint's metadata, under the key "flowbook".
type header struct {
	Version  int      `json:"version"`
	Config   Config   `json:"config"`
	Step     int      `json:"step"`
	Progress progress `json:"progress"`
	// Frozen lists the variables that no optimizer moves.
	Frozen []string `json:"frozen,omitempty"`
	// SHA256 of all tensors' bytes, in the order of their names.
	SHA256 string `json:"sha256"`
}

// Save writes a checkpoint: one safetensors file with the weights, the running moments, the averaged weights and the
// optimizer's state, each tensor named by its variable's path ("flow/coupling0/s/layer0/w"), and in its metadata, under
// "flowbook", the Config, the step and the position of the data as JSON. Python's safetensors reads it.
//
// The file appears whole or not at all: it is written beside path, synced, and renamed over it.
func (m *Model) Save(path string) error {
	if err := m.unpack(); err != nil {
		return err
	}
	head := header{Version: CheckpointVersion, Config: m.config, Step: m.step, Progress: m.progress}
	file := safetensors.File{Tensors: map[string]safetensors.Tensor{}}
	for v := range m.store.IterVariables() {
		name := strings.TrimPrefix(v.Path(), "/")
		if strings.HasPrefix(name, accumulateScope+"/") || !v.HasValue() || strings.HasPrefix(v.Name(), "#") {
			continue
		}
		saved, err := savedValue(v)
		if err != nil {
			return fmt.Errorf("realnvp: save %s: variable %s: %w", path, name, err)
		}
		file.Tensors[name] = saved
		if !v.Trainable {
			head.Frozen = append(head.Frozen, name)
		}
	}
	sort.Strings(head.Frozen) // variables were made in another order where training resumed
	head.SHA256 = digest(file)
	meta, err := json.Marshal(head)
	if err != nil {
		return fmt.Errorf("realnvp: save %s: %w", path, err)
	}
	file.Metadata = map[string]string{"flowbook": string(meta)}
	if err := writeAtomically(path, func(f *os.File) error { return file.Write(f) }); err != nil {
		return fmt.Errorf("realnvp: save %s: %w; the checkpoint before it, if any, is as it was", path, err)
	}
	return nil
}

// Load reads a checkpoint that Save wrote, on any backend, and gives the model as it was, ready to evaluate or to go
// on training. It fails with one line for a missing, truncated, damaged or newer file.
func Load(path string, opts ...Option) (*Model, error) {
	head, file, err := readCheckpoint(path)
	if err != nil {
		return nil, err
	}
	m, err := New(head.Config, opts...)
	if err != nil {
		return nil, fmt.Errorf("%w (from checkpoint %s)", err, path)
	}
	if err := m.restore(head, file); err != nil {
		return nil, fmt.Errorf("realnvp: checkpoint %s: %w", path, err)
	}
	return m, nil
}

// LoadFor is Load for a caller who expects a certain Config; it fails, naming the fields, where the checkpoint has
// another. Name does not count.
func LoadFor(config Config, path string, opts ...Option) (*Model, error) {
	head, _, err := readCheckpoint(path)
	if err != nil {
		return nil, err
	}
	if diff := config.diff(head.Config); diff != "" {
		return nil, fmt.Errorf("realnvp: checkpoint %s was trained with another Config: %s; use that, or train anew to another file", path, diff)
	}
	return Load(path, opts...)
}

// diff lists the fields in which two Configs differ, Name aside.
func (c Config) diff(other Config) string {
	var fields []string
	a, b := reflect.ValueOf(c), reflect.ValueOf(other)
	for i := range a.NumField() {
		name := a.Type().Field(i).Name
		x, y := a.Field(i).Interface(), b.Field(i).Interface()
		if name == "Name" || reflect.DeepEqual(x, y) || a.Field(i).Kind() == reflect.Slice && a.Field(i).Len() == 0 && b.Field(i).Len() == 0 {
			continue
		}
		fields = append(fields, fmt.Sprintf("%s is %v there and %v here", name, y, x))
	}
	return strings.Join(fields, ", ")
}

func readCheckpoint(path string) (header, safetensors.File, error) {
	var head header
	fail := func(format string, args ...any) (header, safetensors.File, error) {
		return head, safetensors.File{}, fmt.Errorf("realnvp: checkpoint %s %s", path, fmt.Sprintf(format, args...))
	}
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fail("does not exist; train one, or check the path")
	} else if err != nil {
		return fail("cannot be read: %v", err)
	}
	file, err := safetensors.Parse(raw)
	if err != nil {
		return fail("is truncated or no safetensors file (%v); use an earlier checkpoint, or train anew", err)
	}
	text, ok := file.Metadata["flowbook"]
	if !ok {
		return fail("is a safetensors file, but not one of flowbook's: its metadata has no \"flowbook\"")
	}
	if err := json.Unmarshal([]byte(text), &head); err != nil {
		return fail("has a damaged header: %v", err)
	}
	if head.Version > CheckpointVersion {
		return fail("is of version %d, newer than this program reads (%d); update flowbook", head.Version, CheckpointVersion)
	}
	if digest(file) != head.SHA256 {
		return fail("is damaged: its tensors do not have the digest in its header; use an earlier checkpoint, or train anew")
	}
	return head, file, nil
}

// restore puts a checkpoint's tensors into the model's variables.
func (m *Model) restore(head header, file safetensors.File) error {
	frozen := map[string]bool{}
	for _, name := range head.Frozen {
		frozen[name] = true
	}
	missing := map[string]bool{}
	for v := range m.store.Scope("/" + FlowScope).IterVariables() {
		missing[strings.TrimPrefix(v.Path(), "/")] = true
	}
	for _, name := range file.Names() {
		value, err := tensorOf(file.Tensors[name])
		if err != nil {
			return fmt.Errorf("tensor %s: %w", name, err)
		}
		if missing[name] {
			v := m.store.GetVariable("/" + name)
			if !v.Shape().Equal(value.Shape()) {
				return fmt.Errorf("tensor %s has shape %s, and this flow wants %s", name, value.Shape(), v.Shape())
			}
			delete(missing, name)
			if err := v.SetValue(value); err != nil {
				return err
			}
			continue
		}
		v, err := m.store.CreateVariable("/"+name, value)
		if err != nil {
			return fmt.Errorf("tensor %s: %w", name, err)
		}
		v.SetTrainable(!frozen[name])
	}
	if len(missing) > 0 {
		return fmt.Errorf("%d of the flow's variables are missing, such as %s", len(missing), firstOf(missing))
	}
	m.step, m.progress = head.Step, head.Progress
	return m.refreshAverage()
}

// saveProgress writes the training's checkpoint.
func (m *Model) saveProgress(t TrainConfig, step int, last bool) error {
	if t.Checkpoint == "" {
		return nil
	}
	if last {
		if err := m.refreshAverage(); err != nil {
			return err
		}
	}
	if err := m.Save(t.Checkpoint); err != nil {
		return err
	}
	if t.OnCheckpoint != nil {
		return t.OnCheckpoint(step, t.Checkpoint)
	}
	return nil
}

func firstOf(set map[string]bool) string {
	var names []string
	for name := range set {
		names = append(names, name)
	}
	sort.Strings(names)
	return names[0]
}

// writeAtomically writes a file beside path, syncs it, and renames it over path.
func writeAtomically(path string, write func(*os.File) error) error {
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(folder, "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // which fails after the rename, as it should
	if err := errors.Join(write(f), f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	if dir, err := os.Open(folder); err == nil {
		defer dir.Close()
		_ = dir.Sync() // some file systems cannot sync a folder
	}
	return nil
}

func digest(file safetensors.File) string {
	h := sha256.New()
	for _, name := range file.Names() {
		fmt.Fprintf(h, "%s\x00", name)
		h.Write(file.Tensors[name].Data)
	}
	return hex.EncodeToString(h.Sum(nil))
}

var savedTypes = map[dtypes.DType]string{dtypes.Float32: "F32", dtypes.Float64: "F64", dtypes.Int64: "I64"}

// savedValue copies a variable's value for a file.
func savedValue(v *model.Variable) (safetensors.Tensor, error) {
	saved := safetensors.Tensor{DType: savedTypes[v.DType()], Shape: v.Shape().Dimensions}
	if saved.DType == "" {
		return saved, fmt.Errorf("type %s cannot be saved", v.DType())
	}
	value, err := v.Value()
	if err != nil {
		return saved, err
	}
	return saved, value.ConstBytes(func(data []byte) { saved.Data = append([]byte(nil), data...) })
}

// tensorOf makes a GoMLX tensor of a saved one.
func tensorOf(saved safetensors.Tensor) (*tensors.Tensor, error) {
	for dtype, name := range savedTypes {
		if name == saved.DType {
			t := tensors.FromShape(shapes.Make(dtype, saved.Shape...))
			return t, t.MutableBytes(func(data []byte) { copy(data, saved.Data) })
		}
	}
	return nil, fmt.Errorf("type %s is none that a checkpoint has", saved.DType)
}

// cloneValue copies a variable's value.
func cloneValue(v *model.Variable) (*tensors.Tensor, error) {
	value, err := v.Value()
	if err != nil {
		return nil, err
	}
	return value.LocalClone()
}
