package query

import (
	"math"
	"slices"
	"strings"
	"time"

	"flowbook/journal/record"
)

// An Error points at the place in a filter that is wrong.
type Error struct {
	Filter  string
	Column  int // in characters, from 1
	Message string
}

// A Query chooses runs; the zero Query takes all that are not in the trash, newest first.
type Query struct {
	Where      string        // a filter, see [ParseFilter]
	Experiment string        // only this experiment
	Tags       []string      // all of these
	Status     record.Status // only this status
	Since      time.Time     // started then or later
	Until      time.Time     // started before
	Sort       string        // a filter's field, as "metric.bpd"; "-" before it reverses; runs without it come last
	Limit      int           // at most so many; 0: no limit
	Trash      bool          // those in the trash instead
}

// Chooses tells whether the query leaves out runs that are not in the trash.
func (q Query) Chooses() bool {
	return q.Where != "" || q.Experiment != "" || len(q.Tags) > 0 || q.Status != "" || !q.Since.IsZero() || !q.Until.IsZero() || q.Limit > 0 || q.Trash
}

// Plain tells whether a database alone can choose the runs.
func (q Query) Plain() bool { return strings.TrimSpace(q.Where) == "" && q.Status == "" }

// Order reads a sort field; its error points at the field as a filter's does.
func Order(sort string) (func([]*record.Run), error) {
	if sort == "" {
		return nil, nil
	}
	name, down := strings.CutPrefix(sort, "-")
	field, err := parseField(name)
	if err != nil {
		return nil, filterError(sort, len(sort)-len(name), err.Error())
	}
	return func(all []*record.Run) {
		keys := map[*record.Run]any{}
		for _, r := range all {
			if v := field.values(&subject{Run: r}); len(v) > 0 {
				keys[r] = v[0]
			}
		}
		slices.SortStableFunc(all, func(a, b *record.Run) int {
			x, y := keys[a], keys[b]
			switch missX, missY := missing(x), missing(y); {
			case missX && missY:
				return 0
			case missX:
				return 1
			case missY:
				return -1
			}
			c := 0
			if compareOne(x, "<", y) {
				c = -1
			} else if compareOne(y, "<", x) {
				c = 1
			}
			if down {
				return -c
			}
			return c
		})
	}, nil
}

// missing tells whether a value has no place in an order: what went wrong is not first in any.
func missing(v any) bool {
	f, isFloat := v.(float64)
	return v == nil || isFloat && (math.IsNaN(f) || math.IsInf(f, 0))
}
