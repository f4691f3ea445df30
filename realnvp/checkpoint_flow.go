package realnvp

import (
	"fmt"

	"flowbook/realnvp/arch"
	"flowbook/realnvp/base"
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

// check says where a checkpoint, read from path, is of another flow, or another model, than what is wanted: of the fields
// of want that are set.
func (c *checkpoint) check(what string, want built, path string) error {
	have := *c.Built
	if len(want.Settings.Sample) == 0 {
		have.Settings = settings{}
	}
	if want.Base == nil {
		have.Base = nil
	}
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
