package realnvp

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// SampleConfig says how to draw.
type SampleConfig struct {
	// Seed of the draw: the same seed gives the same samples.
	Seed uint64
	// Temperature multiplies the base distribution's standard deviation; 0 means 1. Below 1, samples are more typical
	// and less varied.
	Temperature float64
	// Label is the class to draw, for a class-conditional model.
	Label int
}

// Sample draws n samples x = f⁻¹(z), z ~ N(0, Temperature²·I): n·D numbers in the data's unit (Dinh et al. 2016,
// section 3.1). Pixels may fall slightly outside [0, 256).
func (m *Model) Sample(n int, c SampleConfig) ([]float32, error) {
	z, err := m.Latent(n, c)
	if err != nil {
		return nil, err
	}
	return m.Decode(z, m.labelOption(c.Label)...)
}

// Latent draws n latents z ~ N(0, Temperature²·I): n·D numbers. Decode makes samples of them.
func (m *Model) Latent(n int, c SampleConfig) ([]float32, error) {
	if n < 1 {
		return nil, fmt.Errorf("realnvp: sample: %d samples asked for; ask for 1 or more", n)
	}
	if math.IsNaN(c.Temperature) || c.Temperature < 0 || math.IsInf(c.Temperature, 0) {
		return nil, fmt.Errorf("realnvp: sample: temperature %v; it must be above 0 and finite", c.Temperature)
	}
	temperature := c.Temperature
	if temperature == 0 {
		temperature = 1
	}
	rng := rand.New(rand.NewPCG(c.Seed, 0x73616d706c65))
	z := make([]float32, n*m.Dim())
	for i := range z {
		z[i] = float32(temperature * rng.NormFloat64())
	}
	return z, nil
}

func (m *Model) labelOption(label int) []EvalOption {
	if m.config.Classes == 0 {
		return nil
	}
	return []EvalOption{WithLabels(label)}
}

// Interpolate goes from sample a to sample b in steps samples, ends included, along the arc of the latent space that
// the paper uses (section 4.2, eq. 19 for two points):
//
//	z = cos(φ)·z_a + sin(φ)·z_b, φ from 0 to π/2
//
// It gives steps·D numbers in the data's unit.
func (m *Model) Interpolate(a, b []float32, steps int, opts ...EvalOption) ([]float32, error) {
	if len(a) != m.Dim() || len(b) != m.Dim() {
		return nil, fmt.Errorf("realnvp: interpolate: samples of %d and %d numbers; each must have %d", len(a), len(b), m.Dim())
	}
	if steps < 2 {
		return nil, fmt.Errorf("realnvp: interpolate: %d steps; there are at least 2, the ends", steps)
	}
	ends, err := m.Encode(append(append([]float32(nil), a...), b...), opts...)
	if err != nil {
		return nil, err
	}
	dim := m.Dim()
	z := make([]float32, 0, steps*dim)
	for k := range steps {
		phi := math.Pi / 2 * float64(k) / float64(steps-1)
		cos, sin := math.Cos(phi), math.Sin(phi)
		for i := range dim {
			z = append(z, float32(cos*float64(ends[i])+sin*float64(ends[dim+i])))
		}
	}
	return m.Decode(z, opts...)
}

// LatentPart is a stretch of the latent: the numbers From…To−1 were factored out at Level as a Height×Width×Channels
// block; the last part is what is left. Level 0 is the finest.
type LatentPart struct{ Level, From, To, Height, Width, Channels int }

// LatentParts lists the parts of an image model's latent in order; a vector's latent is one part.
func (c Config) LatentParts() []LatentPart {
	if !c.IsImage() {
		return []LatentPart{{To: c.Features, Height: 1, Width: 1, Channels: c.Features}}
	}
	var parts []LatentPart
	h, w, ch, at := c.Height, c.Width, c.Channels, 0
	for level := range c.Scales {
		h, w, ch = h/2, w/2, 2*ch
		parts = append(parts, LatentPart{level, at, at + h*w*ch, h, w, ch})
		at += h * w * ch
	}
	return append(parts, LatentPart{c.Scales, at, at + h*w*ch, h, w, ch})
}
