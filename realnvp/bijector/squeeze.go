package bijector

import (
	. "github.com/gomlx/gomlx/core/graph"
)

// Squeeze2x2 trades space for channels (Dinh et al. 2016, section 3.6 and figure 3):
// [batch, h, w, c] → [batch, h/2, w/2, 4c], output channel c·4 + dy·2 + dx. h and w must be even.
// A permutation: its log-determinant is zero.
type Squeeze2x2 struct{}

// Forward squeezes: [batch, h, w, c] → [batch, h/2, w/2, 4c].
func (Squeeze2x2) Forward(_ *Context, x *Node) (z, logDet *Node) {
	b, h, w, c := imageDims("squeeze", x)
	if h%2 != 0 || w%2 != 0 {
		panicf("squeeze needs even sides, got an image of %d×%d; pad or crop it", h, w)
	}
	z = Reshape(x, b, h/2, 2, w/2, 2, c)
	z = TransposeAllAxes(z, 0, 1, 3, 5, 2, 4)
	return Reshape(z, b, h/2, w/2, 4*c), zeroLogDet(x)
}

// Inverse undoes the squeeze: [batch, h, w, 4c] → [batch, 2h, 2w, c].
func (Squeeze2x2) Inverse(_ *Context, z *Node) (x, logDet *Node) {
	b, h, w, c := imageDims("squeeze inverse", z)
	if c%4 != 0 {
		panicf("the inverse of squeeze needs a multiple of 4 channels, got %d", c)
	}
	x = Reshape(z, b, h, w, c/4, 2, 2)
	x = TransposeAllAxes(x, 0, 1, 4, 2, 5, 3)
	return Reshape(x, b, 2*h, 2*w, c/4), zeroLogDet(z)
}

func imageDims(who string, x *Node) (batch, height, width, channels int) {
	if x.Rank() != 4 {
		panicf("%s wants images [batch, height, width, channels], got shape %s", who, x.Shape())
	}
	d := x.Shape().Dimensions
	return d[0], d[1], d[2], d[3]
}
