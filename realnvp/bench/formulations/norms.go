package main

import (
	. "github.com/gomlx/gomlx/core/graph"
)

const epsilon = 1e-5

// norms compute the instance norm of x [b,h,w,c].
var norms = []struct {
	name string
	fn   func(x *Node) *Node
}{
	{"natural", normNatural},
	{"own gradient", normOwnGradient},
	{"one pass, own gradient", normOnePass},
	{"rsqrt, own gradient", normRsqrt},
	{"dots, own gradient", normDots},
}

func meanOf(x *Node) *Node { return ReduceAndKeep(x, ReduceMean, 1, 2) }

func normNatural(x *Node) *Node {
	centred := Sub(x, meanOf(x))
	return Div(centred, Sqrt(AddScalar(meanOf(Square(centred)), epsilon)))
}

// unaryWithGradient is f with a gradient of its own: given v and f's result.
func unaryWithGradient(x *Node, f func(x *Node) *Node, gradient func(v *Node) *Node) *Node {
	var adjoint *Node
	y := f(IdentityWithCustomGradient(x, func(_, _ *Node) *Node { return gradient(adjoint) }))
	return IdentityWithCustomGradient(y, func(_, v *Node) *Node { adjoint = v; return v })
}

func normOwnGradient(x *Node) *Node {
	var std, z *Node
	return unaryWithGradient(x, func(x *Node) *Node {
		centred := Sub(x, meanOf(x))
		std = Sqrt(AddScalar(meanOf(Square(centred)), epsilon))
		z = Div(centred, std)
		return z
	}, func(v *Node) *Node {
		return Div(Sub(v, Add(meanOf(v), Mul(z, meanOf(Mul(v, z))))), std)
	})
}

func normRsqrt(x *Node) *Node {
	var rstd, z *Node
	return unaryWithGradient(x, func(x *Node) *Node {
		centred := Sub(x, meanOf(x))
		rstd = Reciprocal(Sqrt(AddScalar(meanOf(Square(centred)), epsilon)))
		z = Mul(centred, rstd)
		return z
	}, func(v *Node) *Node {
		return Mul(Sub(v, Add(meanOf(v), Mul(z, meanOf(Mul(v, z))))), rstd)
	})
}

func normOnePass(x *Node) *Node {
	var rstd, z *Node
	return unaryWithGradient(x, func(x *Node) *Node {
		mean := meanOf(x)
		variance := Max(Sub(meanOf(Square(x)), Square(mean)), ScalarZero(x.Graph(), x.DType()))
		rstd = Reciprocal(Sqrt(AddScalar(variance, epsilon)))
		z = Mul(Sub(x, mean), rstd)
		return z
	}, func(v *Node) *Node {
		return Mul(Sub(v, Add(meanOf(v), Mul(z, meanOf(Mul(v, z))))), rstd)
	})
}

// normDots takes the means as products with a row of 1/(h·w).
func normDots(x *Node) *Node {
	d := x.Shape().Dimensions
	n := d[1] * d[2]
	mean := func(y *Node) *Node {
		row := BroadcastToDims(Scalar(y.Graph(), y.DType(), 1/float64(n)), d[0], 1, n)
		return Reshape(Dot(row, Reshape(y, d[0], n, d[3])).General([]int{2}, []int{0}, []int{1}, []int{0}), d[0], 1, 1, d[3])
	}
	var rstd, z *Node
	return unaryWithGradient(x, func(x *Node) *Node {
		centred := Sub(x, mean(x))
		rstd = Reciprocal(Sqrt(AddScalar(mean(Square(centred)), epsilon)))
		z = Mul(centred, rstd)
		return z
	}, func(v *Node) *Node {
		return Mul(Sub(v, Add(mean(v), Mul(z, mean(Mul(v, z))))), rstd)
	})
}
