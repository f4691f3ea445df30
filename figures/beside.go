package figures

import (
	"errors"
	"fmt"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Beside puts figures side by side, so many a row, as one figure of the column's
// width at most. Each keeps its own title, key and note. columns = 0 puts all in
// one row. [Alike] first gives them the same axes, in the same size, and one colour scale.
func Beside(columns int, panels ...*Figure) (*Figure, error) {
	if len(panels) == 0 {
		return nil, errors.New("figures: beside: no figures to put side by side")
	}
	for i, p := range panels {
		if p == nil {
			return nil, fmt.Errorf("figures: beside: figure %d of %d is nil", i+1, len(panels))
		}
		if err := p.checkSize(); err != nil {
			return nil, err
		}
	}
	if columns <= 0 {
		columns = len(panels)
	}
	columns = min(columns, len(panels))
	f := &Figure{Plot: plot.New(), Name: panels[0].Name, panels: panels}
	for i, p := range panels {
		f.Raster = f.Raster || p.Raster
		f.photo = f.photo || p.photo
		if i < columns {
			f.Width += p.Width
		}
	}
	f.Width = min(f.Width, ColumnWidth)
	widths, left := columnWidths(columns, panels, f.Width)
	var rows []vg.Length // heights
	for i, p := range panels {
		if i%columns == 0 {
			rows = append(rows, 0)
		}
		row := &rows[i/columns]
		*row = max(*row, p.heightAt(widths[i]))
	}
	for _, h := range rows {
		f.Height += h
	}
	f.paint = func(c draw.Canvas) {
		top := c.Max.Y
		for i, p := range panels {
			part := c
			part.Min.X = c.Min.X + left[i%columns]*c.Size().X/f.Width
			part.Max.X = part.Min.X + widths[i]*c.Size().X/f.Width
			part.Max.Y = top
			part.Min.Y = top - rows[i/columns]*c.Size().Y/f.Height
			p.Draw(part)
			if i%columns == columns-1 {
				top = part.Min.Y
			}
		}
	}
	return f, nil
}

// columnWidths gives each panel its width of a whole, and each column its left end: all the same, but that a colour bar
// of figures that are alike is beside an area of the size of the others'.
func columnWidths(columns int, panels []*Figure, whole vg.Length) (widths, left []vg.Length) {
	bars := make([]vg.Length, columns)
	for i, p := range panels {
		bars[i%columns] = max(bars[i%columns], p.ownBar())
	}
	each := whole
	for _, bar := range bars {
		each -= bar
	}
	each /= vg.Length(columns)
	at := vg.Length(0)
	for _, bar := range bars {
		left, at = append(left, at), at+each+bar
	}
	for i, p := range panels {
		w := each + bars[i%columns]
		if p.alike {
			w = each + p.ownBar()
		}
		widths = append(widths, w)
	}
	return widths, left
}

// ownBar is the width of the colour bar of a figure that is alike to others.
func (f *Figure) ownBar() vg.Length {
	if f.alike && f.density != nil && !f.density.bar.hidden {
		return barSpace
	}
	return 0
}

// heightAt is the figure's height at another width: what is not axes and text
// keeps its shape.
func (f *Figure) heightAt(width vg.Length) vg.Length {
	if f.alike { // only the area scales
		return f.Height + (width-f.Width)*vg.Length((f.Y.Max-f.Y.Min)/(f.X.Max-f.X.Min))
	}
	const around = 90 * Px
	if f.Height <= around {
		return f.Height
	}
	return around + (f.Height-around)*width/f.Width
}
