package realnvp

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/gomlx/compute/dtypes"

	"flowbook/realnvp/arch"
	"flowbook/realnvp/base"
	"flowbook/realnvp/bijector"
)

// settings are what a model is besides its flow and its base density.
type settings struct {
	// Sample is the shape of a sample: {features}, or {height, width, channels}.
	Sample []int `json:"sample"`
	// Pixels tells that a sample's numbers are pixels 0…256.
	Pixels bool `json:"pixels,omitempty"`
	// Classes has the number of classes of each label that the density is conditioned on.
	Classes []int `json:"classes,omitempty"`
	// Vector is the length of the vector that it is conditioned on; 0 for none.
	Vector int `json:"vector,omitempty"`
	// DType is "float32" or "float64".
	DType string `json:"dtype,omitempty"`
	Seed  seed   `json:"seed"`
}

// seed is a uint64 that reads also the numbers below 0 that some checkpoints hold.
type seed uint64

func (s *seed) UnmarshalJSON(text []byte) error {
	if old, err := strconv.ParseInt(string(text), 10, 64); err == nil {
		*s = seed(old)
		return nil
	}
	return json.Unmarshal(text, (*uint64)(s))
}

// Vector says that a sample is a vector of so many numbers, 2 or more.
func Vector(features int) Option {
	return func(o *options) { o.settings.Sample = []int{features} }
}

// Image says that a sample is an image, [height, width, channels], each side 1 or more.
func Image(height, width, channels int) Option {
	return func(o *options) { o.settings.Sample = []int{height, width, channels} }
}

// Pixels says that a sample's numbers are pixels: integers 0…255, which training and BitsPerDim dequantize. The flow maps
// from their unit, 0…256, such as by a bijector.Logit of 256 levels.
func Pixels() Option { return func(o *options) { o.settings.Pixels = true } }

// Base sets the density of the latent; the default is base.Normal.
func Base(b base.Base) Option { return func(o *options) { o.base = b } }

// Classes makes the density conditional on labels, log p(x | labels): one label for each number of classes given,
// which is 2 or more. Every net of the flow sees them, one-hot. See WithLabels.
func Classes(classes ...int) Option {
	return func(o *options) { o.settings.Classes = classes }
}

// Given makes the density conditional on a vector u of so many numbers, log p(x | u). Every net of the flow sees it.
// The default, 0, is none. See WithVectors.
func Given(numbers int) Option { return func(o *options) { o.settings.Vector = numbers } }

// Seed draws the initial weights: the same number, the same weights, on every backend. The default is 0; the largest
// uint64 is refused.
func Seed(n uint64) Option { return func(o *options) { o.settings.Seed = seed(n) } }

// Float64 makes parameters, activations and log-determinants float64; the default is float32. See Model.Wide.
func Float64() Option { return func(o *options) { o.settings.DType = "float64" } }

// dim is the number of numbers of a sample.
func (s settings) dim() int {
	n := 1
	for _, d := range s.Sample {
		n *= d
	}
	return n
}

func (s settings) dtype() dtypes.DType {
	if s.DType == "float64" {
		return dtypes.Float64
	}
	return dtypes.Float32
}

// check says what is wrong with the settings.
func (s settings) check() error {
	switch {
	case len(s.Sample) != 1 && len(s.Sample) != 3:
		return fmt.Errorf("realnvp: New: the shape of a sample is not known; say realnvp.Vector(features) or realnvp.Image(height, width, channels)")
	case slices.Min(s.Sample) < 1:
		return fmt.Errorf("realnvp: New: samples of shape %v; each side must be 1 or more", s.Sample)
	case len(s.Sample) == 1 && s.Sample[0] < 2:
		return fmt.Errorf("realnvp: New: vectors of %d number; a flow of couplings needs 2 or more", s.Sample[0])
	case s.Seed == math.MaxUint64:
		return fmt.Errorf("realnvp: New: Seed(%d) is one that GoMLX takes for a random seed; give another", s.Seed)
	case s.Vector < 0:
		return fmt.Errorf("realnvp: New: Given(%d); a vector has 1 number or more", s.Vector)
	}
	for _, n := range s.Classes {
		if n < 2 {
			return fmt.Errorf("realnvp: New: a label of %d classes; it needs 2 or more", n)
		}
	}
	return nil
}

// widths are the lengths of what the density is conditioned on: each label one-hot, then the vector.
func (s settings) widths() []int {
	w := slices.Clone(s.Classes)
	if s.Vector > 0 {
		w = append(w, s.Vector)
	}
	return w
}

// built is a model without its weights, as a checkpoint holds it; package arch writes its parts with the names of their types.
type built struct {
	Settings settings
	Flow     bijector.Bijector
	Base     base.Base
}

// MarshalJSON writes it.
func (b built) MarshalJSON() ([]byte, error) {
	type parts built // without this method
	return arch.Marshal(parts(b))
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (b *built) UnmarshalJSON(text []byte) error {
	type parts built
	return arch.Unmarshal(text, (*parts)(b))
}
