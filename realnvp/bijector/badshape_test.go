package bijector_test

import (
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"flowbook/realnvp/bijector"
	"flowbook/realnvp/internal/goldentest"
	"flowbook/realnvp/transform"
)

// TestBadShapes asks that graph code handed what it cannot take says so: every word of says is in the message.
func TestBadShapes(t *testing.T) {
	checker := bijector.Checkerboard(4, 4, 1, true)
	cases := []struct {
		name    string
		b       func() bijector.Bijector
		dims    []int
		inverse bool
		says    []string
	}{
		{name: "squeeze of an odd height", b: given(bijector.Squeeze2x2{}), dims: []int{3, 4, 1}, says: []string{"even sides", "3×4"}},
		{name: "squeeze of an odd width", b: given(bijector.Squeeze2x2{}), dims: []int{4, 5, 1}, says: []string{"even sides", "4×5"}},
		{name: "squeeze of vectors", b: given(bijector.Squeeze2x2{}), dims: []int{4}, says: []string{"squeeze", "[batch, height, width, channels]"}},
		{name: "inverse squeeze of 6 channels", b: given(bijector.Squeeze2x2{}), dims: []int{2, 2, 6}, inverse: true, says: []string{"multiple of 4 channels", "6"}},
		{name: "flatten of another image", b: given(bijector.Flatten{Height: 2, Width: 2, Channels: 1}), dims: []int{4, 4, 1}, says: []string{"2×2×1", "[4 4 1]"}},
		{name: "inverse flatten of another latent", b: given(bijector.Flatten{Height: 2, Width: 2, Channels: 1}), dims: []int{5}, inverse: true, says: []string{"[batch, 4]", "5"}},
		{name: "factor-out of odd channels", b: given(bijector.FactorOut{Height: 2, Width: 2, Channels: 3, Rest: bijector.Flatten{}}), dims: []int{2, 2, 3}, says: []string{"even number of channels", "3"}},
		{name: "factor-out of other channels", b: given(bijector.FactorOut{Height: 2, Width: 2, Channels: 4, Rest: bijector.Flatten{}}), dims: []int{2, 2, 2}, says: []string{"4 channels", "2"}},
		{name: "factor-out of vectors", b: given(bijector.FactorOut{Height: 2, Width: 2, Channels: 4, Rest: bijector.Flatten{}}), dims: []int{4}, says: []string{"factor-out", "[batch, height, width, channels]"}},
		{name: "inverse factor-out of another latent", b: given(bijector.FactorOut{Height: 2, Width: 2, Channels: 4, Rest: bijector.Flatten{}}), dims: []int{7}, inverse: true, says: []string{"[batch, 16]", "7"}},
		{name: "mask of another image", b: given(&bijector.Coupling{Mask: checker, Net: pair(small), Transform: transform.Affine{}}), dims: []int{4, 6, 1}, says: []string{"mask", "[4 4 1]", "[4 6 1]"}},
		{name: "mask of an image on vectors", b: given(&bijector.Coupling{Mask: checker, Net: pair(small), Transform: transform.Affine{}}), dims: []int{16}, says: []string{"mask", "[4 4 1]", "[16]"}},
		{name: "mask with too few values", b: given(&bijector.Coupling{Mask: bijector.Mask{Dims: []int{3}, Values: []float64{1}}, Net: pair(small), Transform: transform.Affine{}}), dims: []int{3}, says: []string{"mask", "1 value", "3"}},
		{name: "channel mask of odd channels", b: func() bijector.Bijector {
			return &bijector.Coupling{Mask: bijector.ChannelMask(2, 2, 3, true), Net: pair(small), Transform: transform.Affine{}}
		}, dims: []int{2, 2, 3}, says: []string{"even number of channels", "3"}},
		{name: "mask of channel 4 of 4", b: func() bijector.Bijector {
			return &bijector.Coupling{Mask: bijector.KeepChannels(2, 2, 4, 0, 4), Net: pair(small), Transform: transform.Affine{}}
		}, dims: []int{2, 2, 4}, says: []string{"keeps channel 4 of 4"}},
		{name: "unknown translation", b: given(&bijector.Coupling{Mask: bijector.Alternating(2, true), Net: pair(small), Transform: transform.Affine{Translation: "7"}}), dims: []int{2}, says: []string{"translation", "7"}},
		{name: "affine of another length", b: given(bijector.Affine{Shift: []float64{1, 2}, Scale: []float64{1, 2}}), dims: []int{3}, says: []string{"2 shifts", "3 features"}},
		{name: "affine with a zero scale", b: given(bijector.Affine{Shift: []float64{1}, Scale: []float64{0}}), dims: []int{3}, says: []string{"scale", "zero"}},
		{name: "scale by zero", b: given(bijector.Scale{}), dims: []int{3}, says: []string{"scale", "0"}},
		{name: "logit with alpha 0.5", b: given(bijector.Logit{Alpha: 0.5, Levels: 256}), dims: []int{3}, says: []string{"alpha", "0.5"}},
		{name: "logit without levels", b: given(bijector.Logit{Alpha: 0.05}), dims: []int{3}, says: []string{"levels", "0"}},
	}
	backend := goldentest.Backend(t)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			x := tensorOf(make([]float64, batchSize*product(c.dims)), dtypes.Float64, append([]int{batchSize}, c.dims...)...)
			_, err := model.CallOnceN(backend, model.NewStore(), func(s *model.Scope, in []*Node) []*Node {
				f := c.b().Forward
				if c.inverse {
					f = c.b().Inverse
				}
				z, logDet := f(bijector.NewContext(s), in[0])
				return []*Node{z, logDet}
			}, x)
			if err == nil {
				t.Fatal("accepted")
			}
			first, _, _ := strings.Cut(err.Error(), "\n")
			for _, word := range c.says {
				if !strings.Contains(first, word) {
					t.Errorf("%q does not say %q", first, word)
				}
			}
		})
	}
}

func given(b bijector.Bijector) func() bijector.Bijector {
	return func() bijector.Bijector { return b }
}

func product(dims []int) int {
	n := 1
	for _, d := range dims {
		n *= d
	}
	return n
}
