package bijector_test

import (
	"fmt"

	"flowbook/realnvp/bijector"
	"flowbook/realnvp/net"
	"flowbook/realnvp/transform"
)

// subject is one line of the property table: a bijector and the sample shapes it is tried on.
type subject struct {
	name string
	// dims are sample shapes, without the batch axis; each trial draws one of them.
	dims [][]int
	// build makes the bijector for one of them.
	build func(dims []int) bijector.Bijector
	// pixels draws the data from 0…256 instead of N(0, 1).
	pixels bool
	// training runs it as in training: batch norm then moves its running moments, and couples the samples of a batch,
	// so that no Jacobian of one sample exists. Evaluation with the moved moments must give the same instead.
	training bool
}

var (
	vectors = [][]int{{2}, {5}}
	images  = [][]int{{4, 4, 2}, {2, 6, 1}}
	small   = net.MLP{Hidden: []int{6}}
	halfOff = transform.Affine{PerElement: true}

	translations = []transform.Translation{transform.AffineTranslation, transform.TanhTranslation, transform.RawTranslation}
)

func resnet(norm net.Norm, weightNorm bool) net.ResNet {
	return net.ResNet{Planes: 3, Blocks: 1, Norm: norm, WeightNorm: weightNorm}
}

func pair(n net.Net) net.Pair { return net.Pair{S: n, T: n} }

// fixed is a bijector that does not depend on the shape.
func fixed(b bijector.Bijector) func([]int) bijector.Bijector {
	return func([]int) bijector.Bijector { return b }
}

// vectorCoupling and imageCoupling are couplings with one part of their form chosen.
func vectorCoupling(f transform.Transform) func([]int) bijector.Bijector {
	return func(d []int) bijector.Bijector {
		return &bijector.Coupling{Mask: bijector.Alternating(d[0], true), Net: pair(small), Transform: f}
	}
}

func imageCoupling(mask func(h, w, c int, one bool) bijector.Mask, one bool, n net.Net) func([]int) bijector.Bijector {
	return func(d []int) bijector.Bijector {
		return &bijector.Coupling{Mask: mask(d[0], d[1], d[2], one), Net: pair(n), Transform: halfOff}
	}
}

// subjects is every bijector of the package, alone and composed. A new one is a line here.
var subjects = []subject{
	{name: "Scale", dims: images, build: fixed(bijector.Scale{By: 255}), pixels: true},
	{name: "Logit", dims: images, build: fixed(bijector.Logit{Alpha: 0.05, Levels: 256}), pixels: true},
	{name: "Logit, unit interval", dims: vectors, build: fixed(bijector.Logit{Alpha: 0.05, Levels: 256}), pixels: true},
	{name: "Affine, one number", dims: images, build: fixed(bijector.Affine{Shift: []float64{3}, Scale: []float64{-0.5}})},
	{name: "Affine, per feature", dims: vectors, build: func(d []int) bijector.Bijector {
		a := bijector.Affine{}
		for i := range d[0] {
			a.Shift, a.Scale = append(a.Shift, float64(i)), append(a.Scale, 0.5+float64(i))
		}
		return a
	}},
	{name: "Flip", dims: append(vectors, images...), build: fixed(bijector.Flip{})},
	{name: "Permute", dims: [][]int{{3}, {2, 2, 3}}, build: fixed(bijector.Permute{Order: []int{2, 0, 1}})},
	{name: "ActNorm", dims: append(vectors, images...), build: fixed(bijector.ActNorm{})},
	{name: "Conv1x1", dims: [][]int{{5}, {2}, {4, 2, 3}, {2, 2, 1}}, build: fixed(bijector.Conv1x1{})},
	{name: "Squeeze2x2", dims: [][]int{{2, 2, 1}, {4, 6, 3}}, build: fixed(bijector.Squeeze2x2{})},
	{name: "Flatten", dims: images, build: func(d []int) bijector.Bijector {
		return bijector.Flatten{Height: d[0], Width: d[1], Channels: d[2]}
	}},
	{name: "Flatten, channels first", dims: images, build: func(d []int) bijector.Bijector {
		return bijector.Flatten{Height: d[0], Width: d[1], Channels: d[2], ChannelsFirst: true}
	}},
	{name: "FactorOut", dims: [][]int{{2, 2, 4}, {4, 2, 2}}, build: func(d []int) bijector.Bijector {
		return factorOut(d, false, bijector.Chain{coupling("c", d[0], d[1], d[2]/2), flatten(d[0], d[1], d[2]/2)})
	}},
	{name: "FactorOut, nested, channels first", dims: [][]int{{4, 4, 1}, {4, 8, 1}}, build: func(d []int) bijector.Bijector {
		return nested(d[0], d[1], d[2])
	}},
	{name: "BatchNorm", dims: append(vectors, images...), build: fixed(norm())},
	{name: "BatchNorm, training", dims: append(vectors, images...), build: fixed(norm()), training: true},
	{name: "BatchNorm, biased, training", dims: images, training: true,
		build: fixed(&bijector.BatchNorm{Momentum: 0.5, Epsilon: 1e-5, BiasedVariance: true})},
	{name: "BatchNorm, Debias, training", dims: images, training: true,
		build: fixed(&bijector.BatchNorm{Momentum: 0.05, Epsilon: 1e-5, Debias: true})},
	{name: "BatchNorm, ByBatch", dims: images, build: fixed(&bijector.BatchNorm{Momentum: 0.1, Epsilon: 1e-3, ByBatch: true})},
	{name: "Coupling, one scale, affine", dims: vectors, build: vectorCoupling(transform.Affine{})},
	{name: "Coupling, one scale, tanh", dims: vectors, build: vectorCoupling(transform.Affine{Translation: transform.TanhTranslation})},
	{name: "Coupling, one scale, raw", dims: vectors, build: vectorCoupling(transform.Affine{Translation: transform.RawTranslation})},
	{name: "Coupling, per element, affine", dims: vectors, build: vectorCoupling(halfOff)},
	{name: "Coupling, per element, tanh", dims: vectors, build: vectorCoupling(transform.Affine{PerElement: true, Translation: transform.TanhTranslation})},
	{name: "Coupling, per channel, affine", dims: [][]int{{2, 3, 4}}, build: func(d []int) bijector.Bijector {
		return &bijector.Coupling{
			Mask: bijector.ChannelMask(d[0], d[1], d[2], true), Net: resnet(net.NetBatchNorm, true),
			Transform: transform.Affine{PerChannel: true, Gain: 2, Bound: 4},
		}
	}},
	{name: "Coupling, bounded, raw", dims: vectors,
		build: vectorCoupling(transform.Affine{PerElement: true, Bound: 0.3, Translation: transform.RawTranslation})},
	{name: "Coupling, spline", dims: vectors, build: func(d []int) bijector.Bijector {
		return &bijector.Coupling{Mask: bijector.Alternating(d[0], true), Net: small, Transform: transform.Spline{Bins: 5, Bound: 1.5}}
	}},
	{name: "Coupling, spline, image", dims: [][]int{{2, 2, 2}}, build: func(d []int) bijector.Bijector {
		return &bijector.Coupling{Mask: bijector.Checkerboard(d[0], d[1], d[2], true), Net: resnet(net.InstanceNorm, false), Transform: transform.Spline{Bins: 3}}
	}},
	{name: "Coupling, OneFeature", dims: [][]int{{2}}, build: func(d []int) bijector.Bijector {
		return &bijector.Coupling{
			Mask: bijector.Alternating(2, false), Net: pair(net.OneFeature{Feature: 1, Net: small}),
			Transform: transform.Affine{Translation: transform.TanhTranslation},
		}
	}},
	{name: "Coupling, checkerboard", dims: images, build: imageCoupling(bijector.Checkerboard, true, resnet(net.InstanceNorm, true))},
	{name: "Coupling, checkerboard, odd", dims: images, build: imageCoupling(bijector.Checkerboard, false, resnet(net.NetBatchNorm, true))},
	{name: "Coupling, author's checkerboard", dims: images, build: imageCoupling(bijector.CheckerboardCYX, true, resnet(net.NoNorm, false))},
	{name: "Coupling, channels", dims: [][]int{{2, 3, 4}}, build: imageCoupling(bijector.ChannelMask, true, resnet(net.InstanceNorm, true))},
	{name: "Coupling, channels, second half", dims: [][]int{{4, 4, 2}}, build: imageCoupling(bijector.ChannelMask, false, resnet(net.NoNorm, true))},
	{name: "Coupling, paper's input", dims: images, build: func(d []int) bijector.Bijector {
		return &bijector.Coupling{
			Mask: bijector.Checkerboard(d[0], d[1], d[2], true), Net: pair(resnet(net.NetBatchNorm, true)), PaperInput: true,
			Transform: transform.Affine{PerElement: true, Translation: transform.RawTranslation},
		}
	}},
	{name: "Chain, empty", dims: vectors, build: fixed(bijector.Chain{})},
	{name: "Chain, 2D flow", dims: [][]int{{2}}, build: flow2D},
	{name: "Chain, 2D flow, training", dims: [][]int{{2}}, build: flow2D, training: true},
	{name: "Chain, multi-scale images", dims: [][]int{{4, 4, 3}}, build: multiScale, pixels: true},
	{name: "Chain, multi-scale images, training", dims: [][]int{{4, 4, 1}}, build: multiScale, pixels: true, training: true},
}

func norm() *bijector.BatchNorm { return &bijector.BatchNorm{Momentum: 0.05, Epsilon: 1e-5} }

// coupling is a small one, where the order of the parts is what is tried.
func coupling(name string, h, w, c int) bijector.Layer {
	return bijector.Layer{Name: name, Bijector: imageCoupling(bijector.Checkerboard, true, resnet(net.NoNorm, false))([]int{h, w, c})}
}

func flatten(h, w, c int) bijector.Layer {
	return bijector.Layer{Name: "flatten", Bijector: bijector.Flatten{Height: h, Width: w, Channels: c}}
}

func factorOut(d []int, channelsFirst bool, rest bijector.Bijector) bijector.Bijector {
	return bijector.FactorOut{Height: d[0], Width: d[1], Channels: d[2], ChannelsFirst: channelsFirst, Rest: rest}
}

// nested squeezes and factors out until a side is 1, with a coupling at each scale.
func nested(h, w, c int) bijector.Bijector {
	if h < 2 || w < 2 {
		return bijector.Flatten{Height: h, Width: w, Channels: c, ChannelsFirst: true}
	}
	return bijector.Chain{
		coupling("coupling", h, w, c),
		{Name: "squeeze", Bijector: bijector.Squeeze2x2{}},
		{Name: "factor_out", Bijector: factorOut([]int{h / 2, w / 2, 4 * c}, true, nested(h/2, w/2, 2*c))},
	}
}

// flow2D is a small flow of vectors: standardise, then couplings with batch norm between them.
func flow2D(d []int) bijector.Bijector {
	flow := bijector.Chain{{Name: "standardize", Bijector: bijector.Affine{Shift: []float64{0.5}, Scale: []float64{2}}}}
	for i := range 4 {
		flow = append(flow,
			bijector.Layer{Name: fmt.Sprintf("coupling%d", i), Bijector: vectorCoupling(transform.Affine{PerElement: true, Translation: translations[i%3]})(d)},
			bijector.Layer{Name: fmt.Sprintf("flip%d", i), Bijector: bijector.Flip{}})
	}
	return append(flow, bijector.Layer{Name: "norm", Bijector: norm()})
}

// multiScale is a small image flow of the paper's form: logit, checkerboards, squeeze, channel masks, factor-out, and
// a last scale.
func multiScale(d []int) bijector.Bijector {
	h, w, c := d[0], d[1], d[2]
	channels := imageCoupling(bijector.ChannelMask, true, resnet(net.InstanceNorm, true))
	rest := bijector.Chain{
		coupling("coupling", h/2, w/2, 2*c),
		{Name: "norm", Bijector: norm()},
		flatten(h/2, w/2, 2*c),
	}
	return bijector.Chain{
		{Name: "logit", Bijector: bijector.Logit{Alpha: 0.05, Levels: 256}},
		coupling("checkerboard", h, w, c),
		{Name: "norm0", Bijector: norm()},
		{Name: "squeeze", Bijector: bijector.Squeeze2x2{}},
		{Name: "channels", Bijector: channels([]int{h / 2, w / 2, 4 * c})},
		{Name: "norm1", Bijector: norm()},
		{Name: "factor_out", Bijector: factorOut([]int{h / 2, w / 2, 4 * c}, false, rest)},
	}
}
