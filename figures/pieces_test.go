package figures

import (
	"bytes"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgimg"
)

// strokes takes note of the lines drawn on a canvas.
type strokes struct {
	vg.CanvasSizer
	lines []vg.Path
}

func (s *strokes) Stroke(p vg.Path) { s.lines = append(s.lines, p) }

// TestLongLinesAreDrawnInPieces: none is longer than a piece, and together they are the line; a dashed or short one is left whole.
func TestLongLinesAreDrawnInPieces(t *testing.T) {
	for _, n := range []int{1, 2, segments, segments + 1, segments + 2, 10*segments + 1, 1234} {
		var line vg.Path
		for i := range n {
			p := vg.Point{X: vg.Length(i), Y: vg.Length(100 * math.Sin(float64(i)))}
			if i == 0 || i == 317 {
				line.Move(p)
			} else {
				line.Line(p)
			}
		}
		seen := &strokes{CanvasSizer: vgimg.New(1, 1)}
		c := onPieces(seen)
		c.Stroke(line)
		whole := seen.lines[0]
		for k, piece := range seen.lines {
			if len(piece) > segments+1 || piece[0].Type != vg.MoveComp || k > 0 && piece[0].Pos != whole[len(whole)-1].Pos {
				t.Errorf("%d points: piece %d of %d points begins at %v", n, k, len(piece), piece[0])
			}
			if k > 0 {
				whole = slices.Concat(whole, piece[1:])
			}
		}
		same := func(a, b vg.PathComp) bool { return a.Pos == b.Pos && (a.Type == b.Type || a.Type == vg.MoveComp) }
		if !slices.EqualFunc(whole, line, same) {
			t.Errorf("%d points: the pieces together are another line, of %d", n, len(whole))
		}
		seen.lines = nil
		short := slices.Clone(line)
		for i := range short {
			short[i].Pos = vg.Point{X: vg.Length(i) / 1000}
		}
		if c.Stroke(short); len(seen.lines) != 1 {
			t.Errorf("%d points: a short line is drawn in %d pieces", n, len(seen.lines))
		}
		c.Push()
		c.SetLineDash([]vg.Length{1, 1}, 0)
		seen.lines = nil
		c.Stroke(line)
		c.Pop()
		if len(seen.lines) != 1 || !slices.EqualFunc(seen.lines[0], line, same) {
			t.Errorf("%d points: a dashed line is drawn in %d pieces", n, len(seen.lines))
		}
	}
}

// TestJaggedCurveAsPNG: a curve that goes up and down at every step, which would take minutes in one piece.
func TestJaggedCurveAsPNG(t *testing.T) {
	y := make([]float64, 3000)
	for i := range y {
		y[i] = math.Sin(float64(i))
	}
	f, err := LossCurves([]Series{{Name: "a", Y: y}}, CurveOptions{Smooth: 0.9})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.WritePNG(&b); err != nil || b.Len() < 1000 {
		t.Errorf("%d bytes, %v", b.Len(), err)
	}
}
