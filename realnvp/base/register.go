package base

import "flowbook/realnvp/arch"

func init() {
	arch.Register("base.Logistic", Logistic{})
	arch.Register("base.Normal", Normal{})
	arch.Register("base.PerClass", PerClass{})
	arch.Register("base.StudentT", StudentT{})
}
