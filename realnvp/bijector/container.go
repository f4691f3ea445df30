package bijector

// Container is a bijector made of others: it says its children and takes others in their place. The doctor looks into
// containers, and Wrap rebuilds them; a bijector that holds others and is no Container is one layer to them.
type Container interface {
	Bijector
	// Children lists the bijectors within, each named by the sub-scope that its parameters lie in.
	Children() []Layer
	// WithChildren is the container with other bijectors under the same names, in the order of Children.
	WithChildren(children []Layer) Bijector
}

// Wrap rebuilds a flow with every layer replaced by what wrap makes of it: whatever lies in containers, but not the
// containers themselves. path is the scope of the layer's parameters below the flow's own, such as
// "factor_out/rest/coupling1"; it is empty for a flow that is itself no container.
func Wrap(b Bijector, wrap func(path string, b Bijector) Bijector) Bijector {
	return wrapAt("", b, wrap)
}

func wrapAt(path string, b Bijector, wrap func(path string, b Bijector) Bijector) Bijector {
	container, ok := b.(Container)
	if !ok {
		return wrap(path, b)
	}
	var children []Layer
	for _, child := range container.Children() {
		at := child.Name
		if path != "" {
			at = path + "/" + child.Name
		}
		children = append(children, Layer{child.Name, wrapAt(at, child.Bijector, wrap)})
	}
	return container.WithChildren(children)
}
