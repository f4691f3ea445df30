package realnvp

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"

	"flowbook/realnvp/bijector"
	"flowbook/realnvp/net"
	"flowbook/realnvp/param"
	"flowbook/realnvp/transform"
)

// flow builds the bijector that a valid Config describes: the data's unit → the latent [batch, D].
func (c Config) flow() bijector.Chain {
	chain := c.preprocessing()
	if !c.IsImage() {
		for i := range c.Couplings {
			chain = c.addCoupling(chain, fmt.Sprintf("coupling%d", i), bijector.Alternating(c.Features, i%2 == 0), c.vectorNet(i))
		}
		return chain
	}
	return append(chain, c.level(0, c.Height, c.Width, c.Channels, c.Planes)...)
}

func (c Config) preprocessing() bijector.Chain {
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

// level is one scale of the multi-scale architecture (section 3.6, eq. 13-16) and all that comes after it.
func (c Config) level(i, h, w, ch, planes int) bijector.Chain {
	var chain bijector.Chain
	if i == c.Scales {
		for k := range c.FinalCouplings {
			chain = c.addCoupling(chain, fmt.Sprintf("final_checkerboard%d", k), c.checkerboard(h, w, ch, k), c.imageNet(planes))
		}
		return append(chain, bijector.Layer{Name: "flatten", Bijector: bijector.Flatten{
			Height: h, Width: w, Channels: ch, ChannelsFirst: c.LatentChannelsFirst}})
	}
	for k := range c.CheckerboardCouplings {
		chain = c.addCoupling(chain, fmt.Sprintf("checkerboard%d", k), c.checkerboard(h, w, ch, k), c.imageNet(planes))
	}
	h, w, ch = h/2, w/2, 4*ch
	chain = append(chain, bijector.Layer{Name: "squeeze", Bijector: bijector.Squeeze2x2{}})
	for k := range c.ChannelCouplings {
		chain = c.addCoupling(chain, fmt.Sprintf("channel%d", k), bijector.ChannelMask(h, w, ch, k%2 == 0), c.imageNet(planes))
	}
	next := planes
	if !c.KeepPlanes {
		next *= 2
	}
	return append(chain, bijector.Layer{Name: "factor_out", Bijector: bijector.FactorOut{
		Height: h, Width: w, Channels: ch, ChannelsFirst: c.LatentChannelsFirst,
		Rest: c.level(i+1, h, w, ch/2, next)}})
}

func (c Config) checkerboard(h, w, ch, k int) bijector.Mask {
	if c.CheckerboardCYX {
		return bijector.CheckerboardCYX(h, w, ch, k%2 == 0)
	}
	return bijector.Checkerboard(h, w, ch, k%2 == 0)
}

// addCoupling appends a coupling, and its batch norm where the Config has one.
func (c Config) addCoupling(chain bijector.Chain, name string, mask bijector.Mask, n net.Net) bijector.Chain {
	chain = append(chain, bijector.Layer{Name: name, Bijector: &bijector.Coupling{
		Mask: mask, Net: net.Pair{S: n, T: n}, PaperInput: c.PaperInput,
		Transform: transform.Affine{
			PerElement: !c.OneFeatureNets, ScaleStart: c.sScale(), Gain: c.SGain, Bound: c.SBound, Translation: c.translation(),
		},
	}})
	if c.hasNorm() {
		chain = append(chain, bijector.Layer{Name: name + "_norm", Bijector: &bijector.BatchNorm{
			Momentum: c.NormMomentum, Epsilon: 1e-5, BiasedVariance: c.NormBiased, Debias: c.NormDebias,
			ByBatch: c.CouplingNorm == BatchNorm,
		}})
	}
	return chain
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

func (c Config) dtype() dtypes.DType {
	if c.DType == "float64" {
		return dtypes.Float64
	}
	return dtypes.Float32
}
