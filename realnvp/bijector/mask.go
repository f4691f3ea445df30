package bijector

import (
	"github.com/gomlx/gomlx/core/graph"
)

// Mask says which numbers of a sample a coupling passes unchanged and conditions on (1, the paper's b), and which it
// transforms (0). Values are row-major over Dims, the shape of one sample without the batch axis.
type Mask struct {
	Dims   []int
	Values []float64
}

// Checkerboard is the spatial mask of Dinh et al. 2016, figure 3 left: 1 where (y+x) is even, or, with
// oneAtOrigin false, where it is odd, as section 3.4 has it; the masks of couplings alternate (section 3.5). All channels share it. Dims are [height, width, channels].
func Checkerboard(height, width, channels int, oneAtOrigin bool) Mask {
	m := Mask{Dims: []int{height, width, channels}, Values: make([]float64, 0, height*width*channels)}
	for y := range height {
		for x := range width {
			for range channels {
				m.Values = append(m.Values, one((y+x)%2 == 0 == oneAtOrigin))
			}
		}
	}
	return m
}

// CheckerboardCYX is the mask of the author's MNIST code: the parity of channel+y+x, which for more than one channel
// differs from Checkerboard. Dims are [height, width, channels].
func CheckerboardCYX(height, width, channels int, oneAtOrigin bool) Mask {
	m := Mask{Dims: []int{height, width, channels}, Values: make([]float64, 0, height*width*channels)}
	for y := range height {
		for x := range width {
			for c := range channels {
				m.Values = append(m.Values, one((c+y+x)%2 == 0 == oneAtOrigin))
			}
		}
	}
	return m
}

// ChannelMask is the channel-wise mask of Dinh et al. 2016, figure 3 right: 1 in the first half of the channels, or,
// with oneInFirstHalf false, in the second. Dims are [height, width, channels]; channels must be even.
func ChannelMask(height, width, channels int, oneInFirstHalf bool) Mask {
	if channels%2 != 0 {
		panicf("a channel mask needs an even number of channels, got %d; squeeze first", channels)
	}
	kept := make([]int, channels/2)
	for i := range kept {
		kept[i] = i
		if !oneInFirstHalf {
			kept[i] += channels / 2
		}
	}
	return KeepChannels(height, width, channels, kept...)
}

// Alternating is the mask of a vector: 1 at the even features, or, with oneAtOrigin false, at the odd ones.
// Dims are [features].
func Alternating(features int, oneAtOrigin bool) Mask {
	m := Mask{Dims: []int{features}, Values: make([]float64, features)}
	for i := range features {
		m.Values[i] = one(i%2 == 0 == oneAtOrigin)
	}
	return m
}

// Node gives the mask as a constant of x's type with a batch axis of one, to broadcast over x: [1, Dims...].
func (m Mask) Node(x *graph.Node) *graph.Node {
	if got := x.Shape().Dimensions[1:]; !equalDims(got, m.Dims) {
		panicf("mask of shape %v does not fit samples of shape %v", m.Dims, got)
	}
	if n := x.Shape().Size() / x.Shape().Dim(0); n != len(m.Values) {
		panicf("mask of shape %v holds %d value(s), it needs %d", m.Dims, len(m.Values), n)
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

func equalDims(a, b []int) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
