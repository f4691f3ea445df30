package experiment

import (
	"context"
	"fmt"
	"time"

	"flowbook/journal"
)

// Tried is this project's own debugging journal: what was tried on MNIST to come from 1.69 bits/dim to 1.34 on two cores
// without a GPU, newest first. All scores were measured, bits/dim; a text says how to repeat one, and where only a
// part of that is known.
var Tried = []journal.Entry{
	{
		Title: "1.342 bits/dim, by the same settings", Date: noon(29, 0), Tags: []string{DiaryTag, "tried-again"},
		Body: `1.342 ± 0.003 bits/dim on all 10,000 test images (run 0e70rv36y6, of notebook 03's outputs), after the same 1,500 steps, in 34 minutes on two cores that had much other work. Layers, equations, first weights and settings are those of the day before; the code was written anew in between, and convolutions are another library's, so the sums are rounded differently. How much of the 0.046 is the luck of one run was not looked into: three seeds would say. The ± is of the images alone.

To repeat: ` + "`journal run mnist-cpu`" + `.`,
	},
	{
		Title: "1.388 bits/dim, and what its samples lack", Date: noon(28, 2), Tags: []string{DiaryTag, "tried-result"},
		Body: `1.388 ± 0.003 bits/dim on all 10,000 test images (run 3zzn58jd0t), after 1,500 steps of 100 images in 30 minutes, on two cores that had other work too. The flow that came before scored 1.686 in 20 minutes, with 16 planes; the author of the article has 1.67, with 64 planes on a GPU.

Many of the samples are digits, and many are strokes that are none: a better likelihood of pixels is not yet a better drawing. A longer training, an average of the weights, and splines on the second level have not been tried.

To repeat: ` + "`journal run mnist-cpu`" + `, or notebook 03 under the profile *cpu*. The flow before: the same at commit f32a7e9^.`,
	},
	{
		Title: "Squeeze first, and let splines bend the black pixels", Date: noon(28, 1), Tags: []string{DiaryTag, "tried-squeeze-first"},
		Body: `After 300 steps the old flow, which begins with checkerboards at full resolution, stood at 1.86 on the validation images; one that squeezes first, and whose first couplings are splines, at 1.60.

Why splines: most pixels of a digit are black, and after dequantization a black pixel is uniform on one grey level. No affine map makes a uniform number normal, and each one left so costs $\log_2\sqrt{2\pi e/12} = 0.25$ bits. A small $\alpha$ of the logit makes that one level as wide as two of a spline's bins.

To repeat: ` + "`journal run mnist-cpu train.validate_every=100`" + `; the old flow by the same at commit f32a7e9^.`,
	},
	{
		Title: "A learning rate of 5e-3", Date: noon(28, 0), Tags: []string{DiaryTag, "tried-learning-rate"},
		Body: `With 5e-3 the validation stood at 2.19 after 100 steps, where a lower rate had come to 2.02. The profile has 2e-3.

To repeat: ` + "`journal run mnist-cpu train.learning_rate=5e-3 train.validate_every=100`" + `, and without the first change.`,
	},
	{
		Title: "Dequantizing by a narrow normal", Date: noon(27, 1), Tags: []string{DiaryTag, "tried-narrow-noise"},
		Body: `Noise from $N(0, \sigma^2)$ on a pixel in place of uniform noise has no walls that a flow must learn, but less entropy, which is counted. It did not pay: after 200 steps of the quick profile 2.24 with $\sigma = 0.12$ and 1.91 with $\sigma = 0.2$, against 1.89 with uniform noise.

To repeat: add the noise in ` + "`realnvp.Dequantize`" + `, subtract its entropy from the score, and ` + "`journal run mnist-quick`" + `, at commit f32a7e9^. The code of the trial is not kept.`,
	},
	{
		Title: "The nets in bfloat16", Date: noon(27, 0), Tags: []string{DiaryTag, "tried-bfloat16"},
		Body: `A step took 1.4 times as long as in float32, on a processor whose AMX multiplies bfloat16. Where the time goes was not looked into.

To repeat: set Compute to bfloat16 in the nets of preset.MNIST, and ` + "`journal run mnist-full train.steps=4 validate=0 test=10 draws=1`" + `; then without that; compare the seconds of a step.`,
	},
}

// noon of a day of November 2026, as of all pages of the diary; the seconds put those of a day in order.
func noon(day, second int) time.Time {
	return time.Date(2026, time.November, day, 12, 0, second, 0, time.UTC)
}

// ShowTried writes Tried into the default journal, each entry in the place of its last writing, and shows them.
func ShowTried() error {
	return inCell(func(ctx context.Context, j *journal.Journal) error {
		for _, e := range Tried {
			if _, err := replaceEntry(ctx, j, e); err != nil {
				return err
			}
			showMarkdown(fmt.Sprintf("### %s · %s\n\n%s", e.Date.Format(time.DateOnly), e.Title, e.Body))
		}
		return nil
	})
}
