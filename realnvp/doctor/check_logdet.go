package doctor

import (
	"fmt"
	"math"
)

// checkLogDet holds the log-determinants of every layer, and of the whole, against Jacobians.
func (e *exam) checkLogDet() []Check {
	s, l := e.bestSide()
	parts := e.parts(l)
	measured := parts
	if whole := parts[len(parts)-1]; !whole.full {
		measured = parts[:len(parts)-1]
	}
	e.measure(s, measured)
	gradient := e.gradientLine(s, parts)
	if wrong := e.stopped(parts); len(wrong) > 0 {
		e.measure(s, wrong)
	}
	results := make([]logDetResult, len(parts))
	for i, p := range parts {
		r := logDetResult{part: p, off: none}
		want := none
		switch {
		case p.full:
			r.by, want = "Jacobian", p.jacobianLogDet()
		case e.wide != nil && i < len(measured):
			r.by, want = p.structure()
		}
		if r.by != "" {
			r.off = math.Abs(p.given - want)
		}
		results[i] = r
		e.logDetOff = append(e.logDetOff, r.off)
	}
	whole, _ := e.wholeBack(e.own, e.seen, nil)
	return []Check{e.logDetLine(l, e.layersBack(s, l), whole, results), gradient}
}

// gradientLimit is the relative distance from which autodiff is taken to be wrong.
const gradientLimit = 1e-2

// stopped gives the parts whose autodiff is not what finite differences see, readied for another measurement.
func (e *exam) stopped(parts []*part) (wrong []*part) {
	for _, p := range parts {
		if e.wide != nil && !e.wide.narrow && p.full && p.noGradient == nil && !(p.slopeError() <= gradientLimit) {
			p.differences, p.rows = true, nil
			wrong = append(wrong, p)
		}
	}
	return wrong
}

// logDetResult is what a part's log-determinant was held against.
type logDetResult struct {
	*part
	by  string  // "Jacobian", "elementwise", "permutation", or "" where it was not measured
	off float64 // in nats
}

// logDetLine finds the part that is furthest off; a layer goes before the whole, which only inherits.
func (e *exam) logDetLine(l *look, layersBack []undone, wholeBack undone, results []logDetResult) Check {
	tolerance := 1e-3
	if e.wide != nil {
		tolerance = 1e-6
	}
	line := Check{Name: CheckLogDet, Verdict: OK, Value: 0, Limit: tolerance,
		Remedy: "log-det is Σ log of what each number is stretched by, over all H·W·C numbers; only what the coupling transforms, and with its sign"}
	measured, unmeasured := map[string]int{}, ""
	for _, r := range results[:len(results)-1] {
		measured[r.by]++
		if r.by == "" && unmeasured == "" {
			unmeasured = r.path
		}
		line.hold(r)
	}
	for i, u := range layersBack {
		if line.Verdict == OK && worse(u.logDetError, math.Max(tolerance, line.Value)) {
			line.Verdict, line.Layer, line.Value = Fail, e.layers[i].path, u.logDetError
			line.Detail = "the log-determinants of Forward and Inverse do not add to zero"
		}
	}
	whole := results[len(results)-1]
	if line.Verdict == OK {
		line.hold(whole)
	}
	if line.Verdict == OK {
		sum := 0.0
		for _, s := range l.layers {
			sum += s.logDet[0]
		}
		if d := math.Abs(sum-whole.given) / (1 + math.Abs(sum)); !(d <= tolerance) {
			line.Verdict, line.Value = Fail, d
			line.Detail = fmt.Sprintf("the whole's log-determinant %.6g is not the sum of its layers' %.6g", whole.given, sum)
		}
	}
	if line.Verdict == OK && worse(wholeBack.logDetError, 1e-3) {
		line.Verdict, line.Value = Fail, wholeBack.logDetError
		line.Detail = "the whole's log-determinants of Forward and Inverse do not add to zero"
	}
	if line.Verdict != OK {
		return line
	}
	line.Remedy = ""
	line.Detail = fmt.Sprintf("layers by full Jacobian %d, as elementwise %d, as permutation %d; whole by %s",
		measured["Jacobian"], measured["elementwise"], measured["permutation"], wholeBy(whole.by))
	if unmeasured != "" {
		line.Verdict, line.Layer = Skipped, unmeasured
		line.Detail = fmt.Sprintf("%d layers were not measured: more than %d numbers, and neither elementwise nor a permutation", measured[""], e.opts.MaxJacobian)
		line.Remedy = "raise Options.MaxJacobian, or examine a flow of smaller samples built the same way"
		if e.wide == nil {
			line.Detail = fmt.Sprintf("%d layers were not measured: more than %d numbers, and the flow does not run in float64", measured[""], e.opts.MaxJacobian)
		}
	}
	return line
}

func wholeBy(by string) string {
	if by == "" {
		return "the sum of its layers"
	}
	return by
}

// hold makes the line fail where a part is off by more than any before it.
func (line *Check) hold(r logDetResult) {
	if r.by == "" {
		return
	}
	off := r.off / (1 + math.Abs(r.given))
	if !isFinite(r.given) {
		off = math.Inf(1)
	}
	if worse(off, line.Value) {
		line.Value = off
		if !(off <= line.Limit) {
			line.Verdict, line.Layer = Fail, r.path
			line.Detail = fmt.Sprintf("log-det is %.6g nats, the %s's is off by %.3g", r.given, jacobianOf(r.by), r.off)
		}
	}
}

func jacobianOf(by string) string {
	if by == "Jacobian" {
		return by
	}
	return by + " map"
}

// gradientLine compares autodiff with finite differences along one random direction.
func (e *exam) gradientLine(s *side, parts []*part) Check {
	line := Check{Name: CheckGradient, Verdict: Skipped, Value: none, Limit: gradientLimit}
	for _, p := range parts {
		if p.noGradient != nil {
			line.Verdict, line.Layer, line.Detail = Fail, p.path, "no gradient: "+firstLine(p.noGradient)
			line.Remedy = "training cannot see through this operation: write it with ones that have a gradient"
			return line
		}
	}
	switch {
	case s.narrow:
		line.Detail = "parts of the flow compute in 16 bits, where finite differences say nothing"
		return line
	case e.wide == nil:
		line.Detail = e.wideWhy
		return line
	}
	worst, taken := 0.0, false
	for _, p := range parts {
		if !p.full || p.whole && worst > gradientLimit {
			continue // the whole only inherits
		}
		taken = true
		if d := p.slopeError(); worse(d, worst) {
			worst, line.Layer = d, p.path
		}
	}
	if !taken {
		line.Detail = fmt.Sprintf("nothing has %d numbers or fewer (Options.MaxJacobian)", e.opts.MaxJacobian)
		return line
	}
	line.Value, line.Verdict, line.Detail = worst, OK, "autodiff against finite differences along a random direction"
	if !(worst <= line.Limit) {
		line.Verdict = Warn
		line.Detail = "autodiff is not what finite differences see: a gradient is stopped or replaced, or the sample lies on a kink"
		line.Remedy = "look for StopGradient or a custom gradient on the path of x"
		return line
	}
	line.Layer = ""
	return line
}
