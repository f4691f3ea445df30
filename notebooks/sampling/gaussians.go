package sampling

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distmv"
)

// Gaussians is a mixture of k normal densities of d variables, each with a covariance of its own: what a flow has to
// beat on a table.
type Gaussians struct {
	weights []float64
	parts   []*distmv.Normal
}

// FitGaussians fits k normal densities to rows [n, d] by steps of expectation and maximisation (Dempster, Laird and
// Rubin 1977), from k rows drawn by the seed. ridge is added to each variance, so that no part shrinks to a point.
func FitGaussians(rows [][]float64, k, steps int, ridge float64, seed uint64) (*Gaussians, error) {
	if k < 1 || steps < 1 || !(ridge > 0) || len(rows) < 2*k {
		return nil, fmt.Errorf("sampling: %d Gaussians for %d rows in %d steps with ridge %v: there must be at least 1, twice as many rows, a step, and a ridge above 0", k, len(rows), steps, ridge)
	}
	n, d := len(rows), len(rows[0])
	// At first each row belongs to the nearest of k rows.
	shares := mat.NewDense(n, k, nil)
	centres := rand.New(rand.NewPCG(seed, 1)).Perm(n)[:k]
	for i, row := range rows {
		nearest, least := 0, math.Inf(1)
		for j, c := range centres {
			if distance := floats.Distance(row, rows[c], 2); distance < least {
				nearest, least = j, distance
			}
		}
		shares.Set(i, nearest, 1)
	}
	g := &Gaussians{weights: make([]float64, k), parts: make([]*distmv.Normal, k)}
	terms := make([]float64, k)
	for range steps {
		for j := range k {
			if err := g.maximize(j, rows, mat.Col(nil, j, shares), d, ridge); err != nil {
				return nil, err
			}
		}
		for i, row := range rows {
			g.terms(terms, row)
			total := floats.LogSumExp(terms)
			for j, t := range terms {
				shares.Set(i, j, math.Exp(t-total))
			}
		}
	}
	return g, nil
}

// maximize sets part j to the moments of the rows, each weighed by its share.
func (g *Gaussians) maximize(j int, rows [][]float64, shares []float64, d int, ridge float64) error {
	total := floats.Sum(shares) + 1e-9
	mean, cov := make([]float64, d), mat.NewSymDense(d, nil)
	for i, row := range rows {
		floats.AddScaled(mean, shares[i]/total, row)
	}
	off := make([]float64, d)
	for i, row := range rows {
		floats.SubTo(off, row, mean)
		cov.SymRankOne(cov, shares[i]/total, mat.NewVecDense(d, off))
	}
	for a := range d {
		cov.SetSym(a, a, cov.At(a, a)+ridge)
	}
	part, ok := distmv.NewNormal(mean, cov, nil)
	if !ok {
		return fmt.Errorf("sampling: the covariance of Gaussian %d is not positive definite: use a larger ridge or fewer Gaussians", j)
	}
	g.weights[j], g.parts[j] = total/float64(len(rows)), part
	return nil
}

// terms is log(weight·density) of each part.
func (g *Gaussians) terms(dst, row []float64) {
	for j, part := range g.parts {
		dst[j] = math.Log(g.weights[j]) + part.LogProb(row)
	}
}

// LogProb is the log-density of a row, in nats.
func (g *Gaussians) LogProb(row []float64) float64 {
	terms := make([]float64, len(g.parts))
	g.terms(terms, row)
	return floats.LogSumExp(terms)
}

// NLL is the mean of −log p of rows, in nats.
func (g *Gaussians) NLL(rows [][]float64) float64 {
	sum := 0.0
	for _, row := range rows {
		sum -= g.LogProb(row)
	}
	return sum / float64(len(rows))
}
