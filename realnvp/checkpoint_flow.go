package realnvp

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"flowbook/realnvp/arch"
	"flowbook/realnvp/bijector"
)

// checkFlow says where a checkpoint, read from path, is of another flow.
func (c *checkpoint) checkFlow(flow bijector.Bijector, path string) error {
	const remedy = "use that, or train anew to another file"
	config, isConfig := flow.(Config)
	switch {
	case isConfig && c.Config == nil:
		return fmt.Errorf("realnvp: checkpoint %s is of a flow by hand, not of a Config; %s", path, remedy)
	case isConfig:
		if diff := config.diff(*c.Config); diff != "" {
			return fmt.Errorf("realnvp: checkpoint %s was trained with another Config: %s; %s", path, diff, remedy)
		}
		return nil
	case c.Built == nil:
		return fmt.Errorf("realnvp: checkpoint %s is of a Config, %s, not of a flow by hand; %s", path, c.Config.Name, remedy)
	}
	want, err := arch.Marshal(built{Flow: flow})
	if err != nil {
		return fmt.Errorf("realnvp: the flow that checkpoint %s is to be of: %w", path, err)
	}
	got, err := arch.Marshal(built{Flow: c.Built.Flow})
	if err != nil {
		return fmt.Errorf("realnvp: checkpoint %s: %w", path, err)
	}
	if string(got) != string(want) {
		return fmt.Errorf("realnvp: checkpoint %s is of another flow: %s there and %s here; %s", path, cut(got, want), cut(want, got), remedy)
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

// diff lists the fields in which two Configs differ, Name aside.
func (c Config) diff(other Config) string {
	var fields []string
	a, b := reflect.ValueOf(c.explicit()), reflect.ValueOf(other.explicit())
	for i := range a.NumField() {
		name := a.Type().Field(i).Name
		x, y := a.Field(i).Interface(), b.Field(i).Interface()
		if name == "Name" || reflect.DeepEqual(x, y) || a.Field(i).Kind() == reflect.Slice && a.Field(i).Len() == 0 && b.Field(i).Len() == 0 {
			continue
		}
		fields = append(fields, fmt.Sprintf("%s is %v there and %v here", name, y, x))
	}
	return strings.Join(fields, ", ")
}

// explicit is the Config with its defaults written out, and without what has no effect in it.
func (c Config) explicit() Config {
	c.Preprocess = cmp.Or(c.Preprocess, NoPreprocess)
	c.CouplingNorm = cmp.Or(c.CouplingNorm, NoCouplingNorm)
	c.SScale = cmp.Or(c.SScale, SScaleZero)
	c.Translation = cmp.Or(c.Translation, AffineTranslation)
	c.SGain = cmp.Or(c.SGain, 1)
	c.DType = cmp.Or(c.DType, "float32")
	if !c.hasNorm() {
		c.NormMomentum, c.NormDebias, c.NormBiased = 0, false, false
	}
	if !c.IsImage() {
		c.Planes, c.Blocks, c.NetNorm, c.WeightNorm, c.KeepPlanes = 0, 0, "", false, false
		c.CheckerboardCouplings, c.ChannelCouplings, c.FinalCouplings, c.CheckerboardCYX, c.LatentChannelsFirst = 0, 0, 0, false, false
	}
	c.Shift, c.Scale = spelledOut(c.Shift, c.Dim()), spelledOut(c.Scale, c.Dim())
	return c
}

// spelledOut gives one number for all as many times.
func spelledOut(v []float64, dim int) []float64 {
	if len(v) == 1 {
		return slices.Repeat(v, dim)
	}
	return v
}
