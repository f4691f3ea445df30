package realnvp

import "flowbook/realnvp/net"

// Toy2D is the author's flow for points of the plane: 32 couplings, MLPs of three hidden layers of 20, tanh on both
// outputs, the factor of s from N(0,1); 57,696 parameters. Train it by Adam 1e-3 on batches of 1,000.
func Toy2D() Config {
	return Config{
		Name: "toy2d-author", Features: 2, Couplings: 32, Hidden: []int{20, 20, 20}, OneFeatureNets: true,
		SScale: SScaleNormal, Translation: TanhTranslation,
	}
}

// Toy2DRobust is our flow for points of the plane, for sets that the author's has trouble with: 12 couplings, nets of two
// hidden layers of 32 that see both features, |s| of a coupling kept under 3, t not bounded; 29,256 parameters. Train it
// on batches of 1,000 of 10,000 standardised points by Adam with ClipNorm 1 and a Cosine schedule from 5e-3 over 2,000
// steps. Package preset has a spline flow that learns these sets better: preset.Plane.
func Toy2DRobust() Config {
	return Config{
		Name: "toy2d-robust", Features: 2, Couplings: 12, Hidden: []int{32, 32},
		SScale: SScaleOne, SBound: 3, Translation: RawTranslation,
	}
}

// MNIST is the author's flow for 28×28 grey digits: two levels of 3 checkerboard and 3 channel couplings, 4 final
// ones, 64 planes, 2 blocks, x/255, running batch norm of momentum 0.005. He trained it by Adam 5e-4 on batches of 50
// to 1.67 bits/dim.
func MNIST() Config {
	c := author(28, 28, 1)
	c.Name, c.Scales, c.Blocks, c.Preprocess = "mnist-author", 2, 2, Scale255
	return c
}

// CIFAR10 is the author's flow for 32×32 colour images: three levels, 64 planes, 4 blocks, logit preprocessing with
// alpha 0.05. He trained it by Adam 5e-4, halved every 3 epochs, on batches of 20 with flips, to 3.79 bits/dim in 15
// epochs.
func CIFAR10() Config {
	c := author(32, 32, 3)
	c.Name, c.Scales, c.Blocks, c.Preprocess, c.LogitAlpha = "cifar10-author", 3, 4, Logit, 0.05
	return c
}

// CelebA is the author's flow at 64×64: four levels, 32 planes, 2 blocks, logit preprocessing with alpha 0.05.
func CelebA() Config {
	c := author(64, 64, 3)
	c.Name, c.Scales, c.Planes, c.Blocks, c.Preprocess, c.LogitAlpha = "celeba-author", 4, 32, 2, Logit, 0.05
	return c
}

func author(h, w, ch int) Config {
	return Config{
		Height: h, Width: w, Channels: ch,
		CheckerboardCouplings: 3, ChannelCouplings: 3, FinalCouplings: 4, Planes: 64,
		NetNorm: net.InstanceNorm, WeightNorm: true,
		CouplingNorm: RunningNorm, NormMomentum: 0.005,
	}
}

// PaperCIFAR10 is the paper's flow for CIFAR-10 (Dinh et al. 2016, section 4.1: "For CIFAR-10, we use 8 residual blocks,
// 64 feature maps, and downscale only once"): one level, then the four couplings of the final scale at 16×16; batch and weight norm in the nets, concat(x, −x, mask) as their input, batch norm on the coupling path as in the
// published code. The paper reports 3.49 bits/dim.
func PaperCIFAR10() Config {
	c := paper(32, 32, 3)
	c.Name, c.Scales, c.Planes, c.Blocks = "cifar10-paper", 1, 64, 8
	return c
}

// PaperCelebA is the paper's flow for 64×64 images (section 4.1): 2 residual blocks, 32 maps at the first level, levels
// until what is left is 4×4. The paper reports
// 3.02 bits/dim.
func PaperCelebA() Config {
	c := paper(64, 64, 3)
	c.Name, c.Scales, c.Planes, c.Blocks = "celeba-paper", 4, 32, 2
	return c
}

func paper(h, w, ch int) Config {
	c := author(h, w, ch)
	c.NetNorm, c.PaperInput = net.NetBatchNorm, true
	c.CouplingNorm, c.NormMomentum = BatchNorm, 0.1
	c.Preprocess, c.LogitAlpha = Logit, 0.05
	return c
}
