package preset

import (
	"fmt"

	"flowbook/realnvp/bijector"
	"flowbook/realnvp/net"
	"flowbook/realnvp/param"
	"flowbook/realnvp/transform"
)

// Toy2D is the author's flow for points of the plane, [batch, 2] → [batch, 2]: 32 couplings, MLPs of three hidden
// layers of 20 that see one feature and answer for the other, tanh on both outputs, the factor of s from N(0, 1);
// 57,696 parameters. Train it by Adam 1e-3 on batches of 1,000.
func Toy2D() bijector.Chain {
	return couplings(32, 2, func(k int) (net.Net, transform.Transform) {
		return pair(net.OneFeature{Feature: k % 2, Net: net.MLP{Hidden: []int{20, 20, 20}}}),
			transform.Affine{ScaleStart: param.AtNormal, Translation: transform.TanhTranslation}
	})
}

// Toy2DRobust is an affine flow for points of the plane that the author's has trouble with: 12 couplings, nets of two
// hidden layers of 32, |s| of a coupling kept under 3, t not bounded; 29,256 parameters. Train it on batches of 1,000 of
// standardised points by Adam with ClipNorm 1 and a Cosine schedule from 5e-3 over 2,000 steps.
func Toy2DRobust() bijector.Chain {
	return couplings(12, 2, func(int) (net.Net, transform.Transform) {
		return pair(net.MLP{Hidden: []int{32, 32}}),
			transform.Affine{PerElement: true, ScaleStart: param.AtOne, Bound: 3, Translation: transform.RawTranslation}
	})
}

// Plane is a spline flow for standardised points of the plane: 6 couplings of rational-quadratic splines of 8 bins within
// ±4, one net of two hidden layers of 64 each. Train it on batches of 1,000 of 10,000 points by Adam 1e-2 with ClipNorm 1
// and EMA 0.998 over 1,000 steps, at a constant rate: the average over steps that go on moving generalises better than
// the end of a falling rate. realnvp/bench/README.md says what it was measured at.
func Plane() bijector.Chain {
	return couplings(6, 2, func(int) (net.Net, transform.Transform) {
		return net.MLP{Hidden: []int{64, 64}}, transform.Spline{Bins: 8}
	})
}

// Table is a spline flow for standardised rows of so many columns, 2 or more, [batch, columns] → the same: 8
// couplings of splines of 8 bins within ±4, nets of two hidden layers of 128, and the columns in another order before
// each, so that every column comes to condition every other. Columns that repeat, depend on others or have few values
// are to be dropped before: the doctor names them. With heavy tails, take base.StudentT.
func Table(columns int) bijector.Chain {
	var chain bijector.Chain
	for k := range 8 {
		if k > 0 && columns > 2 {
			chain = append(chain, layer(fmt.Sprintf("permute%d", k), bijector.Permute{Order: riffled(columns)}))
		}
		chain = append(chain, layer(fmt.Sprintf("coupling%d", k), &bijector.Coupling{
			Mask: bijector.Alternating(columns, k%2 == 0), Net: net.MLP{Hidden: []int{128, 128}}, Transform: transform.Spline{Bins: 8},
		}))
	}
	return chain
}

// riffled is 0, n/2, 1, n/2+1, …: a pack of cards halved and riffled.
func riffled(n int) (order []int) {
	for i := range n {
		order = append(order, i/2+i%2*((n+1)/2))
	}
	return order
}

// Vectors is a flow of vectors: Couplings couplings that keep the even and the odd features in turn.
type Vectors struct {
	// Features is the length of a vector, Couplings how many couplings there are.
	Features, Couplings int
	// Coupling makes coupling k, from 0, of a mask, [features]. It has to be given.
	Coupling func(k int, mask bijector.Mask) bijector.Bijector
	// Norm, where it is not nil, makes what stands after each coupling.
	Norm func() bijector.Bijector
}

// Flow is the chain, [batch, features] → the same.
func (v Vectors) Flow() bijector.Chain {
	var chain bijector.Chain
	for k := range v.Couplings {
		name := fmt.Sprintf("coupling%d", k)
		var coupling bijector.Bijector // New says which layer has none
		if v.Coupling != nil {
			coupling = v.Coupling(k, bijector.Alternating(v.Features, k%2 == 0))
		}
		chain = append(chain, layer(name, coupling))
		if v.Norm != nil {
			chain = append(chain, layer(name+"_norm", v.Norm()))
		}
	}
	return chain
}

// couplings are Vectors of n couplings of a net and a transform each.
func couplings(n, features int, make func(k int) (net.Net, transform.Transform)) bijector.Chain {
	return Vectors{Features: features, Couplings: n, Coupling: func(k int, mask bijector.Mask) bijector.Bijector {
		net, transform := make(k)
		return &bijector.Coupling{Mask: mask, Net: net, Transform: transform}
	}}.Flow()
}
