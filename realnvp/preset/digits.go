package preset

import (
	"fmt"

	"flowbook/realnvp/bijector"
	"flowbook/realnvp/net"
	"flowbook/realnvp/transform"
)

// Digits is this project's flow for 28×28 grey digits where there is no GPU, [batch, 28, 28, 1] → [batch, 784], of
// nets with so many planes. It differs from the article's in three ways:
//
//   - It squeezes first. A coupling that keeps two pixels of each block of four is a checkerboard, or rows, or
//     columns, whose net sees a quarter of the positions, and twice as far.
//   - The couplings of the first level are splines, all but the last two. Most pixels of a digit are black: after
//     dequantization uniform on one grey level. No affine map makes a uniform number normal, and each one left so
//     costs log₂√(2πe/12) = 0.25 bits.
//   - Alpha is small, so that the logit gives that one level the range from −11.5 to −5.5, half of that of all greys
//     together and two of a spline's bins.
//
// The second level mixes the channels by 1×1 convolutions, and its couplings are affine. Its nets have twice the
// planes.
func Digits(planes int) bijector.Chain {
	const side = 28
	half := side / 2
	chain := bijector.Chain{
		layer("logit", bijector.Logit{Alpha: 1e-5, Levels: 256}),
		layer("squeeze", bijector.Squeeze2x2{}),
	}
	pairs := [][]int{{0, 3}, {1, 2}, {0, 1}, {2, 3}, {0, 2}, {1, 3}} // checkerboard, rows, columns
	for k, kept := range pairs {
		var f transform.Transform = transform.Spline{Bins: 8, Bound: 12}
		if k >= 4 {
			f = transform.Affine{PerElement: true, Bound: 4}
		}
		chain = append(chain, digitsCoupling(fmt.Sprintf("block%d", k), bijector.KeepChannels(half, half, 4, kept...), planes, f)...)
	}
	rest := bijector.Chain{layer("squeeze", bijector.Squeeze2x2{})}
	for k := range 6 {
		if k > 0 && k%2 == 0 {
			rest = append(rest, layer(fmt.Sprintf("mix%d", k), bijector.Conv1x1{}))
		}
		mask := bijector.ChannelMask(half/2, half/2, 8, k%2 == 0)
		rest = append(rest, digitsCoupling(fmt.Sprintf("channel%d", k), mask, 2*planes, transform.Affine{PerElement: true, Bound: 4})...)
	}
	rest = append(rest, layer("flatten", bijector.Flatten{Height: half / 2, Width: half / 2, Channels: 8}))
	return append(chain, layer("factor_out", bijector.FactorOut{Height: half, Width: half, Channels: 4, Rest: rest}))
}

// digitsCoupling is a coupling and the batch norm after it.
func digitsCoupling(name string, mask bijector.Mask, planes int, f transform.Transform) bijector.Chain {
	return oneNet(name, mask, planes, f, &bijector.BatchNorm{Momentum: 0.1, Epsilon: 1e-5})
}

// oneNet is a coupling whose one net, of one block, gives all numbers of its transform, and the norm after it.
func oneNet(name string, mask bijector.Mask, planes int, f transform.Transform, norm bijector.Bijector) bijector.Chain {
	resnet := net.ResNet{Planes: planes, Blocks: 1, WeightNorm: true, Norm: net.NetBatchNorm}
	return bijector.Chain{
		layer(name, &bijector.Coupling{Mask: mask, Net: resnet, Transform: f}),
		layer(name+"_norm", norm),
	}
}
