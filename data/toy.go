package data

import (
	"fmt"
	"math"
)

// Toy is a distribution over the plane that can be drawn from and whose density is known exactly: what a flow learns is
// judged against it. Make one with [Circles], [Moons], [Blobs], [Uniform], [CorrelatedGaussian], [EightGaussians],
// [Pinwheel], [TwoSpirals] or [Checkerboard].
type Toy struct {
	Name string

	draw       func(r random, n int) ([][2]float64, []int)
	logDensity func(x, y float64) float64
	entropy    func() float64
	bad        error // what is wrong with the parameters
}

// Toys is every toy with its usual parameters: the article's four, then the correlated Gaussian, then the flow papers'.
func Toys() []Toy {
	return []Toy{Circles(.05, .5), Moons(.05), Blobs(), Uniform(), CorrelatedGaussian(.8),
		EightGaussians(), Pinwheel(), TwoSpirals(), Checkerboard()}
}

// ToyNamed is the toy of [Toys] with that name.
func ToyNamed(name string) (Toy, error) {
	var names []string
	for _, t := range Toys() {
		if t.Name == name {
			return t, nil
		}
		names = append(names, t.Name)
	}
	return Toy{}, fmt.Errorf("data: no toy %q: there are %v", name, names)
}

// Sample draws n points in the toy's own coordinates, unscaled. The same seed gives the same points.
func (t Toy) Sample(n int, seed uint64) (*Points, error) {
	xy, labels, err := t.sample(n, seed)
	if err != nil {
		return nil, err
	}
	return newPoints(t.Name, xy, labels, Scaling{Std: [2]float64{1, 1}}), nil
}

// Split draws train+test points in one call and scales all of them by the training points' mean and standard
// deviation, as the article does.
func (t Toy) Split(train, test int, seed uint64) (trainSet, testSet *Points, err error) {
	if train < 2 || test < 1 {
		return nil, nil, fmt.Errorf("data: %s: %d training and %d test points: at least 2 and 1 are needed", t.Name, train, test)
	}
	xy, labels, err := t.sample(train+test, seed)
	if err != nil {
		return nil, nil, err
	}
	s, err := standard(xy[:train])
	if err != nil {
		return nil, nil, fmt.Errorf("data: %s: %w", t.Name, err)
	}
	return newPoints(t.Name+"-train", xy[:train], labels[:train:train], s),
		newPoints(t.Name+"-test", xy[train:], labels[train:], s), nil
}

func (t Toy) sample(n int, seed uint64) ([][2]float64, []int, error) {
	switch {
	case t.draw == nil:
		return nil, nil, fmt.Errorf("data: an empty Toy: make one with Circles, Moons or another of the package's functions")
	case t.bad != nil:
		return nil, nil, t.bad
	case n < 1:
		return nil, nil, fmt.Errorf("data: %s: %d points asked for: at least 1", t.Name, n)
	}
	r := newRandom(seed, 0)
	xy, labels := t.draw(r, n)
	r.shuffle(n, func(i, j int) {
		xy[i], xy[j] = xy[j], xy[i]
		labels[i], labels[j] = labels[j], labels[i]
	})
	return xy, labels, nil
}

// LogDensity is the exact log-density, in nats, at a point of the toy's own space; −Inf where there is none, NaN for a
// figure drawn without noise, which has no density.
func (t Toy) LogDensity(x, y float64) float64 {
	if t.logDensity == nil {
		return math.NaN()
	}
	return t.logDensity(x, y)
}

// NLL is the mean of −log p of the points under the exact density, in nats of the points' scaled space: the floor of
// what a flow can score on these very points, up to chance.
func (t Toy) NLL(p *Points) float64 {
	sum := 0.0
	for i := range p.Len() {
		sum -= t.LogDensity(p.Original(i))
	}
	return sum/float64(p.Len()) - p.Scaling.Offset()
}

// Entropy is −∫ p log p, in nats of the toy's own space: what the exact density scores on ever more points. Subtract
// [Scaling.Offset] to have it in a scaled space. It is in closed form for the uniform square, the checkerboard and the
// Gaussian; elsewhere by the trapezoid rule, good to 10⁻⁴, and takes up to a second. NaN where the noise is below 0.01.
func (t Toy) Entropy() float64 {
	if t.entropy == nil {
		return math.NaN()
	}
	return t.entropy()
}
