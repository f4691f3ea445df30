// Package preset holds functions that return the flows they name: those of Brian Keng's article ("the author's"),
// those of Dinh et al. 2016 (arXiv:1605.08803v3, "the paper's"), Glow's, and those of this project for points and
// tables. Reading one is reading an architecture. Each is a bijector.Chain to change at will, and New builds a model
// of it:
//
//	m, err := realnvp.New(preset.MNIST(), realnvp.Image(28, 28, 1), realnvp.Pixels())
//
// Flows of images map pixels 0…256, [batch, h, w, c], to latents [batch, h·w·c]; those of vectors [batch, features]
// to the same shape. A function that is given sizes checks none of them: New fails for those that do not fit. Scores
// in bits per dimension are those that the sources themselves report; this project's stand in realnvp/bench/README.md
// and the notebooks.
package preset

import (
	"fmt"

	"flowbook/realnvp/bijector"
	"flowbook/realnvp/net"
)

// MultiScale is the multi-scale architecture of images (Dinh et al. 2016, section 3.6, eq. 13-16): at each of Scales
// levels Checkerboards couplings, a squeeze, Channels couplings, and half of the channels factored out; what is left
// passes Final couplings.
type MultiScale struct {
	// Scales is the number of levels; each side of the image must be a multiple of 2^Scales. 0 is Final couplings
	// alone.
	Scales int
	// Checkerboards and Channels are how many couplings a level has before and after its squeeze, Final how many
	// follow the last level; the paper's and the author's are 3, 3 and 4.
	Checkerboards, Channels, Final int
	// Planes is the number of feature maps of the first level's nets; it doubles from level to level, unless
	// KeepPlanes is set.
	Planes int
	// KeepPlanes leaves Planes the same at all levels.
	KeepPlanes bool
	// Coupling makes a coupling of a mask, [h, w, c], whose nets have so many planes. It has to be given.
	Coupling func(mask bijector.Mask, planes int) bijector.Bijector
	// Norm, where it is not nil, makes what stands after each coupling.
	Norm func() bijector.Bijector
	// ChannelsFirst lays each part of the latent out in the author's order, (c, y, x), in place of (y, x, c).
	ChannelsFirst bool
	// CheckerboardCYX makes the checkerboard the parity of channel+y+x, as the author's MNIST code does, in place of y+x.
	CheckerboardCYX bool
}

// Flow is the architecture for images of the given sides, [batch, h, w, c] → [batch, h·w·c].
func (m MultiScale) Flow(h, w, c int) bijector.Chain { return m.level(0, h, w, c, m.Planes) }

// level is one level and all that comes after it.
func (m MultiScale) level(i, h, w, c, planes int) bijector.Chain {
	var chain bijector.Chain
	if i >= m.Scales {
		for k := range m.Final {
			chain = m.add(chain, fmt.Sprintf("final_checkerboard%d", k), m.checkerboard(h, w, c, k), planes)
		}
		return append(chain, layer("flatten", bijector.Flatten{Height: h, Width: w, Channels: c, ChannelsFirst: m.ChannelsFirst}))
	}
	for k := range m.Checkerboards {
		chain = m.add(chain, fmt.Sprintf("checkerboard%d", k), m.checkerboard(h, w, c, k), planes)
	}
	h, w, c = h/2, w/2, 4*c
	chain = append(chain, layer("squeeze", bijector.Squeeze2x2{}))
	for k := range m.Channels {
		chain = m.add(chain, fmt.Sprintf("channel%d", k), bijector.ChannelMask(h, w, c, k%2 == 0), planes)
	}
	next := 2 * planes
	if m.KeepPlanes {
		next = planes
	}
	return append(chain, layer("factor_out", bijector.FactorOut{
		Height: h, Width: w, Channels: c, ChannelsFirst: m.ChannelsFirst,
		Rest: m.level(i+1, h, w, c/2, next),
	}))
}

func (m MultiScale) checkerboard(h, w, c, k int) bijector.Mask {
	if m.CheckerboardCYX {
		return bijector.CheckerboardCYX(h, w, c, k%2 == 0)
	}
	return bijector.Checkerboard(h, w, c, k%2 == 0)
}

func (m MultiScale) add(chain bijector.Chain, name string, mask bijector.Mask, planes int) bijector.Chain {
	var coupling bijector.Bijector // New says which layer has none
	if m.Coupling != nil {
		coupling = m.Coupling(mask, planes)
	}
	chain = append(chain, layer(name, coupling))
	if m.Norm != nil {
		chain = append(chain, layer(name+"_norm", m.Norm()))
	}
	return chain
}

func layer(name string, b bijector.Bijector) bijector.Layer {
	return bijector.Layer{Name: name, Bijector: b}
}

func pair(n net.Net) net.Pair { return net.Pair{S: n, T: n} }
