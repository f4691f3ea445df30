package experiment

import (
	"fmt"
	"math"
	"strings"

	"flowbook/journal"
)

// Verdict is an entry's first sentence: what the held-out score tells of the bug, from what the runs gave.
func (p Pair) Verdict() string {
	train, val := p.Trial.metric("train"), p.Trial.metric("val")
	on, off, unit := p.On.Metrics[val], p.Off.Metrics[val], p.Trial.Unit()
	if p.On.Status == journal.Failed {
		return fmt.Sprintf("The training breaks off after step %d of %d, its loss no longer finite; without the bug it ends, and scores %s %s.",
			p.On.Metrics[train].LastStep, p.Trial.Steps, number(off.Last), unit)
	}
	if truth := p.On.Metrics[p.Trial.metric("true")]; truth.Count > 0 && math.Abs(truth.Last-on.Last) > 0.01 {
		text := fmt.Sprintf("The score is no likelihood: the flow claims %s %s, and a right flow gives the very same weights %s; trained without the bug they come to %s.",
			number(on.Last), unit, number(truth.Last), number(off.Last))
		if mass := p.On.Metrics["mass"]; mass.Count > 0 {
			text += fmt.Sprintf(" A density adds up to 1, and this one to %s.", number(mass.Last))
		}
		return text
	}
	worse, with, without := p.scores()
	switch of := len(with); {
	case on.Last == off.Last:
		return fmt.Sprintf("The score cannot show this bug: it is %s %s with it and without.", number(on.Last), unit)
	case worse == of && of == 1:
		return fmt.Sprintf("The score shows it: %s %s held out, and %s without the bug.", number(on.Last), unit, number(off.Last))
	case worse == of:
		return fmt.Sprintf("The score shows it with each of %d seeds: %s %s held out, and %s without the bug.", of, strings.Join(with, ", "), unit, strings.Join(without, ", "))
	case of == 1:
		return fmt.Sprintf("The score cannot show this bug: the flow with it scores better, %s %s held out, and %s without.", number(on.Last), unit, number(off.Last))
	default:
		return fmt.Sprintf("The score cannot show this bug: of %d seeds the flow with it is worse in %d; %s %s held out, and %s without.",
			of, worse, strings.Join(with, ", "), unit, strings.Join(without, ", "))
	}
}

// scores are the held-out scores of every seed, and in how many of them the bug's is the worse.
func (p Pair) scores() (worse int, with, without []string) {
	val := p.Trial.metric("val")
	for _, pair := range append([][2]*journal.Record{{p.On, p.Off}}, p.Others...) {
		on, off := pair[0].Metrics[val].Last, pair[1].Metrics[val].Last
		if !(on <= off) {
			worse++
		}
		with, without = append(with, number(on)), append(without, number(off))
	}
	return worse, with, without
}
