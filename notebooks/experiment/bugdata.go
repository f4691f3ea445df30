package experiment

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"

	"flowbook/data"
	"flowbook/realnvp"
)

// The subjects of trials.
const (
	Moons     = "moons"
	Digits    = "digits"
	Negatives = "negatives"
)

// side of the digits of a trial: each pixel is the mean of four of MNIST's.
const side = 14

// heldOut is how many samples score a trial.
const heldOut = 200

// subject is what a trial learns: flat samples, pixels 0…255 where they are pictures.
type subject struct {
	train, held []float32
	typical     []float32 // pictures that standardise: the first thousand, however few of them train
	digests     map[string]string
}

func (c Trial) load() (*subject, error) {
	if c.Samples < 1 || c.Batch < 1 {
		return nil, fmt.Errorf("experiment: a trial of %d samples in batches of %d; both must be 1 or more", c.Samples, c.Batch)
	}
	switch c.Subject {
	case Moons:
		toy, err := data.ToyNamed(c.Subject)
		if err != nil {
			return nil, err
		}
		train, test, err := toy.Split(max(2, c.Samples), heldOut, c.Seed)
		if err != nil {
			return nil, err
		}
		return &subject{train: train.X, held: test.X, digests: map[string]string{train.Name: train.Digest, test.Name: test.Digest}}, nil
	case Digits, Negatives:
		train, test, err := data.MNIST()
		if err != nil {
			return nil, err
		}
		if c.Samples > train.Len() {
			return nil, fmt.Errorf("experiment: %d samples asked for; MNIST has %d", c.Samples, train.Len())
		}
		s := &subject{digests: map[string]string{train.Name: train.Digest, test.Name: test.Digest}}
		s.typical = smallDigits(train, 1000, c.Subject == Negatives)
		s.train, s.held = smallDigits(train, c.Samples, c.Subject == Negatives), smallDigits(test, heldOut, c.Subject == Negatives)
		for n := len(s.train); len(s.train) < c.Batch*side*side; { // a few digits many times over: a batch keeps its size
			s.train = append(s.train, s.train[:n]...)
		}
		return s, nil
	}
	return nil, fmt.Errorf("experiment: no subject %q; there are %s, %s and %s", c.Subject, Moons, Digits, Negatives)
}

// smallDigits are the first n digits at 14×14, black on white where negative.
func smallDigits(m *data.Images, n int, negative bool) []float32 {
	from := m.Float32(nil, 0, n)
	x := make([]float32, 0, n*side*side)
	for i := range n {
		image := from[i*m.Size():]
		for y := range side {
			for k := range side {
				at := 2*y*m.W + 2*k
				v := float32(math.Floor(float64(image[at]+image[at+1]+image[at+m.W]+image[at+m.W+1]) / 4))
				if negative {
					v = 255 - v
				}
				x = append(x, v)
			}
		}
	}
	return x
}

// unguarded adds noise in [0, 1) as it comes: 255 and the largest noise are 256 in a float32. realnvp.Dequantize stops
// below it.
type unguarded struct {
	*realnvp.Points
	seed uint64
}

// Next gives a noisy batch.
func (u unguarded) Next() (x []float32, labels []int, position []byte, err error) {
	x, labels, position, err = u.Points.Next()
	if err != nil {
		return nil, nil, nil, err
	}
	var at data.Position // the noise follows the batch, so that a replay draws the same
	if err := json.Unmarshal(position, &at); err != nil {
		return nil, nil, nil, err
	}
	text, err := json.Marshal(at)
	h := u.seed
	for _, b := range text {
		h = h*1099511628211 + uint64(b)
	}
	rng := rand.New(rand.NewPCG(u.seed, h))
	for i := range x {
		x[i] += rng.Float32()
	}
	return x, labels, position, err
}
