package realnvp

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"sort"
	"strings"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"flowbook/realnvp/arch"
	"flowbook/realnvp/base"
	"flowbook/realnvp/bijector"
	"flowbook/realnvp/internal/safetensors"
)

// CheckpointVersion is the newest version of the checkpoint format that this package reads. It writes version 1 for the
// flow of a Config, as it always did, and 2 for one by hand.
const CheckpointVersion = 2

// header is the JSON in a checkpoint's metadata, under the key "flowbook".
type header struct {
	Version int `json:"version"`
	// Config is what the flow is built of; Built, in its place, a flow by hand.
	Config   *Config  `json:"config,omitempty"`
	Built    *built   `json:"built,omitempty"`
	Step     int      `json:"step"`
	Progress progress `json:"progress"`
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
// "flowbook", the Config, or the flow itself where it was built by hand, the step and the position of the data as JSON.
// Python's safetensors reads it. It fails where a part of the flow is of a type that package arch does not know, or
// holds what is no data, such as a func.
//
// The JSON's "sha256" is the hexadecimal SHA-256 of, for each tensor in the order of the names' bytes, its name, a zero
// byte, and its data as they lie in the file. Shapes and types are checked against the flow's instead, and the rest of
// the metadata is not covered. Whoever writes other weights into a checkpoint computes it anew.
//
// The file appears whole or not at all: it is written beside path, synced, and renamed over it.
func (m *Model) Save(path string) error {
	_, err := m.save(path)
	return err
}

// save is Save; it gives the digest of the tensors.
func (m *Model) save(path string) (digest string, err error) {
	if err := m.unpack(); err != nil {
		return "", err
	}
	head := m.header()
	file := safetensors.File{Tensors: map[string]safetensors.Tensor{}}
	for v := range m.store.IterVariables() {
		name := strings.TrimPrefix(v.Path(), "/")
		if strings.HasPrefix(name, accumulateScope+"/") || !v.HasValue() || strings.HasPrefix(v.Name(), "#") {
			continue
		}
		saved, err := savedValue(v)
		if err != nil {
			return "", fmt.Errorf("realnvp: save %s: variable %s: %w", path, name, err)
		}
		file.Tensors[name] = saved
		if !v.Trainable {
			head.Frozen = append(head.Frozen, name)
		}
	}
	sort.Strings(head.Frozen) // variables were made in another order where training resumed
	head.SHA256 = digestOf(file)
	meta, err := json.Marshal(head)
	if err != nil {
		return "", fmt.Errorf("realnvp: save %s: %w", path, err)
	}
	file.Metadata = map[string]string{"flowbook": string(meta)}
	if err := writeAtomically(path, func(f *os.File) error { return file.Write(f) }); err != nil {
		return "", fmt.Errorf("realnvp: save %s: %w; the checkpoint before it, if any, is as it was", path, err)
	}
	m.files[path] = true
	return head.SHA256, nil
}

// header is what the file says of the model, but for its tensors.
func (m *Model) header() header {
	head := header{Version: 1, Config: m.config, Step: m.step, Progress: m.progress}
	if _, normal := m.base.(base.Normal); m.config == nil || !normal {
		head.Version, head.Config = 2, nil
		head.Built = &built{m.settings, m.flow, m.base}
	}
	return head
}

// Load reads a checkpoint that Save wrote, on any backend, and gives the model as it was, ready to evaluate or to go
// on training. It fails with one line for a missing, truncated, damaged or newer file, and for one whose flow has a part
// of a type that this program does not know: see package arch.
func Load(path string, opts ...Option) (*Model, error) {
	file, err := readCheckpoint(path)
	if err != nil {
		return nil, err
	}
	return file.model(path, opts)
}

// model is the model of a checkpoint.
func (c *checkpoint) model(path string, opts []Option) (m *Model, err error) {
	switch {
	case c.Built != nil:
		mine := []Option{func(o *options) { o.settings, o.base = c.Built.Settings, c.Built.Base }}
		m, err = New(c.Built.Flow, append(mine, opts...)...)
	case c.Config != nil:
		m, err = New(*c.Config, opts...)
	default:
		err = fmt.Errorf("realnvp: its header has no Config and no flow")
	}
	if err != nil {
		return nil, fmt.Errorf("%w (from checkpoint %s)", err, path)
	}
	if err := m.replace(c); err != nil {
		return nil, fmt.Errorf("realnvp: checkpoint %s: %w", path, err)
	}
	m.files[path] = true
	return m, nil
}

// LoadFor is Load for a caller who expects a certain flow, a Config or one by hand; it fails where the checkpoint has
// another, and names the fields of a Config that differ. Its Name does not count, nor does a default that one of them
// leaves empty and the other writes out.
func LoadFor(flow bijector.Bijector, path string, opts ...Option) (*Model, error) {
	file, err := readCheckpoint(path)
	if err != nil {
		return nil, err
	}
	if err := file.checkFlow(flow, path); err != nil {
		return nil, err
	}
	return file.model(path, opts)
}

// Restore makes the state of a checkpoint that of the model, which has to be of the same flow: weights, optimizer, step
// and positions. Where it fails the model is as it was.
func (m *Model) Restore(path string) error {
	file, err := readCheckpoint(path)
	if err != nil {
		return err
	}
	var flow bijector.Bijector = m.flow
	if m.config != nil && file.Config != nil {
		flow = *m.config
	}
	if err := file.checkFlow(flow, path); err != nil {
		return err
	}
	if err := m.replace(file); err != nil {
		return fmt.Errorf("realnvp: checkpoint %s: %w", path, err)
	}
	m.files[path] = true
	return nil
}

// checkFlow says where a checkpoint, read from path, is of another flow.
func (c *checkpoint) checkFlow(flow bijector.Bijector, path string) error {
	const remedy = "use that, or train anew to another file"
	config, isConfig := flow.(Config)
	switch {
	case isConfig && c.Config == nil:
		return fmt.Errorf("realnvp: checkpoint %s is of a flow by hand, not of a Config; %s", path, remedy)
	case isConfig:
		if diff := config.diff(*c.Config); diff != "" {
			return fmt.Errorf("realnvp: checkpoint %s was trained with another Config: %s; %s", path, diff, remedy)
		}
		return nil
	case c.Built == nil:
		return fmt.Errorf("realnvp: checkpoint %s is of a Config, %s, not of a flow by hand; %s", path, c.Config.Name, remedy)
	}
	want, err := arch.Marshal(built{Flow: flow})
	if err != nil {
		return fmt.Errorf("realnvp: the flow that checkpoint %s is to be of: %w", path, err)
	}
	got, err := arch.Marshal(built{Flow: c.Built.Flow})
	if err != nil {
		return fmt.Errorf("realnvp: checkpoint %s: %w", path, err)
	}
	if string(got) != string(want) {
		return fmt.Errorf("realnvp: checkpoint %s is of another flow: %s there and %s here; %s", path, cut(got, want), cut(want, got), remedy)
	}
	return nil
}

// cut shows a text from shortly before it differs from another.
func cut(text, other []byte) string {
	at := 0
	for at < min(len(text), len(other)) && text[at] == other[at] {
		at++
	}
	from := max(0, at-30)
	return fmt.Sprintf("…%s…", text[from:min(len(text), at+30)])
}

// diff lists the fields in which two Configs differ, Name aside.
func (c Config) diff(other Config) string {
	var fields []string
	a, b := reflect.ValueOf(c.explicit()), reflect.ValueOf(other.explicit())
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

// explicit is the Config with its defaults written out, and without what has no effect in it.
func (c Config) explicit() Config {
	c.Preprocess = cmp.Or(c.Preprocess, NoPreprocess)
	c.CouplingNorm = cmp.Or(c.CouplingNorm, NoCouplingNorm)
	c.SScale = cmp.Or(c.SScale, SScaleZero)
	c.Translation = cmp.Or(c.Translation, AffineTranslation)
	c.SGain = cmp.Or(c.SGain, 1)
	c.DType = cmp.Or(c.DType, "float32")
	if !c.hasNorm() {
		c.NormMomentum, c.NormDebias, c.NormBiased = 0, false, false
	}
	if !c.IsImage() {
		c.Planes, c.Blocks, c.NetNorm, c.WeightNorm, c.KeepPlanes = 0, 0, "", false, false
		c.CheckerboardCouplings, c.ChannelCouplings, c.FinalCouplings, c.CheckerboardCYX, c.LatentChannelsFirst = 0, 0, 0, false, false
	}
	c.Shift, c.Scale = spelledOut(c.Shift, c.Dim()), spelledOut(c.Scale, c.Dim())
	return c
}

// spelledOut gives one number for all as many times.
func spelledOut(v []float64, dim int) []float64 {
	if len(v) == 1 {
		return slices.Repeat(v, dim)
	}
	return v
}

func readCheckpoint(path string) (*checkpoint, error) {
	fail := func(format string, args ...any) (*checkpoint, error) {
		return nil, fmt.Errorf("realnvp: checkpoint %s %s", path, fmt.Sprintf(format, args...))
	}
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fail("does not exist; train one, or check the path")
	} else if err != nil {
		return fail("cannot be read: %v", err)
	}
	var c checkpoint
	if c.file, err = safetensors.Parse(raw); err != nil {
		return fail("is truncated, damaged or no safetensors file (%v); use an earlier checkpoint, or train anew", err)
	}
	text, ok := c.file.Metadata["flowbook"]
	if !ok {
		return fail("is a safetensors file, but not one of flowbook's: its metadata has no \"flowbook\"")
	}
	if err := json.Unmarshal([]byte(text), &c.header); err != nil {
		return fail("has a damaged header: %v", err)
	}
	if c.Version > CheckpointVersion {
		return fail("is of version %d, newer than this program reads (%d); update flowbook", c.Version, CheckpointVersion)
	}
	if digestOf(c.file) != c.SHA256 {
		return fail("is damaged: its tensors do not have the digest in its header; use an earlier checkpoint, or train anew")
	}
	if c.Step < 0 || c.Progress.SinceBest < 0 || c.Progress.Best.Step < 0 {
		return fail("has a damaged header: step %d, best validation at step %d, %d since; none can be below 0", c.Step, c.Progress.Best.Step, c.Progress.SinceBest)
	}
	return &c, nil
}

// replace makes a checkpoint's state the model's.
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
		if err := setVariable(m.store, "/"+name, value, !slices.Contains(c.Frozen, name)); err != nil {
			return fmt.Errorf("tensor %s: %w", name, err)
		}
	}
	m.step, m.progress = c.Step, c.Progress
	return m.refreshAverage()
}

// checkTensors says where a checkpoint's tensors are not those of this flow and of a training of it.
func (m *Model) checkTensors(c *checkpoint) error {
	wanted := map[string]shapes.Shape{} // of what there has to be
	allowed := map[string]shapes.Shape{
		"global_step": shapes.Make(dtypes.Int64), optimizerScope + "/step": shapes.Make(m.settings.dtype()), "optimizers/learning_rate": shapes.Make(m.settings.dtype()),
	}
	for v := range m.store.Scope("/" + FlowScope).IterVariables() {
		name := strings.TrimPrefix(v.Path(), "/")
		wanted[name] = v.Shape()
		if v.Trainable {
			allowed[averageScope+"/"+name] = v.Shape()
			allowed[optimizerScope+"/"+name+"_1st_moment"], allowed[optimizerScope+"/"+name+"_2nd_moment"] = v.Shape(), v.Shape()
		}
	}
	averaged := 0
	for _, name := range c.file.Names() {
		shape, known := wanted[name]
		if !known {
			shape, known = allowed[name]
		}
		if !known {
			return fmt.Errorf("tensor %s belongs to no layer of this flow, nor to a training of it", name)
		}
		saved := c.file.Tensors[name]
		if saved.DType != savedTypes[shape.DType] || !slices.Equal(saved.Shape, shape.Dimensions) {
			return fmt.Errorf("tensor %s is of type %s and shape %v, and this flow wants %s and %v",
				name, saved.DType, saved.Shape, savedTypes[shape.DType], shape.Dimensions)
		}
		if strings.HasPrefix(name, averageScope+"/") {
			averaged++
		}
	}
	var missing []string
	trainable := 0
	for v := range m.store.Scope("/" + FlowScope).IterVariables() {
		if v.Trainable {
			trainable++
		}
		if name := strings.TrimPrefix(v.Path(), "/"); c.file.Tensors[name].DType == "" {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("%d of the flow's variables are missing, such as %s", len(missing), slices.Min(missing))
	}
	if averaged > 0 && averaged < trainable {
		return fmt.Errorf("it has averages of %d of the flow's %d weights; there are to be all or none", averaged, trainable)
	}
	return nil
}

// BestCheckpoint is the file of the best validation's state beside a training's checkpoint: "run.best.safetensors" for
// "run.safetensors".
func BestCheckpoint(path string) string {
	ext := filepath.Ext(path)
	return strings.TrimSuffix(path, ext) + ".best" + ext
}

// saveProgress writes the training's checkpoint.
func (m *Model) saveProgress(t TrainConfig) error {
	if err := m.Save(t.Checkpoint); err != nil {
		return err
	}
	if t.OnCheckpoint != nil {
		return t.OnCheckpoint(m.step, t.Checkpoint)
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
	return m.saveProgress(t)
}

// tryPath says why a checkpoint could not be written to path, before there is one to write.
func tryPath(path string) error {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("it is there and no plain file (%s)", info.Mode())
	}
	f, err := createBeside(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// createBeside makes the file that is to be renamed to path, and its folder.
func createBeside(path string) (*os.File, error) {
	folder, name := filepath.Split(path)
	if name == "" {
		return nil, errors.New("it names a folder")
	}
	if folder == "" {
		folder = "."
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, err
	}
	return os.CreateTemp(folder, "."+name+".*")
}

// writeAtomically writes a file beside path, syncs it, and renames it over path.
func writeAtomically(path string, write func(*os.File) error) error {
	f, err := createBeside(path)
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
	if dir, err := os.Open(filepath.Dir(path)); err == nil {
		defer dir.Close()
		_ = dir.Sync() // some file systems cannot sync a folder
	}
	return nil
}

func digestOf(file safetensors.File) string {
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
