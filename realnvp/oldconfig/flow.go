package oldconfig

import (
	"github.com/gomlx/compute/dtypes"

	"flowbook/realnvp/bijector"
	"flowbook/realnvp/net"
	"flowbook/realnvp/param"
	"flowbook/realnvp/preset"
	"flowbook/realnvp/transform"
)

// Flow builds the bijector that a valid Config describes: the data's unit, [batch, Sample...], → the latent [batch,
// D]. Call Validate before.
func (c Config) Flow() bijector.Chain {
	chain := c.Preprocessing()
	if c.IsImage() {
		return append(chain, c.MultiScale().Flow(c.Height, c.Width, c.Channels)...)
	}
	vectors := preset.Vectors{Features: c.Features, Couplings: c.Couplings, Coupling: func(k int, mask bijector.Mask) bijector.Bijector {
		return c.coupling(mask, c.vectorNet(k))
	}}
	if c.hasNorm() {
		vectors.Norm = c.norm
	}
	return append(chain, vectors.Flow()...)
}

// Preprocessing are the layers before the couplings, of the data's shape: Preprocess, then Shift and Scale; empty
// where there are none.
func (c Config) Preprocessing() bijector.Chain {
	var chain bijector.Chain
	switch c.Preprocess {
	case Scale255:
		chain = append(chain, bijector.Layer{Name: "scale255", Bijector: bijector.Scale{By: 255}})
	case Scale256:
		chain = append(chain, bijector.Layer{Name: "scale256", Bijector: bijector.Scale{By: 256}})
	case Logit:
		chain = append(chain, bijector.Layer{Name: "logit", Bijector: bijector.Logit{Alpha: c.LogitAlpha, Levels: 256}})
	}
	if len(c.Shift) > 0 {
		chain = append(chain, bijector.Layer{Name: "standardize", Bijector: bijector.Affine{Shift: c.Shift, Scale: c.Scale}})
	}
	return chain
}

// MultiScale is the architecture of images (Dinh et al. 2016, arXiv:1605.08803v3, section 3.6).
func (c Config) MultiScale() preset.MultiScale {
	m := preset.MultiScale{
		Scales: c.Scales, Checkerboards: c.CheckerboardCouplings, Channels: c.ChannelCouplings, Final: c.FinalCouplings,
		Planes: c.Planes, KeepPlanes: c.KeepPlanes, ChannelsFirst: c.LatentChannelsFirst, CheckerboardCYX: c.CheckerboardCYX,
		Coupling: func(mask bijector.Mask, planes int) bijector.Bijector { return c.coupling(mask, c.imageNet(planes)) },
	}
	if c.hasNorm() {
		m.Norm = c.norm
	}
	return m
}

func (c Config) coupling(mask bijector.Mask, n net.Net) bijector.Bijector {
	return &bijector.Coupling{
		Mask: mask, Net: net.Pair{S: n, T: n}, PaperInput: c.PaperInput,
		Transform: transform.Affine{
			PerElement: !c.OneFeatureNets, ScaleStart: c.sScale(), Gain: c.SGain, Bound: c.SBound, Translation: c.translation(),
		},
	}
}

// norm is the batch norm after a coupling.
func (c Config) norm() bijector.Bijector {
	return &bijector.BatchNorm{
		Momentum: c.NormMomentum, Epsilon: 1e-5, BiasedVariance: c.NormBiased, Debias: c.NormDebias,
		ByBatch: c.CouplingNorm == BatchNorm,
	}
}

func (c Config) vectorNet(coupling int) net.Net {
	mlp := net.MLP{Hidden: c.Hidden}
	if c.OneFeatureNets {
		return net.OneFeature{Feature: coupling % 2, Net: mlp}
	}
	return mlp
}

func (c Config) imageNet(planes int) net.Net {
	resnet := net.ResNet{Planes: planes, Blocks: c.Blocks, WeightNorm: c.WeightNorm, Norm: c.NetNorm}
	if c.NetDType == "bfloat16" {
		resnet.Compute = dtypes.BFloat16
	}
	return resnet
}

func (c Config) sScale() param.Start {
	switch c.SScale {
	case SScaleNormal:
		return param.AtNormal
	case SScaleOne:
		return param.AtOne
	}
	return param.AtZero
}

func (c Config) translation() transform.Translation {
	switch c.Translation {
	case TanhTranslation:
		return transform.TanhTranslation
	case RawTranslation:
		return transform.RawTranslation
	}
	return transform.AffineTranslation
}
