package realnvp

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"flowbook/realnvp/base"
	"flowbook/realnvp/internal/variables"
)

// SampleConfig says how to draw.
type SampleConfig struct {
	// Seed of the draw: the same seed gives the same samples. 0 is a seed like any other.
	Seed uint64
	// Temperature multiplies the base density's spread, of a normal its standard deviation; 0 means 1. Below 1,
	// samples are more typical and less varied.
	Temperature float64
	// Labels are the classes to draw, for a model that has them: those of one sample, for all, or of each, as WithLabels
	// takes them.
	Labels []int
	// Vectors are what a model with New's option Given is conditioned on: one vector for all samples, or one each,
	// sample after sample.
	Vectors []float32
}

// Sample draws n samples x = f⁻¹(z), z of the base density, N(0, Temperature²·I) unless New was given another: n·D
// numbers in the data's unit (Dinh et al. 2016, section 3.1). Pixels may fall slightly outside [0, 256). It fails for
// n below 1, a temperature that is negative or not finite, and labels or vectors that are missing or not the model's.
// It ends between two batches where ctx is done, with ctx's cause.
func (m *Model) Sample(ctx context.Context, n int, c SampleConfig) ([]float32, error) {
	return sample[float32](ctx, m, n, c)
}

func sample[T float32 | float64](ctx context.Context, m *Model, n int, c SampleConfig) (x []T, err error) {
	for part, err := range samples[T](ctx, m, n, c) {
		if err != nil {
			return nil, err
		}
		if x == nil && len(part) == n*m.Dim() {
			return part, nil
		}
		x = append(x, part...)
	}
	return x, nil
}

// Samples draws the n samples that Sample does, in batches, so that they need not be in memory at once:
//
//	for x, err := range m.Samples(ctx, 200000, c) { … }
//
// Each x holds some samples of D numbers. It ends with the first error, which is ctx's cause where ctx is done.
func (m *Model) Samples(ctx context.Context, n int, c SampleConfig) iter.Seq2[[]float32, error] {
	return samples[float32](ctx, m, n, c)
}

func samples[T float32 | float64](ctx context.Context, m *Model, n int, c SampleConfig) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
		d, err := m.drawing(n, c)
		if err != nil {
			yield(nil, err)
			return
		}
		widths := m.settings.widths()
		for from := 0; from < n; from += m.batch {
			to := min(n, from+m.batch)
			some := make(given, len(widths))
			for i, width := range widths {
				some[i] = d.given[i][from*width : to*width]
			}
			z, err := d.draw(to - from)
			var x []T
			if err == nil {
				x, err = decodeGiven(ctx, m, converted[T](z), some)
			}
			if !yield(x, err) || err != nil {
				return
			}
		}
	}
}

// Latent draws n latents z of the base density, N(0, Temperature²·I) unless New was given another: n·D numbers.
// Decode makes samples of them. It fails as Sample does.
func (m *Model) Latent(n int, c SampleConfig) ([]float32, error) {
	return latent[float32](m, n, c)
}

func latent[T float32 | float64](m *Model, n int, c SampleConfig) ([]T, error) {
	d, err := m.drawing(n, c)
	if err != nil {
		return nil, err
	}
	z, err := d.draw(n)
	return converted[T](z), err
}

// drawing is a draw of latents under way.
type drawing struct {
	m      *Model
	by     base.Drawing
	labels []int // of each sample
	given  given
	drawn  int
}

func (m *Model) drawing(n int, c SampleConfig) (*drawing, error) {
	if n < 1 {
		return nil, fmt.Errorf("realnvp: sample: %d samples asked for; ask for 1 or more", n)
	}
	if math.IsNaN(c.Temperature) || c.Temperature < 0 || math.IsInf(c.Temperature, 0) {
		return nil, fmt.Errorf("realnvp: sample: temperature %v; it must be above 0 and finite", c.Temperature)
	}
	k := len(m.settings.Classes)
	if k > 0 && c.Labels == nil {
		return nil, fmt.Errorf("realnvp: sample: this model has %d labels for each sample, and SampleConfig.Labels is empty; give those of one sample, for all, or of each", k)
	}
	var opts []EvalOption
	if c.Labels != nil {
		opts = append(opts, WithLabels(c.Labels...))
	}
	if c.Vectors != nil {
		opts = append(opts, WithVectors(c.Vectors...))
	}
	conditions, err := m.conditions(n, opts)
	if err != nil {
		return nil, err
	}
	d := &drawing{m: m, given: conditions, labels: c.Labels}
	if len(d.labels) == k {
		d.labels = slices.Repeat(d.labels, n)
	}
	d.by = base.Drawing{
		Rng:         rand.New(rand.NewPCG(c.Seed, 0x73616d706c65)),
		Temperature: cmp.Or(c.Temperature, 1),
		Parameter:   m.baseParameter,
	}
	return d, nil
}

// draw draws the next n latents.
func (d *drawing) draw(n int) (z []float64, err error) {
	dim, k := d.m.Dim(), len(d.m.settings.Classes)
	err = recovered(fmt.Sprintf("drawing %d latents from the base density, a %T", n, d.m.base), func() error {
		z = make([]float64, n*dim)
		for i := range n {
			d.by.Labels = d.labels[d.drawn*k : (d.drawn+1)*k]
			d.m.base.Draw(d.by, z[i*dim:(i+1)*dim])
			d.drawn++
		}
		return nil
	})
	return z, err
}

// baseParameter gives the values of a parameter of the base density; nil where it has none of the name.
func (m *Model) baseParameter(name string) []float64 {
	v := m.Store().GetVariable(model.JoinPath("/", FlowScope, baseScope, name))
	if v == nil {
		return nil
	}
	value, err := variables.Clone(v)
	if err != nil {
		return nil
	}
	if v.DType() == dtypeFloat64 {
		return tensors.MustCopyFlatData[float64](value)
	}
	return converted[float64](tensors.MustCopyFlatData[float32](value))
}

// Interpolate goes from sample a to sample b, D numbers each, in steps samples, ends included, along the arc of the
// latent space that the paper uses (Dinh et al. 2016, section 4.2, eq. 19 for two points):
//
//	z = cos(φ)·z_a + sin(φ)·z_b, φ from 0 to π/2
//
// It gives steps·D numbers in the data's unit. With the labels or vectors of both ends, WithLabels(a's…, b's…), what
// the density is conditioned on goes from the one to the other in a straight line; with those of one, it stays. It
// fails for fewer than 2 steps, for ends that are not one sample each, and as LogProb does.
func (m *Model) Interpolate(ctx context.Context, a, b []float32, steps int, opts ...EvalOption) ([]float32, error) {
	return interpolate(ctx, m, a, b, steps, opts)
}

func interpolate[T float32 | float64](ctx context.Context, m *Model, a, b []T, steps int, opts []EvalOption) ([]T, error) {
	if len(a) != m.Dim() || len(b) != m.Dim() {
		return nil, fmt.Errorf("realnvp: interpolate: samples of %d and %d numbers; each must have %d", len(a), len(b), m.Dim())
	}
	if steps < 2 {
		return nil, fmt.Errorf("realnvp: interpolate: %d steps; there are at least 2, the ends", steps)
	}
	conditions, err := m.conditions(2, opts)
	if err != nil {
		return nil, err
	}
	ends, err := encode(ctx, m, slices.Concat(a, b), opts)
	if err != nil {
		return nil, err
	}
	dim := m.Dim()
	z := make([]T, 0, steps*dim)
	for k := range steps {
		phi := math.Pi / 2 * float64(k) / float64(steps-1)
		cos, sin := math.Cos(phi), math.Sin(phi)
		for i := range dim {
			z = append(z, T(cos*float64(ends[i])+sin*float64(ends[dim+i])))
		}
	}
	return decodeGiven(ctx, m, z, conditions.mixed(m.settings.widths(), steps))
}
