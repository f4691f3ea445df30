package bugs

import (
	"flowbook/realnvp/doctor"
	"flowbook/realnvp/preset"
)

// architecture are the bugs of how an image flow is put together.
func architecture() []Bug {
	return []Bug{
		{
			Name: "planes-couplings-swapped", Title: "Planes and couplings swapped",
			Symptom: "Slow steps and a poor score: the flow is deep beyond reason, and its nets have a handful of planes.",
			Cause:   "Two whole numbers passed by position, in the wrong order; both orders run.",
			Fix:     "Fields with names: preset.MultiScale has no positional numbers.",
			Check:   doctor.CheckWidth,
			Levels: func(m *preset.MultiScale) {
				couplings := m.Checkerboards
				m.Checkerboards, m.Channels, m.Planes = m.Planes, m.Planes, couplings
			},
		},
		{
			Name: "single-scale", Title: "A single scale",
			Symptom: "Slow steps, and samples with texture but without order at large.",
			Cause:   "Without squeezes and factor-outs every coupling works at full resolution, and its nets see a few pixels around each.",
			Fix:     "Squeeze, transform, factor out half, and again (section 3.6 of the paper).",
			Check:   doctor.CheckMultiScale,
			Levels: func(m *preset.MultiScale) {
				m.Final += m.Scales * (m.Checkerboards + m.Channels)
				m.Scales = 0
			},
		},
		{
			Name: "no-final-checkerboards", Title: "No checkerboard couplings after the last factor-out",
			Symptom: "A score a little short of the complete model's, and nothing else to see.",
			Cause:   "What the last factor-out keeps goes to the latent untouched, though it is the coarsest part of the picture.",
			Fix:     "Four checkerboard couplings on what is left.",
			Check:   doctor.CheckMultiScale,
			Levels:  func(m *preset.MultiScale) { m.Final = 0 },
		},
	}
}
