package doctor

import (
	"fmt"
	"strings"
)

// checkArchitecture looks at how an image flow is put together: three lines.
func (e *exam) checkArchitecture() []Check {
	scales := Check{Name: CheckMultiScale, Verdict: Skipped, Value: none, Limit: none, Detail: "samples are no images"}
	norms := Check{Name: CheckNorms, Verdict: Skipped, Value: none, Limit: none, Detail: "samples are no images"}
	width := Check{Name: CheckWidth, Verdict: Skipped, Value: none, Limit: none, Detail: "samples are no images"}
	if len(e.dims) == 3 {
		e.judgeScales(&scales)
		e.judgeNorms(&norms)
		e.judgeWidth(&width)
	}
	return []Check{scales, norms, width}
}

func (e *exam) couplings() (all, last int) {
	for _, l := range e.layers {
		if l.scales != nil {
			all++
			if l.level == e.factorOuts {
				last++
			}
		}
	}
	return all, last
}

// judgeScales: a flow of images that never factors out works on all numbers to the end; one that does must go on with
// what is left, or that goes to the latent as the last factor-out gave it.
func (e *exam) judgeScales(line *Check) {
	side := min(e.dims[0], e.dims[1])
	all, last := e.couplings()
	line.Value = float64(e.factorOuts)
	line.Verdict, line.Detail = OK, fmt.Sprintf("%d factor-outs, %d couplings after the last", e.factorOuts, last)
	switch {
	case all == 0:
		line.Verdict, line.Value, line.Detail = Skipped, none, "no layer shows that it is a coupling (a method ScaleTranslate)"
	case e.factorOuts == 0 && side >= 8:
		line.Verdict = Warn
		line.Detail = "a single scale: no factor-out"
		line.Remedy = "squeeze, transform by channel masks, factor out half, and again (Dinh et al. 2016, section 3.6)"
	case e.factorOuts > 0 && last == 0:
		line.Verdict = Warn
		line.Detail = "no coupling after the last factor-out"
		line.Remedy = "add the final checkerboard couplings (four, in the paper's and the author's models)"
	}
}

func (e *exam) judgeNorms(line *Check) {
	count := 0
	for _, l := range e.layers {
		if _, _, ok := running(e.own.store, l); ok {
			count++
		}
	}
	all, _ := e.couplings()
	line.Value, line.Verdict = float64(count), OK
	line.Detail = fmt.Sprintf("%d norm layers for %d couplings", count, all)
	switch {
	case all == 0:
		line.Verdict, line.Value, line.Detail = Skipped, none, "no layer shows that it is a coupling (a method ScaleTranslate)"
	case all >= 4 && count == 0:
		line.Verdict = Warn
		line.Detail = fmt.Sprintf("%d couplings and no batch norm between them", all)
		line.Remedy = "put a bijector.BatchNorm after each coupling, or deep flows train badly"
	}
}

// judgeWidth reads the number of planes off the first convolution of each net (variables …/s/conv_in/v of
// net.ResNet) and compares with the number of couplings.
func (e *exam) judgeWidth(line *Check) {
	planes := 0
	for v := range e.scope(e.own.store).IterVariables() {
		if strings.HasSuffix(v.Path(), "/conv_in/v") && v.Shape().Rank() == 4 {
			if p := v.Shape().Dimensions[3]; planes == 0 || p < planes {
				planes = p
			}
		}
	}
	all, _ := e.couplings()
	if planes == 0 || all == 0 {
		line.Detail = "no coupling with a net.ResNet"
		return
	}
	line.Value, line.Limit = float64(all)/float64(planes), 2
	line.Verdict, line.Detail = OK, fmt.Sprintf("%d couplings, nets of %d planes", all, planes)
	if line.Value > line.Limit {
		line.Verdict = Warn
		line.Remedy = "were planes and couplings swapped? A few wide couplings learn images better than many narrow ones"
	}
}
