package experiment

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"flowbook/journal"
	"flowbook/realnvp/bugs"
)

// A Pair is a bug's two runs: the bug in the flow, and the same training of the same seed without it.
type Pair struct {
	Page    Page
	Bug     bugs.Bug
	Trial   Trial // the one with the bug
	On, Off *journal.Record
}

// RunPairs runs each bug's trial and its healthy twin, which bugs of the same settings share, shown to w (nil for none).
// change, where it is not nil, changes the trials first.
// A training that a bug breaks is a result, its run failed; a healthy one that breaks is an error.
func RunPairs(ctx context.Context, j *journal.Journal, w Watcher, change func(*Trial), names ...string) ([]Pair, error) {
	if w != nil {
		ctx = Watched(ctx, w)
	}
	pairs, twins := make([]Pair, len(names)), map[string]*Trial{}
	for i, name := range names {
		bug, err := bugs.Named(name)
		if err != nil {
			return nil, err
		}
		page, _ := PageOf(name)
		pairs[i] = Pair{Page: page, Bug: bug, Trial: BugTrial(bug)}
		if change != nil {
			change(&pairs[i].Trial)
		}
		twin := pairs[i].Trial.twin()
		if known := twins[pairs[i].settings()]; known != nil {
			twin.Checks, twin.Measures = union(known.Checks, twin.Checks), union(known.Measures, twin.Measures)
		}
		twins[pairs[i].settings()] = &twin
	}
	healthy := map[string]*journal.Record{}
	for i := range pairs {
		p := &pairs[i]
		key := p.settings()
		if healthy[key] == nil {
			record, err := journal.ExecuteConfig(ctx, j, HealthyExperiment(p.Trial.Subject), *twins[key])
			if err != nil {
				return nil, err
			}
			healthy[key] = record
		}
		var err error
		p.Off = healthy[key]
		p.On, err = journal.ExecuteConfig(ctx, j, BugExperiment(p.Bug.Name), p.Trial, journal.WithParent(p.Off.ID))
		if p.On == nil || p.On.Status == journal.Interrupted {
			return nil, err
		}
		if err != nil && !errors.Is(err, ErrBroken) {
			return nil, err
		}
		if err = errors.Join(p.read(ctx, j, &p.On), p.read(ctx, j, &p.Off)); err != nil {
			return nil, err
		}
	}
	return pairs, nil
}

// read reads a record again, with its figures and artifacts.
func (p *Pair) read(ctx context.Context, j *journal.Journal, r **journal.Record) (err error) {
	*r, err = j.Get(ctx, (*r).ID)
	return err
}

// twin is the trial without its bug, of no bug's name.
func (c Trial) twin() Trial {
	c.Bug, c.On = "", false
	c.Measures = slices.DeleteFunc(slices.Clone(c.Measures), func(m string) bool { return m == "truth" })
	return c
}

// settings are what two trials must have the same to share a healthy twin.
func (p *Pair) settings() string {
	c := p.Trial.twin()
	c.Checks, c.Measures = nil, nil
	text, _ := json.Marshal(c) // numbers, words and lists of them
	return string(text)
}

func union(a, b []string) []string {
	all := slices.Clone(a)
	for _, v := range b {
		if !slices.Contains(all, v) {
			all = append(all, v)
		}
	}
	return all
}

// Debug runs the pairs of the bugs in the default journal, writes their entries, and shows each in the cell. The stop
// button ends it after the step under way.
func Debug(w Watcher, names ...string) error {
	j, err := journal.OpenDefault()
	if err != nil {
		return err
	}
	defer j.Close()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	pairs, err := RunPairs(ctx, j, w, nil, names...)
	if err != nil {
		return err
	}
	for _, p := range pairs {
		entry, err := p.Write(ctx, j)
		if err != nil {
			return err
		}
		if err := p.Show(ctx, j, entry); err != nil {
			return err
		}
	}
	return nil
}
