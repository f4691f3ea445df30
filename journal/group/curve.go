package group

import (
	"flowbook/figures/chart"
	"flowbook/journal"
	"flowbook/journal/record"
)

// Curve is a series to be drawn.
func Curve(s journal.Series, name string) chart.Curve {
	c := chart.Curve{Name: name, X: make([]float64, s.Len()), Y: s.Values}
	for i, step := range s.Steps {
		c.X[i] = float64(step)
	}
	return c
}

// Along says what the steps of a metric count, for the axis of a chart; empty for steps of a training.
func Along(metric string) string {
	if record.OfSystem(metric) {
		return "second of the run"
	}
	return ""
}
