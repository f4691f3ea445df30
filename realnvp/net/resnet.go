package net

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
)

// ResNet is the residual network of the image models (Dinh et al. 2016, sections 3.7 and 4.1; He et al. 2016,
// arXiv:1512.03385), in the author's order:
//
//	net   = conv in→planes, norm, blocks × block, conv planes→out, norm
//	block = conv, norm, ReLU, conv, norm, + identity, ReLU
//
// with 3×3 convolutions, zero padding and no bias. [batch, h, w, c] → [batch, h, w, out].
type ResNet struct {
	// Planes is the number of feature maps within the network, 1 or more.
	Planes int
	// Blocks is the number of residual blocks, 0 or more.
	Blocks int
	// WeightNorm makes each kernel g·v/‖v‖ of parameters g and v: see Conv.
	WeightNorm bool
	// Norm normalises after each convolution; empty means none.
	Norm Norm
	// Compute, where set, is the type of the network's activations and convolutions, such as BFloat16; its
	// parameters and its output keep the input's type.
	Compute dtypes.DType
	// Params is the type of the parameters and of the output; unset, it is the input's.
	Params dtypes.DType
}

// Apply runs the network: [batch, h, w, c] → [batch, h, w, out].
func (r ResNet) Apply(c *Context, x *Node, out int) *Node {
	if x.Rank() != 4 {
		panicf("a ResNet wants images [batch, height, width, channels], got shape %s; an MLP takes vectors", x.Shape())
	}
	if r.Planes < 1 || r.Blocks < 0 {
		panicf("a ResNet of %d planes and %d blocks; there are 1 plane or more, and 0 blocks or more", r.Planes, r.Blocks)
	}
	if r.Params == dtypes.InvalidDType {
		r.Params = x.DType()
	}
	x = r.convNorm(c.In("conv_in"), WithGiven(c, x), r.Planes)
	for i := range r.Blocks {
		x = r.Block(c.In(fmt.Sprintf("block%d", i)), x)
	}
	return ConvertDType(r.convNorm(c.In("conv_out"), x, out), r.Params)
}

// Block is one residual block, with its parameters in c's scope: [batch, h, w, Planes] → the same.
func (r ResNet) Block(c *Context, x *Node) *Node {
	y := relu(r.convNorm(c.In("conv0"), x, r.Planes))
	y = r.convNorm(c.In("conv1"), y, r.Planes)
	return relu(Add(x, y))
}

func (r ResNet) convNorm(c *Context, x *Node, out int) *Node {
	return r.Norm.Normalize(c, r.Conv(c, x, out))
}

func relu(x *Node) *Node { return Max(x, ScalarZero(x.Graph(), x.DType())) }
