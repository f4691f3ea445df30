package net

import "flowbook/realnvp/arch"

func init() {
	arch.Register("net.MLP", MLP{})
	arch.Register("net.OneFeature", OneFeature{})
	arch.Register("net.Pair", Pair{})
	arch.Register("net.ResNet", ResNet{})
}
