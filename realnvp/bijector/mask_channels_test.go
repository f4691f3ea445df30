package bijector_test

import (
	"encoding/json"
	"slices"
	"strings"
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

// TestKeptChannelsAreWrittenByName, not number by number; a mask that is other at one position is written whole.
func TestKeptChannelsAreWrittenByName(t *testing.T) {
	kept := bijector.KeepChannels(2, 3, 4, 0, 3)
	odd := bijector.KeepChannels(2, 3, 4, 0, 3)
	odd.Values[23] = 0
	none := bijector.KeepChannels(1, 2, 3)
	for _, c := range []struct {
		mask bijector.Mask
		want string
	}{
		{kept, `{"pattern":"keep_channels","kept":[0,3],"dims":[2,3,4]}`},
		{none, `{"pattern":"keep_channels","dims":[1,2,3]}`},
		{odd, `"values":[1,0,0,1,`},
	} {
		data, err := json.Marshal(c.mask)
		if err != nil || !strings.Contains(string(data), c.want) {
			t.Errorf("%v is written as %s (%v), want %s", c.mask, data, err, c.want)
		}
		var back bijector.Mask
		if err := json.Unmarshal(data, &back); err != nil || !slices.Equal(back.Values, c.mask.Values) {
			t.Errorf("%s is read as %v (%v)", data, back, err)
		}
	}
	if err := json.Unmarshal([]byte(`{"pattern":"keep_channels","kept":[4],"dims":[2,3,4]}`), &kept); err == nil {
		t.Error("channel 4 of 4 was kept")
	}
}
