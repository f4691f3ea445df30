package doctor

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/stat"
)

// checkBits asks whether the score is possible at all for pixels, and whether the data are in the declared unit.
func (e *exam) checkBits() []Check {
	bpd := e.report.BitsPerDim
	line := Check{Name: CheckBits, Verdict: OK, Value: bpd, Limit: none}
	if e.opts.Levels <= 0 {
		line.Value = e.report.NLL
		line.Detail = "nats per sample; the data are not declared as pixels (Options.Levels)"
		if !isFinite(bpd) {
			line.Verdict, line.Detail, line.Remedy = Fail, "the score is not finite", "see the check of finiteness"
		}
		return []Check{line}
	}
	uniform := math.Log2(e.opts.Levels)
	line.Limit = uniform + 4
	lo, hi, whole := slices.Min(e.values), slices.Max(e.values), true
	for _, v := range e.values {
		whole = whole && v == math.Trunc(v)
	}
	line.Detail = fmt.Sprintf("a uniform model scores %.4g", uniform)
	switch {
	case lo < 0 || hi > e.opts.Levels:
		line.Verdict = Fail
		line.Detail = fmt.Sprintf("values from %.4g to %.4g are outside [0, %g]", lo, hi, e.opts.Levels)
		line.Remedy = "give the data in pixels, before any preprocessing; the flow's own layers do that and account for it"
	case hi <= 1:
		line.Verdict = Fail
		line.Detail = fmt.Sprintf("the data end at %.3g and are declared to reach %g: scaled outside the flow, the score lacks log2 of the factor, about %.3g bits/dim", hi, e.opts.Levels, uniform)
		line.Remedy = "scale by a layer of the flow (bijector.Scale, bijector.Logit), whose log-determinant counts"
	case !isFinite(bpd):
		line.Verdict, line.Detail, line.Remedy = Fail, "the score is not finite", "see the check of finiteness"
	case bpd <= 0:
		line.Verdict = Fail
		line.Detail = "no density of pixels on average exceeds 1 per unit: a negative log-likelihood below 0 is in another unit"
		line.Remedy = "the preprocessing's log-determinant (D·log 255) is missing, or the data are not dequantized"
	case whole:
		line.Verdict = Warn
		line.Detail = "all values are whole numbers: a density of discrete data can grow without bound"
		line.Remedy = "add uniform noise in [0, 1) to the pixels"
	case bpd > line.Limit && !e.opts.AtStart:
		line.Verdict = Warn
		line.Detail = fmt.Sprintf("worse by far than the %.4g of a uniform model", uniform)
		line.Remedy = "untrained (Options.AtStart), diverged, or data unlike those it was trained on"
	}
	return []Check{line}
}

// checkTerms splits the loss into the base density and each kind of layer.
func (e *exam) checkTerms() []Check {
	terms := []Term{{Name: "latent", Nats: -stat.Mean(e.seen.base, nil)}}
	at := map[string]int{}
	for _, s := range e.seen.layers {
		i, known := at[s.layer.kind]
		if !known {
			i = len(terms)
			at[s.layer.kind] = i
			terms = append(terms, Term{Name: s.layer.kind})
		}
		terms[i].Nats -= stat.Mean(s.logDet, nil)
	}
	line := Check{Name: CheckTerms, Verdict: OK, Value: 0, Limit: 50}
	var words []string
	worst := ""
	for i := range terms {
		terms[i].Bits = e.bits(terms[i].Nats)
		if i > 0 && terms[i].Nats == 0 {
			continue // squeeze, flatten, flip
		}
		words = append(words, fmt.Sprintf("%s %.4g", terms[i].Name, terms[i].Bits))
		if worse(math.Abs(terms[i].Bits), line.Value) {
			line.Value, worst = math.Abs(terms[i].Bits), terms[i].Name
		}
	}
	e.report.Terms = terms
	line.Detail = strings.Join(words, " + ") + " bits/dim"
	if !(line.Value <= line.Limit) {
		line.Verdict = Warn
		line.Detail = worst + " is out of proportion: " + line.Detail
		line.Remedy = "one part of the loss grows against the others: see max |s|, running moments and the range of the data"
	}
	return []Check{line}
}
