package figures

import (
	"errors"
	"fmt"
	"slices"
)

// Alike gives figures of the plane (scatters and density maps) one view, to be put [Beside] each other and compared: all
// axes show the same area, which holds what each showed, in the same size, with a unit as long on x as on y; and density
// maps get one colour scale, so that a colour stands for the same density in all, and its bar stands at the last. It
// changes the figures themselves and fails where one is not of the plane.
func Alike(panels ...*Figure) error {
	if len(panels) == 0 {
		return errors.New("figures: alike: no figures")
	}
	var area Area
	var densities []float64
	for i, p := range panels {
		switch {
		case p == nil:
			return fmt.Errorf("figures: alike: figure %d of %d is nil", i+1, len(panels))
		case p.density == nil && !p.equalUnits:
			return fmt.Errorf("figures: alike: figure %d of %d, %q, is not of the plane", i+1, len(panels), p.Label())
		}
		own := Area{p.X.Min, p.X.Max, p.Y.Min, p.Y.Max}
		if i == 0 {
			area = own
		}
		area = Area{min(area.XMin, own.XMin), max(area.XMax, own.XMax), min(area.YMin, own.YMin), max(area.YMax, own.YMax)}
		if p.density != nil {
			densities = append(densities, p.density.kept...)
		}
	}
	const width = 460 * Px // without a bar
	lastMap := true
	for _, p := range slices.Backward(panels) {
		p.equalUnits, p.alike, p.Width = true, true, width
		if p.density != nil {
			p.density.bar.hidden = !lastMap
			if lastMap {
				p.Width += barSpace
			}
			lastMap = false
			p.scale(densities)
		}
		p.show(area)
		p.Height += 24 * Px // so that the width decides the area's size, whatever stands above it
	}
	return nil
}
