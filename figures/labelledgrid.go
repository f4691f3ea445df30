package figures

import (
	"fmt"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// LabelledGrid is ImageGrid with a name at the left of each row, such as a
// temperature, and a title. rows must name every row; Columns, if 0, follows from
// their number.
func LabelledGrid[T pixel](pixels []T, height, width, channels int, title string, rows []string, opt GridOptions) (*Figure, error) {
	if len(rows) == 0 {
		return nil, fmt.Errorf("figures: labelled grid: no names of rows: use ImageGrid")
	}
	if n := len(pixels) / max(1, height*width*channels); opt.Columns == 0 {
		opt.Columns = (n + len(rows) - 1) / len(rows)
	}
	label := textStyle(12, Ink)
	label.XAlign = draw.XRight
	var names vg.Length
	for _, r := range rows {
		names = max(names, label.Width(r))
	}
	if opt.Scale == 0 && opt.Columns > 0 && width > 0 {
		free := int((ColumnWidth-names)/Px) - 30 - 2*(opt.Columns+1)
		opt.Scale = max(1, free/opt.Columns/width)
	}
	img, err := ImageGrid(pixels, height, width, channels, opt)
	if err != nil {
		return nil, err
	}
	l, _ := newGridLayout(len(pixels), height, width, channels, opt) // ImageGrid has checked it
	if l.rows() != len(rows) {
		return nil, fmt.Errorf("figures: labelled grid: %d names for %d rows of %d images", len(rows), l.rows(), l.columns)
	}
	size := img.Bounds().Size()
	f := New(plot.New(), float64(size.X)+float64(names/Px)+30, float64(size.Y)+18)
	f.Width = vg.Length(math.Ceil(float64(f.Width/Px))) * Px
	f.Name, f.Raster, f.photo = "image-grid", true, true
	f.Title.Text, f.Title.TextStyle = title, titleStyle()
	if title != "" {
		f.Height += 24 * Px
	}
	f.paint = func(c draw.Canvas) {
		snap := func(v vg.Length) vg.Length { return vg.Length(math.Floor(float64(2*v/Px))) / 2 * Px } // whole dots stay crisp
		left, top := snap(c.Min.X+names+8*Px), snap(c.Max.Y)
		w, h := vg.Length(size.X)*Px, vg.Length(size.Y)*Px
		c.DrawImage(vg.Rectangle{Min: vg.Point{X: left, Y: top - h}, Max: vg.Point{X: left + w, Y: top}}, Doubled(img))
		for i, name := range rows {
			y := vg.Length(l.corner(i*l.columns).Y) + vg.Length(l.height*l.scale)/2
			c.FillText(label, vg.Point{X: left - 6*Px, Y: top - y*Px - 4*Px}, name)
		}
	}
	return f, nil
}
