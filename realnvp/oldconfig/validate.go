package oldconfig

import (
	"fmt"
	"math"
	"slices"

	"flowbook/realnvp/net"
)

// Validate says what is wrong with a Config: the field, its value, and what is allowed. nil means it can be built.
func (c Config) Validate() error {
	checks := append(c.shapeChecks(), c.netChecks()...)
	for _, check := range checks {
		if !check.ok {
			return fmt.Errorf("oldconfig: field %s is %v; it must be %s", check.field, check.value, check.allowed)
		}
	}
	return nil
}

type fieldCheck struct {
	field   string
	value   any
	allowed string
	ok      bool
}

func (c Config) shapeChecks() []fieldCheck {
	checks := []fieldCheck{
		{"Features", c.Features, "0 for images, or 2 and more for vectors", c.Features == 0 || c.Features >= 2},
		{"Classes", c.Classes, "0 (no labels) or 2 and more", c.Classes == 0 || c.Classes >= 2},
		{"DType", c.DType, `"float32" (or empty) or "float64"`, oneOf(c.DType, "", "float32", "float64")},
		{"NetDType", c.NetDType, `empty or "bfloat16"`, oneOf(c.NetDType, "", "bfloat16")},
		{"Preprocess", c.Preprocess, `"none" (or empty), "scale255", "scale256" or "logit"`,
			oneOf(c.Preprocess, "", NoPreprocess, Scale255, Scale256, Logit)},
		{"LogitAlpha", c.LogitAlpha, "in (0, 0.5) for logit, and 0 otherwise",
			c.Preprocess == Logit && c.LogitAlpha > 0 && c.LogitAlpha < 0.5 || c.Preprocess != Logit && c.LogitAlpha == 0},
	}
	if c.IsImage() {
		step := 1 << max(0, min(c.Scales, 30))
		checks = append(checks,
			fieldCheck{"Height", c.Height, "a positive multiple of 2^Scales, since each level squeezes", c.Height > 0 && c.Height%step == 0},
			fieldCheck{"Width", c.Width, "a positive multiple of 2^Scales, since each level squeezes", c.Width > 0 && c.Width%step == 0},
			fieldCheck{"Channels", c.Channels, "1 or more", c.Channels > 0})
	} else {
		checks = append(checks,
			fieldCheck{"Height, Width, Channels", []int{c.Height, c.Width, c.Channels}, "0 where Features is set", c.Height == 0 && c.Width == 0 && c.Channels == 0})
	}
	return append(checks,
		fieldCheck{"Shift", fmt.Sprintf("%d long", len(c.Shift)), "empty, of one number or of one for each number of a sample", lengthFits(c.Shift, c.Dim())},
		fieldCheck{"Scale", fmt.Sprintf("%d long", len(c.Scale)), "as long as Shift", len(c.Scale) == len(c.Shift)},
		c.eachCheck("Shift", c.Shift, func(v float64) bool { return math.Abs(v) <= c.largest() }, "finite in Config.DType"),
		c.eachCheck("Scale", c.Scale, func(v float64) bool { return v >= c.smallest() && v <= c.largest() }, "finite and above 0 in Config.DType"),
	)
}

func (c Config) netChecks() []fieldCheck {
	checks := []fieldCheck{
		{"CouplingNorm", c.CouplingNorm, `"none" (or empty), "running" or "batch"`, oneOf(c.CouplingNorm, "", NoCouplingNorm, RunningNorm, BatchNorm)},
		{"SScale", c.SScale, `"zero" (or empty), "normal" or "one"`, oneOf(c.SScale, "", SScaleZero, SScaleNormal, SScaleOne)},
		{"Translation", c.Translation, `"affine" (or empty), "tanh" or "raw"`, oneOf(c.Translation, "", AffineTranslation, TanhTranslation, RawTranslation)},
		{"SGain", c.SGain, "0 (meaning 1) or above, and finite", c.SGain >= 0 && !math.IsInf(c.SGain, 0)},
		{"SBound", c.SBound, "0 (none) or above, and finite", c.SBound >= 0 && !math.IsInf(c.SBound, 0)},
	}
	if c.hasNorm() {
		checks = append(checks, fieldCheck{"NormMomentum", c.NormMomentum, "in (0, 1]", c.NormMomentum > 0 && c.NormMomentum <= 1})
	}
	if !c.IsImage() {
		return append(checks,
			fieldCheck{"Couplings", c.Couplings, "1 to 1000 for vectors", c.Couplings >= 1 && c.Couplings <= 1000},
			fieldCheck{"Hidden", c.Hidden, "widths of 1 to 65536", widthsFit(c.Hidden)},
			fieldCheck{"OneFeatureNets", c.OneFeatureNets, "false unless Features is 2", !c.OneFeatureNets || c.Features == 2},
			fieldCheck{"Scales", c.Scales, "0 for vectors", c.Scales == 0},
			fieldCheck{"PaperInput", c.PaperInput, "false for vectors", !c.PaperInput},
			fieldCheck{"NetDType", c.NetDType, "empty for vectors", c.NetDType == ""})
	}
	count := func(field string, n, from, to int) fieldCheck {
		return fieldCheck{field, n, fmt.Sprintf("%d to %d", from, to), n >= from && n <= to}
	}
	total := c.Scales*(c.CheckerboardCouplings+c.ChannelCouplings) + c.FinalCouplings
	return append(checks,
		count("Scales", c.Scales, 0, 10),
		count("CheckerboardCouplings", c.CheckerboardCouplings, 0, 100),
		count("ChannelCouplings", c.ChannelCouplings, 0, 100),
		count("FinalCouplings", c.FinalCouplings, 0, 100),
		fieldCheck{"FinalCouplings", c.FinalCouplings, "at least 1 where no level has a coupling", total > 0},
		count("Planes", c.Planes, 1, 4096),
		count("Blocks", c.Blocks, 0, 100),
		fieldCheck{"NetNorm", c.NetNorm, `"instance", "batch" or "none"`,
			oneOf(c.NetNorm, net.InstanceNorm, net.NetBatchNorm, net.NoNorm)},
		fieldCheck{"Couplings", c.Couplings, "0 for images: set CheckerboardCouplings, ChannelCouplings and FinalCouplings", c.Couplings == 0},
		fieldCheck{"Hidden", c.Hidden, "empty for images", len(c.Hidden) == 0},
	)
}

// eachCheck finds the first number of a list that is not as it has to be.
func (c Config) eachCheck(field string, list []float64, ok func(v float64) bool, allowed string) fieldCheck {
	for i, v := range list {
		if !ok(v) {
			return fieldCheck{fmt.Sprintf("%s[%d]", field, i), v, allowed, false}
		}
	}
	return fieldCheck{ok: true}
}

// largest and smallest are the ends of the positive numbers that Config.DType holds with full precision.
func (c Config) largest() float64 {
	if c.DType == "float64" {
		return math.MaxFloat64
	}
	return math.MaxFloat32
}

func (c Config) smallest() float64 {
	if c.DType == "float64" {
		return 0x1p-1022
	}
	return 0x1p-126
}

func (c Config) hasNorm() bool { return c.CouplingNorm != "" && c.CouplingNorm != NoCouplingNorm }

func oneOf[T comparable](v T, allowed ...T) bool { return slices.Contains(allowed, v) }

func lengthFits(v []float64, dim int) bool { return len(v) <= 1 || len(v) == dim }

func widthsFit(widths []int) bool {
	for _, w := range widths {
		if w < 1 || w > 65536 {
			return false
		}
	}
	return true
}
