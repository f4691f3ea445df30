package sweep

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"

	"flowbook/journal"
	"flowbook/journal/config"
	"flowbook/journal/group"
	"flowbook/journal/internal/secret"
)

// DefaultLimit is how many runs a sweep may have that does not ask for more.
const DefaultLimit = 200

// A Plan is what a sweep is to run.
type Plan struct {
	Experiment string
	// Settings are the parameters and their values, as the package comment says; values of the config that are not named keep their defaults.
	Settings []string
	// Random is how many combinations to draw; 0: all of them.
	Random int
	// Seed is what they are drawn with: the same plan draws the same.
	Seed uint64
	// Limit is how many runs there may be; 0: [DefaultLimit].
	Limit int
	// Retries is how often a run that failed is tried again, from its last checkpoint. A worker that dies is no failure.
	Retries int
	// Priority says which sweep's runs are taken first: [First] to [Last]; 0: [DefaultPriority].
	Priority int
	// Tags are put on every run.
	Tags []string
}

// The priorities of a sweep.
const (
	First           = 1
	DefaultPriority = 2
	Last            = 4
)

// A Combination is the config of one run.
type Combination struct {
	Config json.RawMessage // secrets that are defaults are masked: each worker has its own
	Values []string        // of the parameters that vary, in their order
}

// Combinations works out the runs of the plan: of a grid in the order in which nested loops over the settings would have them, the last
// the innermost; each combination once. It returns the parameters that vary, by dotted path. Its errors wrap journal.ErrInvalid or
// journal.ErrNotFound, and name the parameter and what helps.
func (p Plan) Combinations() (params []string, all []Combination, err error) {
	e, err := journal.Lookup(p.Experiment)
	if err != nil {
		return nil, nil, err
	}
	axes, err := p.axes(e)
	if err != nil {
		return nil, nil, err
	}
	for _, a := range axes {
		if a.varies() {
			params = append(params, a.path)
		}
	}
	var rows [][]string
	if p.Random != 0 {
		rows, err = p.draw(axes)
	} else {
		rows, err = p.grid(axes)
	}
	if err != nil {
		return nil, nil, err
	}
	for _, row := range rows {
		c, err := combine(e, axes, row)
		if err != nil {
			return nil, nil, err
		}
		all = append(all, c)
	}
	return params, all, nil
}

// axes reads the settings.
func (p Plan) axes(e journal.Experiment) ([]*axis, error) {
	all, err := fieldsOf(e)
	if err != nil {
		return nil, err
	}
	var axes []*axis
	for _, s := range p.Settings {
		a, err := parseAxis(s, all)
		if err != nil {
			return nil, err
		}
		for _, other := range axes {
			switch {
			case other.path == a.path:
				return nil, invalid("%s is given twice; write its values in one list, as %s=1,2", a.path, a.path)
			case strings.HasPrefix(a.path, other.path+"."), strings.HasPrefix(other.path, a.path+"."):
				return nil, invalid("%s and %s set the same value; give one of them", other.path, a.path)
			}
		}
		axes = append(axes, a)
	}
	return axes, nil
}

// count is how many combinations there are; more than any limit where they cannot be counted.
func count(axes []*axis) int {
	const many = 1 << 40
	n := 1
	for _, a := range axes {
		if a.between != nil {
			return many
		}
		if n *= len(a.values); n >= many {
			return many
		}
	}
	return n
}

// limit refuses more runs than were asked for.
func (p Plan) limit(n int) error {
	limit := p.Limit
	if limit == 0 {
		limit = DefaultLimit
	}
	if n <= limit {
		return nil
	}
	return invalid("the sweep has %d runs, more than %d; take fewer values, draw some with --random, or allow them with --limit %d", n, limit, n)
}

func (p Plan) grid(axes []*axis) ([][]string, error) {
	for _, a := range axes {
		if a.between != nil {
			return nil, invalid("%s: a grid needs a count, as %s=%v..%v:lin:5; without one, --random draws", a.path, a.path, a.between.low, a.between.high)
		}
	}
	n := count(axes)
	if err := p.limit(n); err != nil {
		return nil, err
	}
	rows := make([][]string, n)
	for i := range rows {
		rows[i] = make([]string, len(axes))
		rest := i
		for k := len(axes) - 1; k >= 0; k-- {
			values := axes[k].values
			rows[i][k] = values[rest%len(values)]
			rest /= len(values)
		}
	}
	return rows, nil
}

// draw draws combinations, each once.
func (p Plan) draw(axes []*axis) ([][]string, error) {
	if p.Random < 0 {
		return nil, invalid("--random %d: draw 1 run or more", p.Random)
	}
	if err := p.limit(p.Random); err != nil {
		return nil, err
	}
	if n := count(axes); p.Random > n {
		return nil, invalid("--random %d: there are only %d combinations; leave --random out to run them all", p.Random, n)
	}
	rng := rand.New(rand.NewPCG(p.Seed, 0))
	var rows [][]string
	seen := map[string]bool{}
	for tries := 0; len(rows) < p.Random; tries++ {
		if tries > 1000*p.Random {
			return nil, invalid("--random %d: there are hardly more than %d different combinations; draw fewer", p.Random, len(rows))
		}
		row := make([]string, len(axes))
		for k, a := range axes {
			if a.between != nil {
				row[k] = a.between.draw(rng)
			} else {
				row[k] = a.values[rng.IntN(len(a.values))]
			}
		}
		if key := strings.Join(row, "\x00"); !seen[key] {
			seen[key] = true
			rows = append(rows, row)
		}
	}
	return rows, nil
}

// combine makes the config of a combination.
func combine(e journal.Experiment, axes []*axis, row []string) (Combination, error) {
	settings := make([]string, len(axes))
	for k, a := range axes {
		settings[k] = a.path + "=" + row[k]
	}
	cfg := e.New()
	if err := config.Override(cfg, settings...); err != nil {
		return Combination{}, fmt.Errorf("%s: %w", strings.Join(settings, " "), err)
	}
	raw, err := config.Encode(cfg)
	if err != nil {
		return Combination{}, err
	}
	c := Combination{Config: secret.JSON(raw)}
	for _, a := range axes {
		if group.At(c.Config, a.path) != group.At(raw, a.path) {
			return Combination{}, invalid("%s is a secret, which no run records and no job keeps; leave it to the experiment's defaults, such as an environment variable of each worker", a.path)
		}
		if a.varies() {
			c.Values = append(c.Values, group.Value(raw, a.path))
		}
	}
	return c, nil
}
