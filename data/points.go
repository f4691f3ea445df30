package data

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"
)

// Points is a set of points of the plane.
type Points struct {
	Name    string
	X       []float32 // [N, 2]: x and y of each point, after Scaling
	Labels  []int     // [N], which part of the figure a point is of, or nil
	Scaling Scaling   // how X was made of the data's own coordinates
	Digest  string    // sha256 (hex) of X
}

// Len is the number of points.
func (p *Points) Len() int { return len(p.X) / 2 }

// Size is 2.
func (p *Points) Size() int { return 2 }

// XY is point i, scaled. Like a slice index, i must be in 0…Len()−1.
func (p *Points) XY(i int) (x, y float64) { return float64(p.X[2*i]), float64(p.X[2*i+1]) }

// Original is point i in the data's own coordinates.
func (p *Points) Original(i int) (x, y float64) { return p.Scaling.Undo(p.XY(i)) }

// Batches starts an endless shuffled walk in batches of the size given; the same seed gives the same walk. It fails
// where the set is smaller than one batch.
func (p *Points) Batches(size int, seed uint64) (*Batches, error) { return newBatches(p, size, seed) }

// String names the set and its size.
func (p *Points) String() string {
	return fmt.Sprintf("%s: %d points, sha256 %.12s", p.Name, p.Len(), p.Digest)
}

func (p *Points) title() string { return p.Name }
func (p *Points) sum() string   { return p.Digest }
func (p *Points) labels() []int { return p.Labels }

func (p *Points) copyTo(dst []float32, i int, _ bool) { copy(dst, p.X[2*i:2*i+2]) }

// Scaling is the map z = (x − Mean)/Std, each coordinate by itself.
type Scaling struct{ Mean, Std [2]float64 }

// Apply takes a point of the data's own space to the scaled space.
func (s Scaling) Apply(x, y float64) (zx, zy float64) {
	return (x - s.Mean[0]) / s.Std[0], (y - s.Mean[1]) / s.Std[1]
}

// Undo takes a scaled point back.
func (s Scaling) Undo(zx, zy float64) (x, y float64) {
	return zx*s.Std[0] + s.Mean[0], zy*s.Std[1] + s.Mean[1]
}

// Offset is log|det dx/dz| = Σ log Std, in nats. By the change of variables p_z(z) = p_x(x)·|det dx/dz|, so
//
//	log p of the scaled point = log p of the data's own point + Offset
//	NLL in the data's own space = NLL in the scaled space + Offset
func (s Scaling) Offset() float64 { return math.Log(s.Std[0]) + math.Log(s.Std[1]) }

// standard is the scaling that gives xy zero mean and unit (population) standard deviation, as scikit-learn's
// StandardScaler does. It fails where a coordinate does not vary.
func standard(xy [][2]float64) (Scaling, error) {
	var s Scaling
	coordinate := make([]float64, len(xy))
	for k := range 2 {
		for i, p := range xy {
			coordinate[i] = p[k]
		}
		s.Mean[k], s.Std[k] = stat.PopMeanStdDev(coordinate, nil)
		if !(s.Std[k] > 0) || math.IsInf(s.Std[k], 0) {
			return s, fmt.Errorf("coordinate %d has standard deviation %v and cannot be scaled to 1", k, s.Std[k])
		}
	}
	return s, nil
}

// newPoints scales xy.
func newPoints(name string, xy [][2]float64, labels []int, s Scaling) *Points {
	p := &Points{Name: name, X: make([]float32, 0, 2*len(xy)), Labels: labels, Scaling: s}
	h := sha256.New()
	var word [4]byte
	for _, q := range xy {
		zx, zy := s.Apply(q[0], q[1])
		for _, z := range []float32{float32(zx), float32(zy)} {
			p.X = append(p.X, z)
			binary.LittleEndian.PutUint32(word[:], math.Float32bits(z))
			h.Write(word[:])
		}
	}
	p.Digest = hex.EncodeToString(h.Sum(nil))
	return p
}
