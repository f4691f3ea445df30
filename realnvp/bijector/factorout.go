package bijector

import (
	"slices"

	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

// Flatten lays a sample out as a vector: [batch, h, w, c] → [batch, h·w·c], in the order (y, x, c), or, with
// ChannelsFirst, in the author's order (c, y, x). A permutation: its log-determinant is zero.
type Flatten struct {
	// Height, Width, Channels of the image, needed on the way back.
	Height, Width, Channels int
	// ChannelsFirst chooses the order (c, y, x) in place of (y, x, c).
	ChannelsFirst bool
}

// Forward flattens: [batch, h, w, c] → [batch, h·w·c].
func (f Flatten) Forward(_ *Context, x *Node) (z, logDet *Node) {
	if got := x.Shape().Dimensions[1:]; !slices.Equal(got, []int{f.Height, f.Width, f.Channels}) {
		panicf("flatten of %d×%d×%d got samples of shape %v", f.Height, f.Width, f.Channels, got)
	}
	if f.ChannelsFirst {
		x = TransposeAllAxes(x, 0, 3, 1, 2)
	}
	return Reshape(x, x.Shape().Dim(0), f.size()), zeroLogDet(x)
}

// Inverse restores the image: [batch, h·w·c] → [batch, h, w, c].
func (f Flatten) Inverse(_ *Context, z *Node) (x, logDet *Node) {
	if z.Rank() != 2 || z.Shape().Dim(1) != f.size() {
		panicf("the latent of a %d×%d×%d image has shape [batch, %d], got %s", f.Height, f.Width, f.Channels, f.size(), z.Shape())
	}
	batch := z.Shape().Dim(0)
	if f.ChannelsFirst {
		x = TransposeAllAxes(Reshape(z, batch, f.Channels, f.Height, f.Width), 0, 2, 3, 1)
	} else {
		x = Reshape(z, batch, f.Height, f.Width, f.Channels)
	}
	return x, zeroLogDet(z)
}

func (f Flatten) size() int { return f.Height * f.Width * f.Channels }

// FactorOut sends the second half of the channels to the latent as it is, and the first half through Rest
// (Dinh et al. 2016, section 3.6, eq. 13-16): [batch, h, w, c] → [batch, h·w·c], the factored-out half first.
// Nested in each other, factor-outs give one latent vector whose parts come in the order they were factored out,
// what is left last.
type FactorOut struct {
	// Height, Width, Channels of the image before the split; Channels must be even.
	Height, Width, Channels int
	// Rest maps [batch, h, w, c/2] to [batch, h·w·c/2]; its parameters lie in the sub-scope "rest".
	Rest Bijector
	// ChannelsFirst is Flatten's, for the factored-out half.
	ChannelsFirst bool
}

// Forward splits, sends the first half through Rest, and concatenates [second half, Rest(first half)].
func (f FactorOut) Forward(c *Context, x *Node) (z, logDet *Node) {
	half := f.half()
	if _, _, _, got := imageDims("factor-out", x); got != f.Channels {
		panicf("factor-out of %d channels got %d", f.Channels, got)
	}
	kept := Slice(x, AxisRange(), AxisRange(), AxisRange(), AxisRange(0, f.Channels/2))
	out := Slice(x, AxisRange(), AxisRange(), AxisRange(), AxisRange(f.Channels/2))
	out, _ = half.Forward(c, out)
	rest := f.rest()
	kept, logDet = rest.apply(rest.Forward, c, kept)
	if want := shapes.Make(x.DType(), x.Shape().Dim(0), half.size()); !kept.Shape().Equal(want) {
		panicf("the Rest of a factor-out, a %T, makes latents of %s of what is kept; it has to make %s: end it in a bijector.Flatten", f.Rest, kept.Shape(), want)
	}
	return Concatenate([]*Node{out, kept}, 1), logDet
}

// Inverse puts the two halves together again: [batch, h·w·c] → [batch, h, w, c].
func (f FactorOut) Inverse(c *Context, z *Node) (x, logDet *Node) {
	half := f.half()
	n := half.size()
	if z.Rank() != 2 || z.Shape().Dim(1) != 2*n {
		panicf("the latent of a %d×%d×%d factor-out has shape [batch, %d], got %s", f.Height, f.Width, f.Channels, 2*n, z.Shape())
	}
	out, _ := half.Inverse(c, Slice(z, AxisRange(), AxisRange(0, n)))
	rest := f.rest()
	kept, logDet := rest.apply(rest.Inverse, c, Slice(z, AxisRange(), AxisRange(n)))
	return Concatenate([]*Node{kept, out}, -1), logDet
}

func (f FactorOut) half() Flatten {
	if f.Channels%2 != 0 {
		panicf("factor-out needs an even number of channels, got %d; squeeze first", f.Channels)
	}
	return Flatten{f.Height, f.Width, f.Channels / 2, f.ChannelsFirst}
}

// Children are Rest alone.
func (f FactorOut) Children() []Layer { return []Layer{{"rest", f.Rest}} }

func (f FactorOut) rest() Layer {
	if f.Rest == nil {
		panicf("factor-out of %d channels has no Rest; give it a bijector, such as a bijector.Flatten", f.Channels)
	}
	return f.Children()[0]
}

// WithChildren is the factor-out with another Rest.
func (f FactorOut) WithChildren(children []Layer) Bijector {
	f.Rest = children[0].Bijector
	return f
}
