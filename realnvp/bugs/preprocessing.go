package bugs

import (
	"flowbook/realnvp/bijector"
	"flowbook/realnvp/doctor"
)

// preprocessing are the bugs between the data's unit and the flow's.
func preprocessing() []Bug {
	return []Bug{
		{
			Name: "logit-unscaled", Title: "The logit of x/256 itself",
			Symptom: "The loss is infinite or NaN all of a sudden, at a batch that looks like any other.",
			Cause:   "logit(p) is finite for p within (0, 1) only. A pixel 255 with dequantization noise close to 1 is 255.99…, which rounds to 256 in a float32: p is 1 and its logit +∞. A pixel 0 without noise gives −∞.",
			Fix:     "Shrink before the logit: p = 0.05 + 0.9·x/256. Both ends then stay 0.05 away from where it diverges.",
			Check:   doctor.CheckHostile,
			Layer: inLayers(func(right bijector.Logit) bijector.Bijector {
				return bijector.Logit{Alpha: 0, Levels: right.Levels}
			}),
		},
		{
			Name: "logit-alpha-half", Title: "Alpha 0.5 where 0.05 was meant",
			Symptom: "Training runs, but all data sit on the positive half of the line, and white pixels run off to infinity.",
			Cause:   "α + (1−α)·x/256 with α = 0.5 starts at p = 0.5, whose logit is 0, and still ends at p = 1.",
			Fix:     "α = 0.05, and name it in the configuration, where a slip of the decimal point is seen.",
			Check:   doctor.CheckHostile,
			Layer: inLayers(func(right bijector.Logit) bijector.Bijector {
				right.Alpha = 0.5
				return oneSidedLogit{right}
			}),
			Twins: []Twin{{"bijector/preprocess.go", "Logit.slope", "oneSidedLogit.slope"}},
		},
		{
			Name: "unit-forgotten", Title: "The preprocessing's log-determinant forgotten",
			Symptom: "The negative log-likelihood goes below zero: a density above 1 for every pixel, too good to be true.",
			Cause:   "A model of x/255 gives the density per 1/255 of a pixel's unit. Per unit it is smaller by 255 for each number, log 255 = 5.54 nats; they were left out.",
			Fix:     "Make the preprocessing a layer, whose log-determinant, −D·log 255, counts like any other's.",
			Check:   doctor.CheckLogDet,
			Layer:   inLayers(func(right bijector.Scale) bijector.Bijector { return unitless{right} }),
			Twins:   []Twin{{"bijector/preprocess.go", "Scale.Forward", "unitless.Forward"}},
		},
		{
			Name: "not-back-to-pixels", Title: "Samples left in the flow's own unit",
			Symptom: "Samples are black or grey, though the loss is good.",
			Cause:   "The way back ends at logits, or at numbers between 0 and 1, and these are shown as if they were pixels 0…255.",
			Fix:     "Inverse goes through the preprocessing too: sigmoid, and times 256.",
			Check:   doctor.CheckInvertible,
			Layer:   inLayers(func(right bijector.Logit) bijector.Bijector { return stuckInLogits{right} }),
			Twins:   []Twin{{"bijector/preprocess.go", "Logit.Inverse", "stuckInLogits.Inverse"}},
		},
	}
}
