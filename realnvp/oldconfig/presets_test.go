package oldconfig

import "flowbook/realnvp/net"

// These are the Configs that checkpoints of the presets hold.

func toy2D() Config {
	return Config{
		Name: "toy2d-author", Features: 2, Couplings: 32, Hidden: []int{20, 20, 20}, OneFeatureNets: true,
		SScale: SScaleNormal, Translation: TanhTranslation,
	}
}

func toy2DRobust() Config {
	return Config{
		Name: "toy2d-robust", Features: 2, Couplings: 12, Hidden: []int{32, 32},
		SScale: SScaleOne, SBound: 3, Translation: RawTranslation,
	}
}

func mnist() Config {
	c := author(28, 28, 1)
	c.Name, c.Scales, c.Blocks, c.Preprocess = "mnist-author", 2, 2, Scale255
	return c
}

func cifar10() Config {
	c := author(32, 32, 3)
	c.Name, c.Scales, c.Blocks, c.Preprocess, c.LogitAlpha = "cifar10-author", 3, 4, Logit, 0.05
	return c
}

func celeba() Config {
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

func paperCIFAR10() Config {
	c := paper(32, 32, 3)
	c.Name, c.Scales, c.Planes, c.Blocks = "cifar10-paper", 1, 64, 8
	return c
}

func paperCelebA() Config {
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
