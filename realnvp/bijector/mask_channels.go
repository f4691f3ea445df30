package bijector

import "slices"

// KeepChannels is the mask that is 1 in the channels named, by their index from 0, at every position, and 0 in the
// others. Of a grey image squeezed to 2×2 blocks the channels are a block's pixels in the order of reading: keeping 0
// and 3 is the checkerboard of the image before the squeeze, keeping 0 and 1 its even rows, keeping 0 and 2 its even
// columns. Dims are [height, width, channels]; a channel that is not there panics.
func KeepChannels(height, width, channels int, kept ...int) Mask {
	for _, i := range kept {
		if i < 0 || i >= channels {
			panicf("a mask that keeps channel %d of %d; they count from 0", i, channels)
		}
	}
	return maskOf(height, width, channels, func(_, _, c int) bool { return slices.Contains(kept, c) })
}

// keptChannels are the channels that KeepChannels would make this mask of, if it is one of its.
func (m Mask) keptChannels() (kept []int, ok bool) {
	if len(m.Dims) != 3 || slices.Min(m.Dims) < 1 || len(m.Values) < m.Dims[2] {
		return nil, false
	}
	for i, value := range m.Values[:m.Dims[2]] {
		if value == 1 {
			kept = append(kept, i)
		}
	}
	return kept, slices.Equal(KeepChannels(m.Dims[0], m.Dims[1], m.Dims[2], kept...).Values, m.Values)
}
