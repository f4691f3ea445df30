package bijector

// Wrap rebuilds a flow with every layer replaced by what wrap makes of it: the layers of chains and of what a
// factor-out keeps, but not these containers themselves. path is the scope of the layer's variables below the
// flow's own, such as "level0/factor_out/rest/coupling1".
func Wrap(b Bijector, wrap func(path string, b Bijector) Bijector) Bijector {
	return wrapAt("", b, wrap)
}

func wrapAt(path string, b Bijector, wrap func(path string, b Bijector) Bijector) Bijector {
	switch b := b.(type) {
	case Chain:
		out := make(Chain, len(b))
		for i, layer := range b {
			out[i] = Layer{layer.Name, wrapAt(join(path, layer.Name), layer.Bijector, wrap)}
		}
		return out
	case FactorOut:
		b.Rest = wrapAt(join(path, "rest"), b.Rest, wrap)
		return b
	}
	return wrap(path, b)
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "/" + name
}
