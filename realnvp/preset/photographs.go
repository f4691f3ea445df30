package preset

import (
	"fmt"

	"flowbook/realnvp/bijector"
	"flowbook/realnvp/transform"
)

// Photographs is this project's flow for colour images of side×side pixels where there is no GPU, [batch, side, side,
// 3] → [batch, side·side·3], of nets with so many planes; side is a multiple of 8. It differs from the article's in
// five ways:
//
//   - It squeezes first, as Digits does: all twelve numbers of a block of 2×2 pixels are channels of one position, and
//     a coupling that keeps half of them has nets of a quarter of the positions, each of which sees twice as far.
//   - Its first two couplings keep a checkerboard that differs between colours (the parity of colour+y+x), so that a
//     pixel's red and blue help to tell its green; those after them keep checkerboards and rows of whole pixels.
//   - Between couplings of the deeper levels 1×1 convolutions mix the channels (Kingma and Dhariwal 2018,
//     arXiv:1807.03039).
//   - ActNorm stands after each coupling in place of a batch norm: what a pixel scores does not hang on running
//     moments that lag behind the weights.
//   - The learned factors of s and t are one a channel, in place of one a position and channel: a photograph's pixels
//     are alike wherever they are, and a factor that learns from all of them has less noise.
//
// The nets are those of the paper, with batch norm: instance norm, the author's, takes each picture's own mean and
// contrast out of what a net says, so that no net can say "as bright as its neighbours". The nets of the second level
// have twice the planes, those of the third three times.
func Photographs(side, planes int) bijector.Chain {
	half, quarter, eighth := side/2, side/4, side/8
	chain := bijector.Chain{logit(), layer("squeeze", bijector.Squeeze2x2{})}
	for k, kept := range pixels {
		mask := bijector.KeepChannels(half, half, 12, kept...)
		chain = append(chain, photoCoupling(fmt.Sprintf("block%d", k), mask, planes)...)
	}
	chain = append(chain, layer("mix", bijector.Conv1x1{}))

	last := append(mixed(eighth, 48, 6, 3*planes),
		layer("flatten", bijector.Flatten{Height: eighth, Width: eighth, Channels: 48}))
	middle := append(mixed(quarter, 24, 8, 2*planes),
		layer("factor_out", bijector.FactorOut{Height: quarter, Width: quarter, Channels: 24, Rest: last}))
	return append(chain, layer("factor_out", bijector.FactorOut{Height: half, Width: half, Channels: 12, Rest: middle}))
}

// pixels are the channels that each coupling of the first level of Photographs keeps. Of a block of four pixels, in the
// order of reading, channels 0 to 3 are the reds, 4 to 7 the greens, 8 to 11 the blues.
var pixels = [][]int{
	{0, 3, 5, 6, 8, 11}, {1, 2, 4, 7, 9, 10}, // a checkerboard of red and blue, the other one of green; and the rest
	{0, 3, 4, 7, 8, 11}, {1, 2, 5, 6, 9, 10}, // a checkerboard
	{0, 1, 4, 5, 8, 9}, {2, 3, 6, 7, 10, 11}, // rows
	{0, 3, 4, 7, 8, 11}, {1, 2, 5, 6, 9, 10},
	{0, 1, 4, 5, 8, 9}, {2, 3, 6, 7, 10, 11},
}

// mixed is a squeeze to side×side positions of so many channels, and couplings of halves of them, with the channels mixed
// before every other one.
func mixed(side, channels, couplings, planes int) bijector.Chain {
	chain := bijector.Chain{layer("squeeze", bijector.Squeeze2x2{})}
	for k := range couplings {
		if k%2 == 0 {
			chain = append(chain, layer(fmt.Sprintf("mix%d", k), bijector.Conv1x1{}))
		}
		mask := bijector.ChannelMask(side, side, channels, k%2 == 0)
		chain = append(chain, photoCoupling(fmt.Sprintf("channel%d", k), mask, planes)...)
	}
	return chain
}

// photoCoupling is an affine coupling and the ActNorm after it.
func photoCoupling(name string, mask bijector.Mask, planes int) bijector.Chain {
	return oneNet(name, mask, planes, transform.Affine{PerChannel: true, Gain: 2, Bound: 4}, bijector.ActNorm{})
}
