package group

import (
	"flowbook/figures/chart"
	"flowbook/journal"
)

// Curve is a series to be drawn.
func Curve(s journal.Series, name string) chart.Curve {
	c := chart.Curve{Name: name, X: make([]float64, s.Len()), Y: s.Values}
	for i, step := range s.Steps {
		c.X[i] = float64(step)
	}
	return c
}
