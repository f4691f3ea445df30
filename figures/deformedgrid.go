package figures

import (
	"fmt"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg/draw"
)

// Lattice is a square net of straight lines in latent space, to be carried
// through a flow: Lines vertical and as many horizontal lines from −Half to
// +Half, each of Samples points.
type Lattice struct {
	Half           float64
	Lines, Samples int
}

// StandardLattice covers three standard deviations with a line every half.
var StandardLattice = Lattice{Half: 3, Lines: 13, Samples: 97}

// Points are the points of all lines: of each vertical line upwards, then of
// each horizontal one rightwards.
func (l Lattice) Points() [][2]float64 {
	at := func(i, n int) float64 { return -l.Half + 2*l.Half*float64(i)/float64(max(1, n-1)) }
	var points [][2]float64
	for i := range 2 * l.Lines {
		for j := range l.Samples {
			x, y := at(i%l.Lines, l.Lines), at(j, l.Samples)
			if i >= l.Lines {
				x, y = y, x
			}
			points = append(points, [2]float64{x, y})
		}
	}
	return points
}

// DeformedGridOptions says how DeformedGrid draws.
type DeformedGridOptions struct {
	Title string // of the deformed grid; "" means "data space"

	// Data is drawn faintly under the deformed grid.
	Data [][2]float64
}

// DeformedGrid draws a lattice in latent space on the left and on the right what
// a flow makes of it: image holds the flow's inverse (latent to data) of
// lattice.Points(), in that order. Vertical lines are blue, horizontal orange,
// those through the origin bold; a line is cut where the flow gave no finite
// point.
func DeformedGrid(image [][2]float64, lattice Lattice, opt DeformedGridOptions) (*Figure, error) {
	if lattice.Lines < 2 || lattice.Samples < 2 || lattice.Lines > 200 || lattice.Samples > 10_000 || !finite(lattice.Half) || lattice.Half <= 0 {
		return nil, fmt.Errorf("figures: deformed grid: lattice %+v: it needs a positive half width, 2 to 200 lines and 2 to 10,000 samples", lattice)
	}
	before := lattice.Points()
	if len(image) != len(before) {
		return nil, fmt.Errorf("figures: deformed grid: %d points for a lattice of %d: give the image of every point of Lattice.Points, in order",
			len(image), len(before))
	}
	kept, dropped, err := finitePoints("deformed grid", image)
	if err != nil {
		return nil, err
	}
	left := newFigure("grid", 350, 350, "latent space", "z₁", "z₂")
	addLattice(left, before, lattice)
	left.show(around(before, 0.08))
	right := newFigure("grid", 350, 350, or(opt.Title, "data space"), "x₁", "x₂")
	if len(opt.Data) > 0 {
		data, _, err := finitePoints("deformed grid: data", opt.Data)
		if err != nil {
			return nil, err
		}
		if len(data) > 500 {
			data = data[:500] // the grid is the figure
		}
		right.Add(newPoints(data, fade(Frame, 0.5)))
	}
	addLattice(right, image, lattice)
	right.Note = leftOut(dropped, len(image), "points")
	right.show(around(kept, 0.08))
	left.equalUnits, right.equalUnits = true, true
	right.Height = min(right.Height, left.Height*11/10) // keeps the latent grid large
	f, err := Beside(2, left, right)
	if err != nil {
		return nil, err
	}
	f.Name = "deformed-grid"
	return f, nil
}

func addLattice(f *Figure, points [][2]float64, l Lattice) {
	budget := 12_000 / (2 * l.Lines) // points a line; 300 kB of SVG for both grids
	for i := range 2 * l.Lines {
		style := draw.LineStyle{Color: fade(Blue, 0.8), Width: 0.9 * Px}
		if i >= l.Lines {
			style.Color = fade(Orange, 0.9)
		}
		if 2*(i%l.Lines) == l.Lines-1 {
			style.Width = 2 * Px
		}
		for _, piece := range finitePieces(points[i*l.Samples:][:l.Samples], budget) {
			f.Add(&plotter.Line{XYs: piece, LineStyle: style})
		}
	}
}

// finitePieces cuts a line where a point is not finite, and passes points over so that no more than about budget are left.
func finitePieces(points [][2]float64, budget int) (pieces []plotter.XYs) {
	every := 1 + len(points)/max(2, budget)
	broken := true
	for i, p := range points {
		switch {
		case !finite(p[0]) || !finite(p[1]):
			broken = true
		case broken:
			pieces, broken = append(pieces, plotter.XYs{{X: p[0], Y: p[1]}}), false
		case i%every == 0 || i == len(points)-1:
			last := &pieces[len(pieces)-1]
			*last = append(*last, plotter.XY{X: p[0], Y: p[1]})
		}
	}
	return pieces
}

// around is the area that shows points well, with a margin.
func around(points [][2]float64, margin float64) Area {
	var xs, ys plotter.Values
	for _, p := range points {
		xs, ys = append(xs, p[0]), append(ys, p[1])
	}
	var a Area
	a.XMin, a.XMax, _ = bulk(xs)
	a.YMin, a.YMax, _ = bulk(ys)
	a.XMin, a.XMax = widen(a.XMin, a.XMax, margin)
	a.YMin, a.YMax = widen(a.YMin, a.YMax, margin)
	return a
}
