package preset

import (
	"fmt"

	"flowbook/realnvp/bijector"
	"flowbook/realnvp/net"
	"flowbook/realnvp/transform"
)

// Glow is the architecture of Kingma and Dhariwal 2018 (arXiv:1807.03039, section 3 and figure 2) for images of the
// given sides, [batch, h, w, c] → [batch, h·w·c]: levels of a squeeze, steps of flow and a factor-out, where a step
// is an ActNorm, an invertible 1×1 convolution and an affine coupling of half of the channels. h and w are multiples
// of 2^levels. Before it stands a logit with alpha 0.05. The paper has 3 levels of 32 steps with 512 planes for
// CIFAR-10, and reports 3.35 bits/dim. Its nets end in zeros, and so do these couplings' factors: a step starts as
// the 1×1 convolution alone.
//
// Their net is conv 3×3, conv 1×1, conv 3×3; here it is a residual block of the same width. Their split has a learned
// prior; here what is factored out goes to the latent as it is.
func Glow(h, w, c, levels, steps, planes int) bijector.Chain {
	return append(bijector.Chain{logit()}, glowLevel(h, w, c, levels, steps, planes)...)
}

func glowLevel(h, w, c, levels, steps, planes int) bijector.Chain {
	h, w, c = h/2, w/2, 4*c
	chain := bijector.Chain{layer("squeeze", bijector.Squeeze2x2{})}
	for k := range steps {
		chain = append(chain,
			layer(fmt.Sprintf("actnorm%d", k), bijector.ActNorm{}),
			layer(fmt.Sprintf("conv1x1_%d", k), bijector.Conv1x1{}),
			layer(fmt.Sprintf("coupling%d", k), &bijector.Coupling{
				Mask:      bijector.ChannelMask(h, w, c, true),
				Net:       net.ResNet{Planes: planes, Blocks: 1, Norm: net.NoNorm},
				Transform: transform.Affine{PerElement: true, Bound: 3},
			}))
	}
	if levels <= 1 {
		return append(chain, layer("flatten", bijector.Flatten{Height: h, Width: w, Channels: c}))
	}
	return append(chain, layer("factor_out", bijector.FactorOut{
		Height: h, Width: w, Channels: c, Rest: glowLevel(h, w, c/2, levels-1, steps, planes),
	}))
}
