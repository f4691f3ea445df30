package preset

import (
	"flowbook/realnvp/bijector"
	"flowbook/realnvp/net"
	"flowbook/realnvp/transform"
)

// MNIST is the flow of the article's author, Brian Keng, for 28×28 grey digits, [batch, 28, 28, 1] → [batch, 784]:
// two levels, 64 planes, 2 blocks, x/255. He trained it by Adam 5e-4 on batches of 50, and reports 1.67 bits/dim.
func MNIST() bijector.Chain {
	return append(bijector.Chain{layer("scale255", bijector.Scale{By: 255})},
		Author(2, 64, 2).Flow(28, 28, 1)...)
}

// CIFAR10 is the author's flow for 32×32 colour images, [batch, 32, 32, 3] → [batch, 3072]: three levels, 64 planes,
// 4 blocks, logit with alpha 0.05. He trained it by Adam 5e-4, halved every 3 epochs, on batches of 20 with flips,
// and reports 3.79 bits/dim after 15 epochs.
func CIFAR10() bijector.Chain {
	return append(bijector.Chain{logit()}, Author(3, 64, 4).Flow(32, 32, 3)...)
}

// CelebA is the author's flow at 64×64, [batch, 64, 64, 3] → [batch, 12288]: four levels, 32 planes, 2 blocks, logit
// with alpha 0.05.
func CelebA() bijector.Chain {
	return append(bijector.Chain{logit()}, Author(4, 32, 2).Flow(64, 64, 3)...)
}

// PaperCIFAR10 is the paper's flow for CIFAR-10, [batch, 32, 32, 3] → [batch, 3072] (Dinh et al. 2016, section 4.1:
// "For CIFAR-10, we use 8 residual blocks, 64 feature maps, and downscale only once"). The paper reports 3.49
// bits/dim.
func PaperCIFAR10() bijector.Chain {
	return append(bijector.Chain{logit()}, paper(1, 64, 8).Flow(32, 32, 3)...)
}

// PaperCelebA is the paper's flow for 64×64 images, [batch, 64, 64, 3] → [batch, 12288] (Dinh et al. 2016, section
// 4.1): 2 residual blocks, 32 maps at the first level, levels until what is left is 4×4. The paper reports 3.02
// bits/dim.
func PaperCelebA() bijector.Chain {
	return append(bijector.Chain{logit()}, paper(4, 32, 2).Flow(64, 64, 3)...)
}

func logit() bijector.Layer {
	return layer("logit", bijector.Logit{Alpha: 0.05, Levels: 256})
}

// Author is the architecture of the article's author, of so many levels, and of nets with so many planes at the first
// level and so many blocks: residual nets with instance and weight norm, s = scale·tanh, running batch norm of
// momentum 0.005 after each coupling. It has no preprocessing; MNIST and CIFAR10 put theirs before it.
func Author(scales, planes, blocks int) MultiScale {
	return MultiScale{
		Scales: scales, Checkerboards: 3, Channels: 3, Final: 4, Planes: planes,
		Coupling: func(mask bijector.Mask, planes int) bijector.Bijector {
			resnet := net.ResNet{Planes: planes, Blocks: blocks, WeightNorm: true, Norm: net.InstanceNorm}
			return &bijector.Coupling{Mask: mask, Net: pair(resnet), Transform: transform.Affine{PerElement: true}}
		},
		Norm: func() bijector.Bijector { return &bijector.BatchNorm{Momentum: 0.005, Epsilon: 1e-5} },
	}
}

// paper is the paper's, as its published code has it: batch and weight norm in the nets, which see concat(x, −x, mask),
// and batch norm by the batch's own moments after each coupling.
func paper(scales, planes, blocks int) MultiScale {
	return MultiScale{
		Scales: scales, Checkerboards: 3, Channels: 3, Final: 4, Planes: planes,
		Coupling: func(mask bijector.Mask, planes int) bijector.Bijector {
			resnet := net.ResNet{Planes: planes, Blocks: blocks, WeightNorm: true, Norm: net.NetBatchNorm}
			return &bijector.Coupling{Mask: mask, Net: pair(resnet), Transform: transform.Affine{PerElement: true}, PaperInput: true}
		},
		Norm: func() bijector.Bijector { return &bijector.BatchNorm{Momentum: 0.1, Epsilon: 1e-5, ByBatch: true} },
	}
}
