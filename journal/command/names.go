package command

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"flowbook/journal"
	"flowbook/journal/fault"
	"flowbook/journal/store"
	"flowbook/journal/sweep"
)

// names resolves what people type in the place of an id: the id, its beginning, last, or last~1. Only the command knows such names; what it
// calls takes whole ids.
type names struct {
	journal string
	all     []store.Listed // the newest of each kind first
}

func namesOf(ctx context.Context, j *journal.Journal) (names, error) {
	all, err := j.IDs(ctx)
	return names{j.Name(), all}, err
}

// run finds a run; runs in the trash have no last.
func (n names) run(name string) (string, error) { return n.find(store.RunKind, name) }

// entry finds an entry.
func (n names) entry(name string) (string, error) { return n.find(store.EntryKind, name) }

// any finds a run, or else an entry; last is a run.
func (n names) any(name string) (string, error) {
	id, err := n.run(name)
	if err == nil || n.matches(store.RunKind, name) != nil || isLast(name) {
		return id, err
	}
	if n.matches(store.EntryKind, name) != nil {
		return n.entry(name)
	}
	return "", n.notFound("run or entry", name)
}

// trashed finds what restore brings back; last is the run that was moved to the trash last.
func (n names) trashed(name string) (string, error) {
	if name != "last" {
		return n.any(name)
	}
	var newest *store.Listed
	for i, l := range n.all {
		if l.Kind == store.RunKind && l.Deleted != nil && (newest == nil || l.Deleted.After(*newest.Deleted)) {
			newest = &n.all[i]
		}
	}
	if newest == nil {
		return "", fmt.Errorf("journal %s: no run is in the trash: %w", n.journal, journal.ErrNotFound)
	}
	return newest.ID, nil
}

// runs finds several, each once.
func (n names) runs(given []string) (all []string, err error) {
	for _, name := range given {
		id, err := n.run(name)
		if err != nil {
			return nil, err
		}
		all = append(all, id)
	}
	return all, nil
}

func isLast(name string) bool { return strings.HasPrefix(strings.ToLower(name), "last") } // no id has an l

func (n names) find(kind store.Kind, name string) (string, error) {
	name = strings.ToLower(strings.TrimSpace(name))
	if name == "" {
		return "", fault.Invalid("the id of the %s is empty", kind)
	}
	if back, ok := strings.CutPrefix(name, "last"); ok {
		return n.last(kind, back)
	}
	return pick(n.matches(kind, name), name, fmt.Sprintf("journal %s: %s", n.journal, kind))
}

// pick is the one of some ids that a name means.
func pick(found []string, name, what string) (string, error) {
	switch {
	case len(found) == 0:
		return "", fmt.Errorf("%s %q: %w", what, name, journal.ErrNotFound)
	case len(found) == 1 || slices.Contains(found, name):
		if slices.Contains(found, name) {
			return name, nil
		}
		return found[0], nil
	}
	list := strings.Join(found[:min(5, len(found))], ", ")
	if len(found) > 5 {
		list += ", …"
	}
	return "", fmt.Errorf("%s %q: %w: it begins %s", what, name, journal.ErrAmbiguous, list)
}

// matches are the ids that begin with a name, sorted.
func (n names) matches(kind store.Kind, name string) (found []string) {
	for _, l := range n.all {
		if l.Kind == kind && strings.HasPrefix(l.ID, strings.ToLower(name)) {
			found = append(found, l.ID)
		}
	}
	slices.Sort(found)
	return found
}

// last finds the run or entry that back names: "" is the newest that is not in the trash, "~1" the one before it.
func (n names) last(kind store.Kind, back string) (string, error) {
	at := 0
	if back != "" {
		var err error
		if at, err = strconv.Atoi(strings.TrimPrefix(back, "~")); err != nil || at < 0 || back[0] != '~' {
			return "", fault.Invalid("%q is no %s; write last, last~1, last~2, …", "last"+back, kind)
		}
	}
	for _, l := range n.all {
		if l.Kind != kind || l.Deleted != nil {
			continue
		}
		if at == 0 {
			return l.ID, nil
		}
		at--
	}
	return "", n.notFound(string(kind), "last"+back)
}

func (n names) notFound(what, name string) error {
	return fmt.Errorf("journal %s: %s %q: %w", n.journal, what, name, journal.ErrNotFound)
}

// runNames finds what links to runs by names in a text: run:k3f9.
var runNames = regexp.MustCompile(`\brun:([0-9a-z~]{4,10})\b`)

// whole writes the whole ids in the place of the names of runs that a text links to. run:last and run:last~1 are refused: they will soon be others.
func (n names) whole(text string) (_ string, err error) {
	text = runNames.ReplaceAllStringFunc(text, func(link string) string {
		name := strings.TrimPrefix(link, "run:")
		if back, ok := strings.CutPrefix(name, "last"); ok && (back == "" || back[0] == '~') {
			err = fault.Invalid("the text links to %s, which will soon be another; write the run's id", link)
		}
		if found := n.matches(store.RunKind, name); len(found) == 1 {
			return "run:" + found[0]
		}
		return link
	})
	return text, err
}

// whole is [names.whole] of a journal.
func whole(ctx context.Context, j *journal.Journal, text string) (string, error) {
	known, err := namesOf(ctx, j)
	if err != nil {
		return "", err
	}
	return known.whole(text)
}

// sweepID finds a sweep; last is the one that was made last.
func sweepID(ctx context.Context, q *sweep.Queue, name string) (string, error) {
	all, err := q.Sweeps(ctx)
	if err != nil {
		return "", err
	}
	ids := make([]string, len(all))
	for i, s := range all {
		ids[i] = s.ID
	}
	return pickSweep(ids, name)
}

// pickSweep is the sweep of some, the newest first, that a name means.
func pickSweep(ids []string, name string) (string, error) {
	if name == "last" && len(ids) > 0 {
		return ids[0], nil
	}
	found := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return name == "" || !strings.HasPrefix(id, name) })
	slices.Sort(found)
	id, err := pick(found, name, "sweep")
	if len(found) == 0 {
		err = fmt.Errorf("%w; journal sweep ls lists them", err)
	}
	return id, err
}
