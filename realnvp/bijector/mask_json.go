package bijector

import (
	"encoding/json"
	"fmt"
	"slices"
)

// maskPatterns are the masks that a checkpoint names; one of another kind is written number by number.
var maskPatterns = []struct {
	name string
	rank int
	make func(dims []int, oneFirst bool) Mask
}{
	{"alternating", 1, func(d []int, one bool) Mask { return Alternating(d[0], one) }},
	{"checkerboard", 3, func(d []int, one bool) Mask { return Checkerboard(d[0], d[1], d[2], one) }},
	{"checkerboard_cyx", 3, func(d []int, one bool) Mask { return CheckerboardCYX(d[0], d[1], d[2], one) }},
	{"channels", 3, func(d []int, one bool) Mask { return ChannelMask(d[0], d[1], d[2], one) }},
}

// keepChannels is the pattern of KeepChannels, which names the channels in place of OneFirst.
const keepChannels = "keep_channels"

// maskJSON is a Mask in a checkpoint.
type maskJSON struct {
	Pattern  string    `json:"pattern,omitempty"`
	OneFirst bool      `json:"one_first,omitempty"`
	Kept     []int     `json:"kept,omitempty"`
	Dims     []int     `json:"dims"`
	Values   []float64 `json:"values,omitempty"`
}

// MarshalJSON writes the mask by the name of its pattern, such as
// {"pattern":"checkerboard","one_first":true,"dims":[28,28,1]}, and one that is of no pattern number by number.
func (m Mask) MarshalJSON() ([]byte, error) {
	for _, p := range maskPatterns {
		for _, one := range []bool{true, false} {
			if len(m.Dims) != p.rank || p.name == "channels" && m.Dims[2]%2 != 0 {
				continue
			}
			if slices.Equal(p.make(m.Dims, one).Values, m.Values) {
				return json.Marshal(maskJSON{Pattern: p.name, OneFirst: one, Dims: m.Dims})
			}
		}
	}
	if kept, ok := m.keptChannels(); ok {
		return json.Marshal(maskJSON{Pattern: keepChannels, Kept: kept, Dims: m.Dims})
	}
	return json.Marshal(maskJSON{Dims: m.Dims, Values: m.Values})
}

// UnmarshalJSON reads what MarshalJSON wrote. It fails for a pattern that is not known, or that Dims do not fit.
func (m *Mask) UnmarshalJSON(data []byte) error {
	var read maskJSON
	if err := json.Unmarshal(data, &read); err != nil {
		return err
	}
	if read.Pattern == "" {
		*m = Mask{Dims: read.Dims, Values: read.Values}
		return nil
	}
	if read.Pattern == keepChannels && len(read.Dims) == 3 && slices.Min(read.Dims) >= 1 {
		for _, i := range read.Kept {
			if i < 0 || i >= read.Dims[2] {
				return fmt.Errorf("bijector: a mask that keeps channel %d of %d", i, read.Dims[2])
			}
		}
		*m = KeepChannels(read.Dims[0], read.Dims[1], read.Dims[2], read.Kept...)
		return nil
	}
	for _, p := range maskPatterns {
		if p.name != read.Pattern || len(read.Dims) != p.rank || slices.Min(read.Dims) < 1 {
			continue
		}
		if p.name == "channels" && read.Dims[2]%2 != 0 {
			return fmt.Errorf("bijector: a channel mask of %d channels; they must be even", read.Dims[2])
		}
		*m = p.make(read.Dims, read.OneFirst)
		return nil
	}
	return fmt.Errorf("bijector: no mask of pattern %q and shape %v is known", read.Pattern, read.Dims)
}
