package experiment

import (
	"bytes"
	"fmt"

	"flowbook/realnvp/arch"
	"flowbook/realnvp/bijector"
)

// SameFlow says where two flows differ, layer by layer; nil where they are the same, weights aside.
func SameFlow(a, b bijector.Bijector) error {
	x, y := chain(a), chain(b)
	for i := range max(len(x), len(y)) {
		if i >= min(len(x), len(y)) {
			return fmt.Errorf("experiment: a flow of %d layers and one of %d", len(x), len(y))
		}
		s, err := arch.Marshal(x[i])
		if err != nil {
			return err
		}
		t, err := arch.Marshal(y[i])
		if err != nil {
			return err
		}
		if !bytes.Equal(s, t) {
			return fmt.Errorf("experiment: layer %d, %q, of one flow is %.300s and of the other, %q, %.300s", i, x[i].Name, s, y[i].Name, t)
		}
	}
	return nil
}

func chain(b bijector.Bijector) bijector.Chain {
	if c, ok := b.(bijector.Container); ok {
		return c.Children()
	}
	return bijector.Chain{{Bijector: b}}
}
