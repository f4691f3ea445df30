package experiment

import "time"

// A Page is a day of the debugging journal: a bug of package bugs, and what happened. Its date is that of the entry in
// which the author of the article tells of it in his public notebooks (github.com/bjlkeng/sandbox, folder realnvp); the
// words are ours.
type Page struct {
	Bug  string // its name in package bugs
	Date string // 2022-03-14
	Text string // Markdown: what happened, and why
}

// When is the page's date, at noon UTC.
func (p Page) When() time.Time {
	t, _ := time.Parse(time.DateOnly, p.Date)
	return t.Add(12 * time.Hour)
}

// Diary is the debugging journal, newest first.
var Diary = []Page{
	{"unit-forgotten", "2022-03-14", `A log-likelihood with the wrong sign again, weeks after the last bug of that kind. This time it was the unit. The flow
learns the density of a *scaled* pixel; a density per pixel of 0 … 256 is smaller by the scaling, so for each pixel $\log 255$ (for $x/255$), or $\log 256$ and the logit's own
slope, belongs to $\log p$. It was nowhere: 8 bits a pixel for nothing.`},
	{"planes-couplings-swapped", "2022-03-14", `The model was made by position: couplings, final couplings, planes. Two numbers went in for three, and what was meant as the width of
the nets became a number of couplings. Nothing complained, since any whole number fits anywhere, and a second bug hid behind it: a loop that skipped the final couplings, in both directions alike.
Here the score does not show it. The swapped flow is deeper and, at this size, even better for it; what is wrong is that nobody meant it. Ask the flow how it is made.`},
	{"norm-momentum", "2022-03-14", `Batch norm's momentum came with the layer: 0.1, a good value where the running moments are for evaluation only. Here they also normalise in training, and then a
tenth of them is the last batch. He went to 0.01 on 6 March and to 0.005 on the 14th. In batches of twenty points there is little to see in the curve; it ends a little higher, held out as well.`},
	{"scales-start-at-one", "2022-03-12", `A week earlier the factors of $s$ and $t$ had been set to one, so that each coupling would "just pass" its input. But one is not what passes. With
$y = x\,e^{s} + t$ the identity is $s = 0$ and $t = 0$; all factors start at zero.`},
	{"norm-log-det-missing", "2022-03-06", `The hand-made batch norm handed back its denominator as the log-determinant, without the logarithm. Here the term is left out altogether, the plainest form
of the same bug. Its mark: a score that is not a likelihood. What the flow *claims* and what the same weights score in a right flow part ways, and the density no longer adds up to one.`},
	{"norm-log-det-sign", "2022-03-06", `The other way to spoil the same term, and ours, not his: $+\frac12\sum\log(\sigma^2+\varepsilon)$. Dividing by a large deviation now *earns* density, so the couplings learn
to blow up what the next norm will shrink.`},
	{"validation-moves-moments", "2022-03-06", `While it was scoring the test set, the norm still thought it was training, and took each test batch into its running moments. Score the same samples
twice, and see whether the number is the same.`},
	{"no-norm-layers", "2022-02-26", `For four weeks there was no norm between the couplings, since PyTorch's own hands back no log-determinant and cannot be run backwards. He wrote one that
can, with running moments, and ten digits came out clear for the first time: the change that made the rest work. Five couplings score nearly as well without. Look at the samples.`},
	{"norm-variance-biased", "2022-02-21", `Writing batch norm anew, he compared it with PyTorch's digit by digit, and found that the running variance there is the unbiased one, though the batch's own is
biased. With pictures, where every pixel counts as a sample, the two are the same to four digits. Here the batch is five points, and the biased one a fifth too small: see the spread of $z$. It is found by reading, or by a check that works the factor out from one step.`},
	{"hundred-images", "2022-02-18", `With instance norm in the nets training is quicker and the loss lower; then the same on a hundred digits. This is the way up: one, two, ten, a hundred, all. It is no bug, but a test of
everything else. A flow that cannot overfit has a bug, and one that overfits and is believed is one: the training loss is the better one here, and the held-out score the worse.`},
	{"ten-images", "2022-02-13", `Ten digits: blurred, but each can be recognised. The latents have a deviation of 0.4 where 1 belongs. Something still pays for being narrow (a norm will cure it).`},
	{"two-images", "2022-02-13", `A five and a nought at once, and the samples were both, one through the other. After factoring out was in, some were the one and some the other.`},
	{"no-final-checkerboards", "2022-02-13", `After the last factor-out, what is left would go to the latent as it is. Four checkerboard couplings there, and one digit came out clean from a normal draw for
the first time.`},
	{"single-scale", "2022-02-12", `Checkerboards alone, at full resolution, just pass the same pixels to and fro, and their nets see a few neighbours of one grey channel. Squeezing makes channels to
mix and a wider view of the picture. Not here: in 14×14 pixels a few neighbours are most of the picture, and the single scale scores *better*, at four times the pixels a coupling. The doctor warns of how the flow is made, whatever it scores.`},
	{"one-image", "2022-02-10", `Start over with a *single* digit: if the flow cannot learn that by heart, nothing else matters. It could, nearly, when it was sampled at $z = 0$.`},
	{"not-back-to-pixels", "2022-02-01", `The first samples, and all noise. Part of it was only this: the way back ended at logits, and those were shown as if they were pixels.`},
	{"mask-wrong-in-log-det", "2022-01-31", `The loss was below zero and went on falling. All of that came from the log-determinant, which summed $b \odot s$ where $(1-b) \odot s$ belongs: $s$ at the places
that pass unchanged. It does nothing to $z$ there, so it may grow for ever, and every bit of it counts as likelihood.`},
	{"half-log-two-pi-missing", "2022-01-29", `A continuous density may exceed one, so a negative loss proves nothing by itself; here it was the normal's constant, $\frac12\log 2\pi$ a number, that was missing. Training does
not notice: gradients are the same.`},
	{"logit-alpha-half", "2022-01-29", `$\alpha = 0.5$ was typed for $\alpha = 0.05$. In $\operatorname{logit}(\alpha + (1-\alpha)x/256)$ black then lands in the middle, all pixels on one side of it, and white, as in the entry
below, at infinity. The same digits in negative.`},
	{"logit-unscaled", "2022-01-29", `NaN. Out went the residual net, out went $\exp$; NaN. It was the data: a white pixel with its noise is 255.99…, and the paper's $\alpha + (1-\alpha)x/256$, read to the
letter, shields black alone. At white the argument is still one, and its logit infinite. Here both ends are open, $\operatorname{logit}(x/256)$; he settled on $0.05 + 0.9\,x/256$. (The digits are in negative, so that white is common, and their noise may round up to 256, as his did. realnvp.Dequantize stops one bit below.)`},
	{"tanh-without-scale", "2022-01-08", `Points of the plane, before any picture. He took $\tanh$ and its learned factor off $s$, saw little change, then NaN in some runs, and put them back, for $e^{s}$
multiplies through 32 couplings. Here $\tanh$ stays and only the factor goes, so each $s$ is under one. A learning
rate that the healthy flow takes throws this one off by orders of magnitude, and it does not come back: short of NaN, but on the way there.`},
}

// PageOf is the page of a bug.
func PageOf(bug string) (Page, bool) {
	for _, p := range Diary {
		if p.Bug == bug {
			return p, true
		}
	}
	return Page{}, false
}
