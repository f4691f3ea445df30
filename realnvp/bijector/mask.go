package bijector

import (
	"slices"

	"github.com/gomlx/gomlx/core/graph"
)

// Mask says which numbers of a sample a coupling passes unchanged and conditions on (1, b in Dinh et al. 2016,
// section 3.4), and which it transforms (0).
type Mask struct {
	// Dims are the shape of one sample, without the batch axis.
	Dims []int
	// Values are 0 and 1, row-major over Dims.
	Values []float64
}

// Checkerboard is the spatial mask of Dinh et al. 2016, section 3.4 and figure 3 left: 1 where y+x (both from 0) is
// even, or, with oneAtOrigin false, where it is odd, as section 3.4 has it; the masks of couplings alternate (section
// 3.5). All channels share it. Dims are [height, width, channels].
func Checkerboard(height, width, channels int, oneAtOrigin bool) Mask {
	return maskOf(height, width, channels, func(y, x, _ int) bool { return (y+x)%2 == 0 == oneAtOrigin })
}

// CheckerboardCYX is the mask of the author's MNIST code: 1 where channel+y+x is even, or, with oneAtOrigin false,
// where it is odd; for more than one channel it differs from Checkerboard. Dims are [height, width, channels].
func CheckerboardCYX(height, width, channels int, oneAtOrigin bool) Mask {
	return maskOf(height, width, channels, func(y, x, c int) bool { return (c+y+x)%2 == 0 == oneAtOrigin })
}

// maskOf is the mask that is 1 where keeps says so. A side below 0 makes one that fits no sample.
func maskOf(height, width, channels int, keeps func(y, x, c int) bool) Mask {
	m := Mask{Dims: []int{height, width, channels}}
	for y := range height {
		for x := range width {
			for c := range channels {
				m.Values = append(m.Values, one(keeps(y, x, c)))
			}
		}
	}
	return m
}

// ChannelMask is the channel-wise mask of Dinh et al. 2016, section 3.4 and figure 3 right: 1 in the first half of
// the channels, or, with oneInFirstHalf false, in the second. Dims are [height, width, channels]; an odd number of
// channels panics.
func ChannelMask(height, width, channels int, oneInFirstHalf bool) Mask {
	if channels%2 != 0 {
		panicf("a channel mask needs an even number of channels, got %d; squeeze first", channels)
	}
	return maskOf(height, width, channels, func(_, _, c int) bool { return c < channels/2 == oneInFirstHalf })
}

// Alternating is the mask of a vector: 1 at the even features, counted from 0, or, with oneAtOrigin false, at the odd
// ones. Dims are [features].
func Alternating(features int, oneAtOrigin bool) Mask {
	m := Mask{Dims: []int{features}}
	for i := range features {
		m.Values = append(m.Values, one(i%2 == 0 == oneAtOrigin))
	}
	return m
}

// Node gives the mask as a constant of x's type with a batch axis of one, to broadcast over x: [1, Dims...]. It
// panics where Dims are not the shape of x's samples, and for values other than 0 and 1.
func (m Mask) Node(x *graph.Node) *graph.Node {
	if got := x.Shape().Dimensions[1:]; !slices.Equal(got, m.Dims) {
		panicf("mask of shape %v does not fit samples of shape %v", m.Dims, got)
	}
	if n := x.Shape().Size() / x.Shape().Dim(0); n != len(m.Values) {
		panicf("mask of shape %v holds %d value(s), it needs %d", m.Dims, len(m.Values), n)
	}
	for i, v := range m.Values {
		if v != 0 && v != 1 {
			panicf("mask of shape %v holds %v at %d; a coupling passes a number on (1) or transforms it (0)", m.Dims, v, i)
		}
	}
	value := graph.ConstAsDType(x.Graph(), x.DType(), m.Values)
	return graph.Reshape(value, append([]int{1}, m.Dims...)...)
}

func one(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
