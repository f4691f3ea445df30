package figures

import (
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
)

// pieces is an image that long lines are drawn on piece by piece. The rasterizer under it walks, for each segment and row
// of dots, through all that the line has in that row: the time for a curve that goes up and down a thousand times grows
// with the square of its segments.
type pieces struct {
	vg.CanvasSizer
	dashed []bool // whether lines are dashed, now and at each Push
}

// segments are as many as a piece has.
const segments = 100

func onPieces(c vg.CanvasSizer) *pieces { return &pieces{c, []bool{false}} }

// SetLineDash takes note of whether there are dashes, which go on over a whole line.
func (p *pieces) SetLineDash(pattern []vg.Length, offset vg.Length) {
	p.dashed[len(p.dashed)-1] = len(pattern) > 0
	p.CanvasSizer.SetLineDash(pattern, offset)
}

func (p *pieces) Push() {
	p.dashed = append(p.dashed, p.dashed[len(p.dashed)-1])
	p.CanvasSizer.Push()
}

func (p *pieces) Pop() {
	p.dashed = p.dashed[:len(p.dashed)-1]
	p.CanvasSizer.Pop()
}

// Stroke draws a line; one that goes to and fro, each piece from where the last one ends.
func (p *pieces) Stroke(path vg.Path) {
	if p.dashed[len(p.dashed)-1] || !p.toAndFro(path) {
		p.CanvasSizer.Stroke(path)
		return
	}
	for from := 0; from < len(path)-1; from += segments {
		piece := slices.Clone(path[from:min(from+segments+1, len(path))])
		piece[0].Type = vg.MoveComp
		p.CanvasSizer.Stroke(piece)
	}
}

// toAndFro tells whether a line of straight segments is many times as long as the canvas is wide and high.
func (p *pieces) toAndFro(path vg.Path) bool {
	bent := func(c vg.PathComp) bool { return c.Type != vg.MoveComp && c.Type != vg.LineComp }
	if len(path) <= segments+1 || slices.ContainsFunc(path, bent) {
		return false
	}
	length := 0.0
	for i, c := range path[1:] {
		length += math.Hypot(float64(c.Pos.X-path[i].Pos.X), float64(c.Pos.Y-path[i].Pos.Y))
	}
	width, height := p.Size()
	return length > 20*float64(width+height)
}
