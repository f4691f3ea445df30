package figures

import (
	"image/color"

	"gonum.org/v1/plot/plotter"
)

// KeyEntry is a line of a figure's key in words: what a reader sees explained, and a test can hold a text to.
type KeyEntry struct {
	Name   string
	Color  color.NRGBA
	Dashed bool
}

// Key is the figure's key, in the order it is drawn; of figures side by side, panel by panel.
func (f *Figure) Key() []KeyEntry {
	var key []KeyEntry
	for _, k := range f.keys {
		e := KeyEntry{Name: k.name}
		switch t := k.thumb.(type) {
		case *plotter.Line:
			e.Color, e.Dashed = opaque(t.Color), len(t.Dashes) > 0
		case swatch:
			e.Color = opaque(t.fill)
		case points:
			e.Color = opaque(t.style.Color)
		case barKey:
			e.Color = Ink
		case carriedKey:
			e.Color = opaque(t.color)
		}
		key = append(key, e)
	}
	for _, p := range f.panels {
		key = append(key, p.Key()...)
	}
	return key
}
