package experiment

import (
	"context"
	"errors"
	"slices"

	"flowbook/journal"
	"flowbook/realnvp/bugs"
)

// A Pair is a bug's two runs: the bug in the flow, and the same training of the same seed without it.
type Pair struct {
	Page    Page
	Bug     bugs.Bug
	Trial   Trial // the one with the bug
	On, Off *journal.Record
	Others  [][2]*journal.Record // the same with other seeds

	options []journal.Option // of the runs
}

// RunPair runs a bug's trial and its healthy twin, with each of its Seeds, shown to w (nil for none). change, where it is not
// nil, changes the trial first. A training that a bug breaks is a result, its run failed; a healthy one that breaks is an
// error.
func RunPair(ctx context.Context, j *journal.Journal, w Watcher, change func(*Trial), name string) (Pair, error) {
	if w != nil {
		ctx = Watched(ctx, w)
	}
	bug, err := bugs.Named(name)
	if err != nil {
		return Pair{}, err
	}
	page, _ := PageOf(name)
	p := Pair{Page: page, Bug: bug, Trial: BugTrial(bug)}
	if change != nil {
		change(&p.Trial)
	}
	if p.options, err = shorten(&p.Trial); err != nil {
		return p, err
	}
	if p.On, p.Off, err = p.run(ctx, j, p.Trial); err != nil {
		return p, err
	}
	for seed := range Seeds(bug) - 1 {
		other := p.Trial
		other.Seed += uint64(seed) + 1
		other.Picture = false
		on, off, err := p.run(ctx, j, other)
		if err != nil {
			return p, err
		}
		p.Others = append(p.Others, [2]*journal.Record{on, off})
	}
	return p, nil
}

func (p Pair) run(ctx context.Context, j *journal.Journal, c Trial) (on, off *journal.Record, err error) {
	off, err = journal.ExecuteConfig(ctx, j, HealthyExperiment(c.Subject), c.twin(), p.options...)
	if err != nil {
		return nil, nil, stopped(ctx, off, err)
	}
	on, err = journal.ExecuteConfig(ctx, j, BugExperiment(p.Bug.Name), c, append(p.options, journal.WithParent(off.ID))...)
	if err != nil && (on == nil || !errors.Is(err, ErrBroken)) {
		return nil, nil, stopped(ctx, on, err)
	}
	for _, r := range []**journal.Record{&on, &off} { // again, with figures and artifacts
		if *r, err = j.Get(ctx, (*r).ID); err != nil {
			return nil, nil, err
		}
	}
	return on, off, nil
}

// twin is the trial without its bug, of no bug's name.
func (c Trial) twin() Trial {
	c.Bug, c.On = "", false
	c.Measures = slices.DeleteFunc(slices.Clone(c.Measures), func(m string) bool { return m == "truth" })
	return c
}
