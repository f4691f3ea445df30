package bijector_test

import (
	"slices"
	"testing"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"flowbook/realnvp/bijector"
	"flowbook/realnvp/internal/goldentest"
)

// TestKeepChannelsIsACheckerboard: channels 0 and 3 of a squeezed image are the checkerboard of the image itself.
func TestKeepChannelsIsACheckerboard(t *testing.T) {
	board := bijector.Checkerboard(4, 6, 1, true)
	x := goldentest.Array{Shape: []int{1, 4, 6, 1}, Data: board.Values}
	out := goldentest.Run(t, goldentest.Backend(t), model.NewStore(), func(s *model.Scope, in []*Node) []*Node {
		z, _ := bijector.Squeeze2x2{}.Forward(bijector.NewContext(s), in[0])
		return []*Node{z}
	}, x.Tensor(dtypes.Float64))
	if got, want := goldentest.Floats(t, out[0]), bijector.KeepChannels(2, 3, 4, 0, 3).Values; !slices.Equal(got, want) {
		t.Errorf("the squeezed checkerboard is %v, the mask %v", got, want)
	}
}
