package store

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"

	"flowbook/journal/fault"
	"flowbook/journal/record"
)

// TestPoints packs and unpacks any points, bit for bit, and notices any flipped bit.
func TestPoints(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		points := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) record.Point {
			return record.Point{Step: rapid.Int64().Draw(t, "step"), At: rapid.Int64().Draw(t, "at"), Value: math.Float64frombits(rapid.Uint64().Draw(t, "value"))}
		}), 0, 40).Draw(t, "points")
		b := Pack(points)
		i := 0
		err := (Chunk{Count: len(points), Packed: b}).Each(func(p record.Point) {
			if p.Step != points[i].Step || p.At != points[i].At || math.Float64bits(p.Value) != math.Float64bits(points[i].Value) {
				t.Fatalf("point %d: %v, want %v", i, p, points[i])
			}
			i++
		})
		if err != nil || i != len(points) {
			t.Fatalf("%d of %d points, %v", i, len(points), err)
		}
		bit := rapid.IntRange(0, len(b)*8-1).Draw(t, "bit")
		b[bit/8] ^= 1 << (bit % 8)
		if err := (Chunk{Count: len(points), Packed: b}).Each(func(record.Point) {}); !errors.Is(err, fault.ErrCorrupt) {
			t.Fatalf("bit %d flipped: %v", bit, err)
		}
	})
}
