package chart

import (
	"math"
	"slices"
	"strings"
)

// Trials is what was measured at some combinations of parameters.
type Trials struct {
	Params []string // names of the parameters
	Metric string   // what was measured
	All    []Trial  // the best first
	Crown  Crown
}

// A Crown says whether the first trial is the best, and stands out.
type Crown int

// Ranked trials have a best one; Unranked ones, of a metric that has no better direction, have not.
const (
	Unranked Crown = iota
	Ranked
)

// A Trial is one combination.
type Trial struct {
	Values    []string // of the parameters
	Mean      float64  // what was measured, finite
	Deviation float64  // standard deviation over the combination's runs; NaN for none
	Label     string   // says what it is, under the pointer
}

// The colours of what is ordinary, and of what is best.
const (
	plain = Blue
	best  = Orange
)

// maxDrawn is how many trials have a dot or a line.
const maxDrawn = 400

// values are those of the i-th parameter.
func (t Trials) values(i int) []string {
	all := make([]string, len(t.All))
	for k, trial := range t.All {
		all[k] = trial.Values[i]
	}
	return all
}

// extent are the ends of all that is drawn: where all means are positive, without the deviations that reach below 0.
func (t Trials) extent() []float64 {
	positive := !slices.ContainsFunc(t.All, func(trial Trial) bool { return trial.Mean <= 0 })
	var all []float64
	for _, trial := range t.All {
		all = append(all, trial.Mean)
		if d := trial.Deviation; !math.IsNaN(d) {
			all = append(all, trial.Mean+d)
			if trial.Mean-d > 0 || !positive {
				all = append(all, trial.Mean-d)
			}
		}
	}
	return slices.DeleteFunc(all, func(v float64) bool { return !isFinite(v) })
}

// none tells that there is nothing to draw.
func (t Trials) none() bool { return len(t.All) == 0 || len(t.Params) == 0 }

func (t Trials) names() string { return strings.Join(t.Params, ", ") }
