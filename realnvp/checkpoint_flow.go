package realnvp

import (
	"fmt"

	"flowbook/realnvp/arch"
	"flowbook/realnvp/base"
	"flowbook/realnvp/bijector"
)

// takeConfig makes what a checkpoint of before says by a Config the flow that it stands for.
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
		Settings: settings{Sample: c.Sample(), Pixels: c.IsPixels(), DType: c.DType, Seed: seed(c.Seed)},
		Flow:     c.Flow(), Base: base.Normal{},
	}
	if c.Classes > 0 {
		h.Built.Settings.Classes = []int{c.Classes}
	}
	h.Config = nil
	return nil
}

// checkFlow says where a checkpoint, read from path, is of another flow.
func (c *checkpoint) checkFlow(flow bijector.Bijector, path string) error {
	want, err := arch.Marshal(built{Flow: flow})
	if err != nil {
		return fmt.Errorf("realnvp: the flow that checkpoint %s is to be of: %w", path, err)
	}
	got, err := arch.Marshal(built{Flow: c.Built.Flow})
	if err != nil {
		return fmt.Errorf("realnvp: checkpoint %s: %w", path, err)
	}
	if string(got) != string(want) {
		return fmt.Errorf("realnvp: checkpoint %s is of another flow: %s there and %s here; use that, or train anew to another file", path, cut(got, want), cut(want, got))
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
