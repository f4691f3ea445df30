package figures

import (
	"fmt"
	"image/color"

	"gonum.org/v1/plot/vg/draw"
)

// Plane is where points lie at one moment, such as after two of a flow's couplings.
type Plane struct {
	Title  string // such as "after 2 couplings"
	Points [][2]float64
}

// PlanesOptions says how Planes draws.
type PlanesOptions struct {
	// Groups is for each point the number of its colour, so that one sees where each went; nil draws all in blue.
	Groups []int

	// Columns is how many planes stand in a row; 0 means at most four.
	Columns int

	// Limits is the part of the plane shown; the zero value shows all points of all planes but a few that lie far
	// outside.
	Limits Area
}

// Planes draws the same points at several moments, side by side on equal axes: how a flow, coupling after coupling,
// makes one distribution into another. Point i is the same in all, and keeps its colour. Of more than 5,000 points as
// many, chosen at random but always the same, are drawn, and the note says so.
func Planes(planes []Plane, opt PlanesOptions) (*Figure, error) {
	const most = 24
	if len(planes) == 0 || len(planes) > most {
		return nil, fmt.Errorf("figures: planes: %d planes: there must be 1 to %d", len(planes), most)
	}
	n := len(planes[0].Points)
	if opt.Groups != nil && len(opt.Groups) != n {
		return nil, fmt.Errorf("figures: planes: %d groups for %d points", len(opt.Groups), n)
	}
	columns := opt.Columns
	if columns <= 0 {
		columns = min(len(planes), 4)
	}
	shown, note := fewIndices(n)
	panels := make([]*Figure, len(planes))
	var xs, ys []float64
	for i, p := range planes {
		if len(p.Points) != n {
			return nil, fmt.Errorf("figures: planes: %q has %d points, %q has %d: they must be the same points", p.Title, len(p.Points), planes[0].Title, n)
		}
		kept, dropped, err := finitePoints("planes: "+p.Title, p.Points)
		if err != nil {
			return nil, err
		}
		for _, q := range kept {
			xs, ys = append(xs, q[0]), append(ys, q[1])
		}
		f := newFigure("planes", float64(ColumnWidth/Px)/float64(columns), 200, p.Title, "", "")
		f.Title.TextStyle.Font.Size = 12.5 * Px
		f.equalUnits = true
		f.Note = leftOut(dropped, n, "points")
		f.addGroups(p.Points, opt.Groups, shown)
		panels[i] = f
	}
	limits := opt.Limits
	if limits.empty() {
		x0, x1, _ := bulk(xs)
		y0, y1, _ := bulk(ys)
		x0, x1 = widen(x0, x1, 0.05)
		y0, y1 = widen(y0, y1, 0.05)
		limits = Area{x0, x1, y0, y1}
	}
	if err := limits.check(); err != nil {
		return nil, err
	}
	for _, f := range panels {
		f.show(limits)
	}
	f, err := Beside(columns, panels...)
	if err != nil {
		return nil, err
	}
	f.Raster, f.Note = true, note
	if note != "" {
		f.Height += 19 * Px
	}
	return f, nil
}

// addGroups adds the shown points, each in its group's colour.
func (f *Figure) addGroups(at [][2]float64, groups []int, shown []int) {
	if groups == nil {
		groups = make([]int, len(at))
	}
	of := map[color.NRGBA][][2]float64{}
	var order []color.NRGBA
	for _, i := range shown {
		if !finite(at[i][0]) || !finite(at[i][1]) {
			continue
		}
		c := cycle[((groups[i]%len(cycle))+len(cycle))%len(cycle)]
		if of[c] == nil {
			order = append(order, c)
		}
		of[c] = append(of[c], at[i])
	}
	for _, c := range order {
		f.Add(points{of[c], draw.GlyphStyle{Color: fade(c, 0.6), Radius: 1.3 * Px, Shape: draw.CircleGlyph{}}})
	}
}
