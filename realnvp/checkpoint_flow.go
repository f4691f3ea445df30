package realnvp

import (
	"fmt"

	"flowbook/realnvp/arch"
	"flowbook/realnvp/base"
	"flowbook/realnvp/bijector"
)

// takeConfig makes the flow that a checkpoint's Config stands for, where it has one.
func (h *header) takeConfig() error {
	if h.Built != nil {
		return nil
	}
	if h.Config == nil {
		return fmt.Errorf("has a damaged header: it says no flow")
	}
	c := *h.Config
	if err := c.Validate(); err != nil {
		return fmt.Errorf("has a damaged header: %w", err)
	}
	h.Built = &built{
		Settings: settings{Sample: c.Sample(), Pixels: c.IsPixels(), Seed: seed(c.Seed)},
		Flow:     c.Flow(), Base: base.Normal{},
	}
	if c.DType == "float64" { // "float32" is said by ""
		h.Built.Settings.DType = c.DType
	}
	if c.Classes > 0 {
		h.Built.Settings.Classes = []int{c.Classes}
	}
	h.Config = nil
	return nil
}

// checkFlow fails where a checkpoint, read from path, is of another flow.
func (c *checkpoint) checkFlow(flow bijector.Bijector, path string) error {
	return same("flow", built{Flow: c.Built.Flow}, built{Flow: flow}, path)
}

// checkModel fails where a checkpoint, read from path, has other settings, or another base density, than a model of its flow.
func (c *checkpoint) checkModel(s settings, b base.Base, path string) error {
	return same("model", built{Settings: c.Built.Settings, Base: c.Built.Base}, built{Settings: s, Base: b}, path)
}

// same says where what a checkpoint has differs from what is wanted.
func same(what string, have, want built, path string) error {
	wanted, err := arch.Marshal(want)
	if err != nil {
		return fmt.Errorf("realnvp: the %s that checkpoint %s is to be of: %w", what, path, err)
	}
	got, err := arch.Marshal(have)
	if err != nil {
		return fmt.Errorf("realnvp: checkpoint %s: %w", path, err)
	}
	if string(got) != string(wanted) {
		return fmt.Errorf("realnvp: checkpoint %s is of another %s: %s there and %s here; use that, or train anew to another file", path, what, cut(got, wanted), cut(wanted, got))
	}
	return nil
}

// cut shows a text from shortly before it differs from another.
func cut(text, other []byte) string {
	at := 0
	for at < min(len(text), len(other)) && text[at] == other[at] {
		at++
	}
	from := max(0, at-30)
	return fmt.Sprintf("…%s…", text[from:min(len(text), at+30)])
}
