package record

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// Leading names the n metrics that say most of some runs: those that most runs have; of as many, what is measured on test data, then on
// validation data, then the rest, and last what tells how the training goes rather than how well: learning rates, norms, times. Those of package system are not among them.
func Leading(runs []*Run, n int) []string {
	count := map[string]int{}
	for _, r := range runs {
		for name := range r.Metrics {
			if !OfSystem(name) {
				count[name]++
			}
		}
	}
	names := slices.SortedFunc(maps.Keys(count), func(a, b string) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(weight(a), weight(b)), strings.Compare(a, b))
	})
	return names[:min(n, len(names))]
}

// weight is how far back a metric of this name stands.
func weight(metric string) int {
	name := strings.ToLower(metric)
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(name, w) })
	}
	switch {
	case has("learning_rate", "grad", "norm", "stderr", "finite", "time", "seconds", "epoch", "memory") || name == "lr":
		return 3
	case has("test"):
		return 0
	case has("val"):
		return 1
	}
	return 2
}
