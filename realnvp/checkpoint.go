package realnvp

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"flowbook/realnvp/bijector"
	"flowbook/realnvp/internal/safetensors"
	"flowbook/realnvp/internal/variables"
	"flowbook/realnvp/oldconfig"
)

// CheckpointVersion is the version of the checkpoint format that this package writes, and the newest that it reads. From
// version 3 on a checkpoint has a digest of its header.
const CheckpointVersion = 3

// Keys of a checkpoint's metadata: the header, and its digest.
const (
	headerKey = "flowbook"
	sealKey   = "flowbook.sha256"
)

// header is the JSON in a checkpoint's metadata, under headerKey.
type header struct {
	Version int `json:"version"`
	// Built is the model without its weights.
	Built *built `json:"built,omitempty"`
	// Config says it in a checkpoint without Built; this package writes none.
	Config   *oldconfig.Config `json:"config,omitempty"`
	Step     int               `json:"step"`
	Progress progress          `json:"progress"`
	// Frozen lists the variables that no optimizer moves.
	Frozen []string `json:"frozen,omitempty"`
	// SHA256 of the tensors; see Model.Save.
	SHA256 string `json:"sha256"`
}

// checkpoint is what a checkpoint's file holds.
type checkpoint struct {
	header
	file safetensors.File
}

// Save writes a checkpoint: one safetensors file with the weights, the running moments, the averaged weights and the
// optimizer's state, each tensor named by its variable's path ("flow/coupling0/s/layer0/w"), and in its metadata, under
// "flowbook", the flow, the step and the position of the data as JSON.
// Python's safetensors reads it. It fails where a part of the flow is of a type that package arch does not know, or
// holds what is no data, such as a func.
//
// Two digests tell a damaged file. The JSON's "sha256" is the hexadecimal SHA-256 of, for each tensor in the order of the
// names' bytes, its name, a zero byte, and its data as they lie in the file; shapes and types are checked against the
// flow's. The metadata's "flowbook.sha256" is that of the JSON's own bytes. Whoever writes other weights into a
// checkpoint computes both anew, in this order.
//
// The file appears whole or not at all: it is written beside path, synced, and renamed over it. Where path is a symbolic
// link it stays one, and the file that it leads to is written.
func (m *Model) Save(path string) error {
	_, err := m.save(path)
	return err
}

// save is Save; it gives the digest of the tensors.
func (m *Model) save(path string) (digest string, err error) {
	file, digest, err := m.file()
	if err != nil {
		return "", fmt.Errorf("realnvp: save %s: %w", path, err)
	}
	if err := writeAtomically(path, func(f *os.File) error { return file.Write(f) }); err != nil {
		return "", fmt.Errorf("realnvp: save %s: %w; the checkpoint before it, if any, is as it was", path, err)
	}
	m.remember(path)
	return digest, nil
}

// file is what a checkpoint of the model as it is holds, and the digest of its tensors.
func (m *Model) file() (file safetensors.File, digest string, err error) {
	m.still.RLock()
	defer m.still.RUnlock()
	if err := m.catchUp(); err != nil {
		return file, "", err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	head := m.header()
	file.Tensors = map[string]safetensors.Tensor{}
	for v := range m.store.IterVariables() {
		name := strings.TrimPrefix(v.Path(), "/")
		// A name of the root that begins so is GoMLX's own.
		if strings.HasPrefix(name, accumulateScope+"/") || !v.HasValue() || strings.HasPrefix(name, "#") {
			continue
		}
		saved, err := savedValue(v)
		if err != nil {
			return file, "", fmt.Errorf("variable %s: %w", name, err)
		}
		file.Tensors[name] = saved
		if !v.Trainable {
			head.Frozen = append(head.Frozen, name)
		}
	}
	sort.Strings(head.Frozen) // variables were made in another order where training resumed
	head.SHA256 = digestOf(file)
	meta, err := json.Marshal(head)
	file.Metadata = map[string]string{headerKey: string(meta), sealKey: hexDigest(meta)}
	return file, head.SHA256, err
}

// remember notes a file that the model was written to or read from; remembers tells whether it was.
func (m *Model) remember(path string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.files[path] = true
}

func (m *Model) remembers(path string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.files[path]
}

// header is what the file says of the model, but for its tensors.
func (m *Model) header() header {
	return header{Version: CheckpointVersion, Built: &built{m.settings, m.flow, m.base}, Step: m.step, Progress: m.progress}
}

// Load reads a checkpoint that Save wrote, on any backend, and gives the model as it was, ready to evaluate or to go
// on training. opts say where and how it runs, WithBackend and WithEvalBatch; one that would make another model of it
// is refused. It fails with one line for a missing, truncated, damaged or newer file, and for one whose flow has a
// part of a type that this program does not know: see package arch.
func Load(path string, opts ...Option) (*Model, error) {
	file, err := readCheckpoint(path)
	if err != nil {
		return nil, err
	}
	return file.model(path, opts)
}

// model is the model of a checkpoint.
func (c *checkpoint) model(path string, opts []Option) (*Model, error) {
	m, err := build(c.Built.Flow, options{settings: c.Built.Settings, base: c.Built.Base}, opts)
	if err != nil {
		return nil, fmt.Errorf("%w (from checkpoint %s)", err, path)
	}
	if err := c.checkModel(m.settings, m.base, path); err != nil {
		return nil, fmt.Errorf("%w (what a model is, options cannot change: give Load WithBackend or WithEvalBatch alone)", err)
	}
	if err := m.moving(func() error { return m.replace(c) }); err != nil {
		return nil, fmt.Errorf("realnvp: checkpoint %s: %w", path, err)
	}
	m.remember(path)
	return m, nil
}

// LoadFor is Load for a caller who expects a certain flow; it fails as Load does, and where the checkpoint has
// another flow, and shows where the two differ.
func LoadFor(flow bijector.Bijector, path string, opts ...Option) (*Model, error) {
	if flow == nil {
		return nil, fmt.Errorf("realnvp: LoadFor: the flow is nil; give the one that %s is to be of, or use Load", path)
	}
	file, err := readCheckpoint(path)
	if err != nil {
		return nil, err
	}
	if err := file.checkFlow(flow, path); err != nil {
		return nil, err
	}
	return file.model(path, opts)
}

// Restore makes the state of a checkpoint that of the model: weights, optimizer, step and positions. The model's
// flow, base density, samples and what they are conditioned on have to be the checkpoint's; its Seed may be another.
// Where Restore fails, as while the model is being trained, it is as it was.
func (m *Model) Restore(path string) error {
	file, err := readCheckpoint(path)
	if err != nil {
		return err
	}
	if err := file.checkFlow(m.flow, path); err != nil {
		return err
	}
	mine := m.settings
	mine.Seed = file.Built.Settings.Seed // which drew the first weights, and matters no more
	if err := file.checkModel(mine, m.base, path); err != nil {
		return err
	}
	err = m.moving(func() error {
		if m.training {
			return errors.New("the model is being trained; restore it before or after")
		}
		return m.replace(file)
	})
	if err != nil {
		return fmt.Errorf("realnvp: checkpoint %s: %w", path, err)
	}
	m.remember(path)
	return nil
}

// replace makes a checkpoint's state the model's. The caller is moving.
func (m *Model) replace(c *checkpoint) error {
	if err := m.checkTensors(c); err != nil {
		return err
	}
	var others []string
	for v := range m.store.IterVariables() {
		if c.file.Tensors[strings.TrimPrefix(v.Path(), "/")].DType == "" {
			others = append(others, v.Path())
		}
	}
	for _, path := range others {
		if err := m.store.DeleteVariable(path); err != nil {
			return err
		}
	}
	for _, name := range c.file.Names() {
		value, err := tensorOf(c.file.Tensors[name])
		if err != nil {
			return fmt.Errorf("tensor %s: %w", name, err)
		}
		if err := variables.Set(m.store, "/"+name, value, !slices.Contains(c.Frozen, name)); err != nil {
			return fmt.Errorf("tensor %s: %w", name, err)
		}
	}
	m.step, m.progress = c.Step, c.Progress
	return nil
}

// BestCheckpoint is the file of the best validation's state beside a training's checkpoint: "run.best.safetensors" for
// "run.safetensors".
func BestCheckpoint(path string) string {
	ext := filepath.Ext(path)
	return strings.TrimSuffix(path, ext) + ".best" + ext
}

// saveProgress writes the checkpoint of a training that has come to a step.
func (m *Model) saveProgress(t TrainConfig, step int) error {
	if err := m.Save(t.Checkpoint); err != nil {
		return err
	}
	if t.OnCheckpoint != nil {
		return stoppedBy("OnCheckpoint", step, t.OnCheckpoint(step, t.Checkpoint))
	}
	return nil
}

// saveIfMissing writes the checkpoint of a training that did nothing, where there is none.
func (m *Model) saveIfMissing(t TrainConfig) error {
	if t.Checkpoint == "" {
		return nil
	}
	if _, err := os.Stat(t.Checkpoint); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return m.saveProgress(t, m.step)
}
