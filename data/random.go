package data

import (
	"math"
	"math/rand/v2"
)

// random draws numbers by rules written out here, on a generator whose output is specified (PCG-DXSM), so that a later
// Go release cannot change a recorded run.
type random struct{ pcg *rand.PCG }

func newRandom(seed, stream uint64) random { return random{rand.NewPCG(seed, stream)} }

// uniform is in [0, 1), a multiple of 2⁻⁵³.
func (r random) uniform() float64 { return float64(r.pcg.Uint64()>>11) / (1 << 53) }

// normal is a standard normal draw (Box and Muller 1958, the cosine of the pair).
func (r random) normal() float64 {
	return math.Sqrt(-2*math.Log(1-r.uniform())) * math.Cos(2*math.Pi*r.uniform())
}

// below is in 0…n−1; its bias, under n/2⁶⁴, is of no account.
func (r random) below(n int) int { return int(r.pcg.Uint64() % uint64(n)) }

// shuffle is the shuffle of Fisher and Yates.
func (r random) shuffle(n int, swap func(i, j int)) {
	for i := n - 1; i > 0; i-- {
		swap(i, r.below(i+1))
	}
}

// coin is true with probability ½.
func (r random) coin() bool { return r.pcg.Uint64()>>63 == 1 }
