package transform

import "flowbook/realnvp/arch"

func init() {
	arch.Register("transform.Affine", Affine{})
	arch.Register("transform.Spline", Spline{})
}
