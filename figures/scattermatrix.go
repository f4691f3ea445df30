package figures

import (
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// ScatterMatrixOptions says how ScatterMatrix draws.
type ScatterMatrixOptions struct {
	Title         string
	Data, Samples string // name the two sets in the key; "" means "data" and "samples"
}

// ScatterMatrix draws rows of several columns against each other, two columns a panel: the data in blue below the
// diagonal, a model's samples in red above it, on the same axes, so that a panel and its mirror image should look alike;
// on the diagonal each column's two histograms. data and samples hold a slice for each row; samples may be empty. A row
// that is not finite is left out and counted.
func ScatterMatrix(columns []string, data, samples [][]float64, opt ScatterMatrixOptions) (*Figure, error) {
	d := len(columns)
	if d < 2 || d > 8 {
		return nil, fmt.Errorf("figures: scatter matrix: %d columns: there must be 2 to 8", d)
	}
	m := &scatterMatrix{columns: columns}
	f := newFigure("scatter-matrix", 700, 720, opt.Title, "", "")
	f.Raster = true
	for k, set := range []struct {
		name string
		rows [][]float64
	}{{or(opt.Data, "data"), data}, {or(opt.Samples, "samples"), samples}} {
		if k == 1 && len(set.rows) == 0 {
			break
		}
		kept, dropped, err := finiteRows("scatter matrix: "+set.name, set.rows, d)
		if err != nil {
			return nil, err
		}
		shown, note := fewIndices(len(kept))
		for _, i := range shown {
			m.rows[k] = append(m.rows[k], kept[i])
		}
		f.addKey(set.name, points{style: dot([]color.NRGBA{Blue, Red}[k], 3)})
		f.Note = notes(f.Note, leftOut(dropped, len(set.rows), "rows of "+set.name), note)
	}
	for j := range columns { // the data's axes: samples far outside them are not seen, and are counted
		values := column(m.rows[0], j)
		lo, hi, _ := bulk(values)
		if lo, hi = widen(lo, hi, 0.1); hi-lo < 1/beyond {
			hi = lo + 1
		}
		m.lo, m.hi = append(m.lo, lo), append(m.hi, hi)
	}
	if out := m.outside(); out > 0 {
		f.Note = notes(f.Note, fmt.Sprintf("%s of %s samples lie outside the axes.", count(out), count(len(m.rows[1]))))
	}
	f.paint = m.draw
	return f, nil
}

type scatterMatrix struct {
	columns []string
	rows    [2][][]float64 // data, samples
	lo, hi  []float64      // of each column
}

// outside is how many samples lie outside the axes.
func (m *scatterMatrix) outside() (n int) {
	for _, row := range m.rows[1] {
		for j, v := range row {
			if v < m.lo[j] || v > m.hi[j] {
				n++
				break
			}
		}
	}
	return n
}

func (m *scatterMatrix) draw(c draw.Canvas) {
	const left, bottom, gap = 20 * Px, 18 * Px, 5 * Px // room for names, between panels
	d := len(m.columns)
	w := (c.Size().X - left) / vg.Length(d)
	h := (c.Size().Y - bottom) / vg.Length(d)
	for i := range d {
		for j := range d {
			part := c
			part.Min = vg.Point{X: c.Min.X + left + vg.Length(j)*w, Y: c.Max.Y - vg.Length(i+1)*h}
			part.Max = vg.Point{X: part.Min.X + w - gap, Y: part.Min.Y + h - gap}
			m.panel(part, i, j)
		}
		name := textStyle(11.5, Ink)
		name.XAlign = draw.XCenter
		label := shorten(m.columns[i], max(4, 80/d))
		c.FillText(name, vg.Point{X: c.Min.X + left + (vg.Length(i)+0.5)*w, Y: c.Min.Y + 3*Px}, label)
		name.Rotation = math.Pi / 2
		c.FillText(name, vg.Point{X: c.Min.X + 13*Px, Y: c.Max.Y - (vg.Length(i)+0.5)*h}, label)
	}
}

// panel draws column i upwards against column j.
func (m *scatterMatrix) panel(c draw.Canvas, i, j int) {
	p := plot.New()
	p.BackgroundColor = nil
	p.HideAxes()
	p.X.Min, p.X.Max = m.lo[j], m.hi[j]
	if i == j {
		m.histograms(p, j)
	} else {
		k, colour := 0, Blue
		if i < j {
			k, colour = 1, Red
		}
		p.Y.Min, p.Y.Max = m.lo[i], m.hi[i]
		var at [][2]float64
		for _, row := range m.rows[k] {
			if x, y := row[j], row[i]; x >= m.lo[j] && x <= m.hi[j] && y >= m.lo[i] && y <= m.hi[i] {
				at = append(at, [2]float64{x, y})
			}
		}
		cloud := newPoints(at, colour)
		cloud.style.Radius *= 0.7
		p.Add(cloud)
	}
	p.X.Padding, p.Y.Padding = 0, 0
	p.Draw(c)
	c.StrokeLines(draw.LineStyle{Color: Frame, Width: 0.7 * Px}, []vg.Point{c.Min, {X: c.Max.X, Y: c.Min.Y}, c.Max, {X: c.Min.X, Y: c.Max.Y}, c.Min})
}

// histograms adds the outlines of a column's two histograms, each of area 1.
func (m *scatterMatrix) histograms(p *plot.Plot, j int) {
	top := 0.0
	for k, c := range []color.NRGBA{Blue, Red} {
		if len(m.rows[k]) == 0 {
			continue
		}
		bars := binned(column(m.rows[k], j), m.lo[j], m.hi[j], 24)
		line := &plotter.Line{LineStyle: draw.LineStyle{Color: c, Width: 1.4 * Px}}
		for _, b := range bars {
			line.XYs = append(line.XYs, plotter.XY{X: b.Min, Y: b.Weight}, plotter.XY{X: b.Max, Y: b.Weight})
			top = max(top, b.Weight)
		}
		p.Add(line)
	}
	p.Y.Min, p.Y.Max = 0, 1.1*top
	if top == 0 {
		p.Y.Max = 1
	}
}

func column(rows [][]float64, j int) []float64 {
	values := make([]float64, len(rows))
	for i, row := range rows {
		values[i] = row[j]
	}
	return values
}

// finiteRows is finiteValues for rows of d numbers.
func finiteRows(what string, rows [][]float64, d int) (kept [][]float64, dropped int, err error) {
	for i, row := range rows {
		if len(row) != d {
			return nil, 0, fmt.Errorf("figures: %s: row %d has %d numbers for %d columns", what, i, len(row), d)
		}
		ok := true
		for _, v := range row {
			ok = ok && finite(v)
		}
		if ok {
			kept = append(kept, row)
		}
	}
	return kept, len(rows) - len(kept), noneLeft(what, "rows", len(kept), len(rows))
}
