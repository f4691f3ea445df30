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
// one row. [Alike] first gives them the same axes and one colour scale.
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
	cell := f.Width / vg.Length(columns)
	var rows []vg.Length // heights
	for i, p := range panels {
		if i%columns == 0 {
			rows = append(rows, 0)
		}
		row := &rows[i/columns]
		*row = max(*row, p.heightAt(cell))
	}
	for _, h := range rows {
		f.Height += h
	}
	f.paint = func(c draw.Canvas) {
		top := c.Max.Y
		for i, p := range panels {
			part := c
			part.Min.X = c.Min.X + vg.Length(i%columns)*cell*c.Size().X/f.Width
			part.Max.X = part.Min.X + cell*c.Size().X/f.Width
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

// heightAt is the figure's height at another width: what is not axes and text
// keeps its shape.
func (f *Figure) heightAt(width vg.Length) vg.Length {
	const around = 90 * Px
	if f.Height <= around {
		return f.Height
	}
	return around + (f.Height-around)*width/f.Width
}
