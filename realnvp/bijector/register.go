package bijector

import "flowbook/realnvp/arch"

func init() {
	arch.Register("bijector.ActNorm", ActNorm{})
	arch.Register("bijector.Affine", Affine{})
	arch.Register("bijector.BatchNorm", &BatchNorm{})
	arch.Register("bijector.Chain", Chain{})
	arch.Register("bijector.Conv1x1", Conv1x1{})
	arch.Register("bijector.Coupling", &Coupling{})
	arch.Register("bijector.FactorOut", FactorOut{})
	arch.Register("bijector.Flatten", Flatten{})
	arch.Register("bijector.Flip", Flip{})
	arch.Register("bijector.Logit", Logit{})
	arch.Register("bijector.Permute", Permute{})
	arch.Register("bijector.Scale", Scale{})
	arch.Register("bijector.Squeeze2x2", Squeeze2x2{})
}
