package doctor

import (
	"fmt"
	"strings"
)

// Limits of |s|: exp(9) is a stretch by 8,000, exp(20) leaves no digits of a float32.
const (
	deadS     = 1e-6
	largeS    = 9.0
	explodedS = 20.0
)

// checkScales asks of each coupling whether its s does anything, and not too much.
func (e *exam) checkScales() []Check {
	line := Check{Name: CheckScales, Verdict: Skipped, Value: none, Limit: largeS}
	var idle, dead []string
	couplings, layer, most := 0, "", 0.0
	for _, s := range e.seen.layers {
		if s.layer.scales == nil {
			continue
		}
		couplings++
		free, alive := 0, 0
		for i := range s.maxS {
			if s.maxS[i] != 0 || s.maxT[i] != 0 {
				free++
			}
			if !(s.maxS[i] <= deadS) {
				alive++
			}
			if worse(s.maxS[i], most) {
				layer, most = s.layer.path, s.maxS[i]
			}
		}
		switch {
		case free == 0:
			idle = append(idle, s.layer.path)
		case alive == 0:
			dead = append(dead, s.layer.path)
		}
	}
	if couplings == 0 {
		line.Detail = "no layer shows its s (a method ScaleTranslate)"
		return []Check{line}
	}
	line.Verdict, line.Value = OK, most
	line.Detail = fmt.Sprintf("largest |s| of %d couplings", couplings)
	bound := e.tame() + ", train with a lower rate or weight decay"
	switch {
	case !(most <= explodedS):
		line.Verdict, line.Layer, line.Remedy = Fail, layer, bound
		line.Detail = fmt.Sprintf("|s| reaches %.3g: this coupling stretches by exp of that", most)
	case most > largeS:
		line.Verdict, line.Layer, line.Remedy = Warn, layer, bound
		line.Detail = fmt.Sprintf("|s| reaches %.3g", most)
	case len(idle) == couplings:
		line.Detail = "every coupling is the identity: the flow is at its start"
		if !e.opts.AtStart {
			line.Verdict, line.Remedy = Warn, "train it, or say Options.AtStart"
		}
	case len(idle)+len(dead) > 0:
		line.Verdict = Warn
		line.Layer = append(idle, dead...)[0]
		line.Detail = fmt.Sprintf("%d of %d couplings have s = 0 throughout (%s)", len(idle)+len(dead), couplings, few(append(idle, dead...)))
		line.Remedy = "a dead s learns nothing: is its learned factor stuck at 0, its net cut off, or its mask all ones?"
	}
	return []Check{line}
}

// few names at most three.
func few(names []string) string {
	if len(names) > 3 {
		return strings.Join(names[:3], ", ") + ", …"
	}
	return strings.Join(names, ", ")
}

// checkStart asks of an untrained flow that every coupling is the identity.
func (e *exam) checkStart() []Check {
	line := Check{Name: CheckStart, Verdict: Skipped, Value: none, Limit: deadS}
	if !e.opts.AtStart {
		line.Detail = "the flow is trained (Options.AtStart is not set)"
		return []Check{line}
	}
	couplings := 0
	line.Value = 0
	for _, s := range e.seen.layers {
		if s.layer.scales == nil {
			continue
		}
		couplings++
		for _, values := range [][]float64{s.maxS, s.maxT} {
			for _, v := range values {
				if worse(v, line.Value) {
					line.Value, line.Layer = v, s.layer.path
				}
			}
		}
	}
	switch {
	case couplings == 0:
		line.Detail = "no layer shows its s and t (a method ScaleTranslate)"
	case !(line.Value <= line.Limit):
		line.Verdict = Fail
		line.Detail = fmt.Sprintf("|s| or |t| is %.3g before any training", line.Value)
		line.Remedy = "start the learned factors of s and t at zero: an untrained flow then neither stretches nor shifts, whatever its depth"
	default:
		line.Verdict, line.Layer, line.Detail = OK, "", fmt.Sprintf("s and t of %d couplings are 0", couplings)
	}
	return []Check{line}
}
