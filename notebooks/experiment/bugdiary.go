package experiment

import "time"

// A Page is a day of the debugging journal: a bug of package bugs, and what happened. Its date is that of the entry in
// which the author of the article tells of it in his public notebooks (github.com/bjlkeng/sandbox, folder realnvp); the
// words are ours.
type Page struct {
	Bug  string // its name in package bugs
	Date string // 2022-03-14
	Text string // Markdown: what happened
	// Question is what the reader may ask before reading on.
	Question string
}

// When is the page's date, at noon UTC.
func (p Page) When() time.Time {
	t, _ := time.Parse(time.DateOnly, p.Date)
	return t.Add(12 * time.Hour)
}

// Diary is the debugging journal, newest first. What the scores tell is not here: Pair.Verdict says it, from the runs.
var Diary = []Page{
	{
		Bug: "unit-forgotten", Date: "2022-03-14",
		Text:     `A log-likelihood with the wrong sign again, weeks after the last bug of that kind. This time it was the unit.`,
		Question: `The flow learns the density of a *scaled* pixel, $x/255$. What does the density of a pixel of 0 … 256 lack?`,
	},
	{
		Bug: "planes-couplings-swapped", Date: "2022-03-14",
		Text:     `The model was made by position: couplings, final couplings, planes. Two numbers went in for three, and what was meant as the width of the nets became a number of couplings. Any whole number fits anywhere, so nothing complained.`,
		Question: `What is a flow that nobody meant, whatever it scores? Ask it how it is made.`,
	},
	{
		Bug: "norm-momentum", Date: "2022-03-14",
		Text:     `Batch norm's momentum came with the layer: 0.1, a good value where the running moments are for evaluation only. He went to 0.01 on 6 March and to 0.005 on the 14th.`,
		Question: `Here the running moments normalise in training too. How much of them is the last batch of twenty points?`,
	},
	{
		Bug: "scales-start-at-one", Date: "2022-03-12",
		Text:     `A week earlier the factors of $s$ and $t$ had been set to one, so that each coupling would "just pass" its input.`,
		Question: `With $y = x\,e^{s} + t$, at which $s$ and $t$ does $x$ pass?`,
	},
	{
		Bug: "norm-log-det-missing", Date: "2022-03-06",
		Text:     `The hand-made batch norm handed back its denominator as the log-determinant, without the logarithm. Here the term is left out altogether, the plainest form of the same bug.`,
		Question: `What do the *same weights* score in a right flow, and does the density still add up to one?`,
	},
	{
		Bug: "norm-log-det-sign", Date: "2022-03-06",
		Text:     `The other way to spoil the same term, and ours, not his.`,
		Question: `If dividing by a large deviation *earns* density, what will the couplings before the norm learn to do?`,
	},
	{
		Bug: "validation-moves-moments", Date: "2022-03-06",
		Text:     `While it was scoring the test set, the norm still thought it was training, and took each test batch into its running moments.`,
		Question: `Score the same samples twice. Is the number the same?`,
	},
	{
		Bug: "no-norm-layers", Date: "2022-02-26",
		Text:     `For four weeks there was no norm between the couplings, since PyTorch's own hands back no log-determinant and cannot be run backwards. He wrote one that can, with running moments, and ten digits came out clear for the first time: the change that made the rest work. Here the pixels come standardised, and there are five couplings, not dozens: it matters less.`,
		Question: `What holds the range of the numbers from one coupling to the next?`,
	},
	{
		Bug: "norm-variance-biased", Date: "2022-02-21",
		Text:     `Writing batch norm anew, he compared it with PyTorch's digit by digit, and found that the running variance there is the unbiased one. With pictures, where every pixel counts as a sample, the two are the same to four digits; here the batch is five points.`,
		Question: `By how much is a variance of five numbers too small when their squares are divided by 5, and what does that do to the spread of $z$?`,
	},
	{
		Bug: "no-final-checkerboards", Date: "2022-02-13",
		Text:     `After the last factor-out, what was left went to the latent as it was. With four checkerboard couplings there one digit came out clean from a normal draw for the first time.`,
		Question: `Which part of the picture does the last factor-out keep?`,
	},
	{
		Bug: "single-scale", Date: "2022-02-12",
		Text:     `Checkerboards alone, at full resolution, just pass the same pixels to and fro, and their nets see a few neighbours of one grey channel. Squeezing makes channels to mix, and a wider view of the picture. In 14×14 pixels a few neighbours are most of the picture.`,
		Question: `How much of a picture of 64×64 would these nets see, and at what cost a coupling?`,
	},
	{
		Bug: "not-back-to-pixels", Date: "2022-02-01",
		Text:     `The first samples, and all noise. Part of it was only this. Here they are all black: logits of a few units, shown as pixels of 0 … 255.`,
		Question: `The loss is as good as it was. Which half of the flow does the loss never run?`,
	},
	{
		Bug: "mask-wrong-in-log-det", Date: "2022-01-31",
		Text:     `The loss was below zero and went on falling.`,
		Question: `Which $s$ does nothing to $z$, and so may grow for ever if it is paid for?`,
	},
	{
		Bug: "half-log-two-pi-missing", Date: "2022-01-29",
		Text:     `A continuous density may exceed one, so a negative loss proves nothing by itself. Does the density add up to one?`,
		Question: `Training is the same to the last digit. What can be missing that no gradient sees?`,
	},
	{
		Bug: "logit-alpha-half", Date: "2022-01-29",
		Text:     `$\alpha = 0.5$ was typed for $\alpha = 0.05$ in $\operatorname{logit}(\alpha + (1-\alpha)x/256)$. The digits are in negative, so that white is common.`,
		Question: `Where on the line does black land now, and where white?`,
	},
	{
		Bug: "logit-unscaled", Date: "2022-01-29",
		Text:     `NaN. Out went the residual net, out went $\exp$; NaN. It was the data: a white pixel with its noise is 255.99…, and the paper's $\alpha + (1-\alpha)x/256$, read to the letter, shields black alone. He settled on $0.05 + 0.9\,x/256$. (The digits are in negative, and their noise may round up to 256, as his did. realnvp.Dequantize stops one bit below.)`,
		Question: `What is the logit of a white pixel?`,
	},
	{
		Bug: "tanh-without-scale", Date: "2022-01-08",
		Text:     `Points of the plane, before any picture. He took $\tanh$ and its learned factor off $s$, then saw NaN in some runs, and put them back. Here $\tanh$ stays and only the factor goes, at a learning rate that the healthy flow takes.`,
		Question: `Each $|s|$ is under one. How large can $e^{s}$ become through 16 couplings, or through his 32?`,
	},
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
