package realnvp

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"flowbook/realnvp/internal/safetensors"
	"flowbook/realnvp/param"
)

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
		name := strings.TrimPrefix(v.Path(), "/")
		if c.Step == 0 && strings.HasSuffix(name, "/"+param.RunningCount) {
			continue // which once only a training made
		}
		if c.file.Tensors[name].DType == "" {
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

func digestOf(file safetensors.File) string {
	h := sha256.New()
	for _, name := range file.Names() {
		fmt.Fprintf(h, "%s\x00", name)
		h.Write(file.Tensors[name].Data)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func hexDigest(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
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
