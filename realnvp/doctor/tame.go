package doctor

import "flowbook/realnvp/transform"

// tame is what helps where a layer stretches too much: whatever this flow does not have yet.
func (e *exam) tame() string {
	couplings, bounded := 0, 0
	for _, l := range e.layers {
		if l.coupling == nil {
			continue
		}
		couplings++
		if b, ok := l.coupling.Transform.(transform.Bounded); ok && b.Bounded() {
			bounded++
		}
	}
	switch {
	case couplings == 0:
		return "hold what each layer stretches by"
	case bounded < couplings:
		return "bound s (transform.Affine.Bound)"
	}
	return "s is bounded already: take a lower bound or fewer couplings, or a base with heavier tails (base.StudentT)"
}
