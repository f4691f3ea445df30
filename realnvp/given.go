package realnvp

import (
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"flowbook/realnvp/bijector"
)

// given is what the density of some samples is conditioned on: each label one-hot and then the vector, a row a sample.
type given [][]float32

// EvalOption says more about the samples of one call: what their density is conditioned on. The call fails where it
// is not of the model's kind, or not as many as there are samples.
type EvalOption func(*evalOptions)

type evalOptions struct {
	labels  []int
	vectors []float32
}

// WithLabels gives each sample its labels, 0…classes−1: as many for each sample as the model has labels (New's option
// Classes), sample after sample. The labels of one sample stand for all.
func WithLabels(labels ...int) EvalOption { return func(o *evalOptions) { o.labels = labels } }

// WithVectors gives each sample the vector that its density is conditioned on (New's option Given), finite numbers,
// sample after sample. One vector stands for all samples.
func WithVectors(u ...float32) EvalOption { return func(o *evalOptions) { o.vectors = u } }

// conditions makes what n samples are conditioned on of the options of a call.
func (m *Model) conditions(n int, opts []EvalOption) (given, error) {
	var o evalOptions
	for i, opt := range opts {
		if opt == nil {
			return nil, fmt.Errorf("realnvp: option %d of the call is nil; leave it out", i)
		}
		opt(&o)
	}
	s := m.settings
	if len(s.Classes) == 0 && o.labels != nil {
		return nil, fmt.Errorf("realnvp: labels given to a model without classes; give New the option Classes")
	}
	if s.Vector == 0 && o.vectors != nil {
		return nil, fmt.Errorf("realnvp: vectors given to a model that is conditioned on none; give New the option Given")
	}
	if k := len(s.Classes); len(o.labels) == k && k > 0 {
		o.labels = slices.Repeat(o.labels, n)
	}
	if len(o.vectors) == s.Vector && s.Vector > 0 {
		o.vectors = slices.Repeat(o.vectors, n)
	}
	return m.condition(n, o.labels, o.vectors, givenByCall)
}

// givers say who gives labels and vectors, for an error's remedy.
type givers struct{ labels, vectors string }

var (
	givenByCall = givers{
		"those of one sample, for all, or of each, by WithLabels, or, to Sample, by SampleConfig.Labels",
		"one vector for all, or one each, by WithVectors, or, to Sample, by SampleConfig.Vectors",
	}
	givenBySource = givers{"the source as many for each sample: its Next gives them", "one each, by a source that is a Conditioned, such as Points.WithVectors"}
)

// condition checks the labels and vectors of n samples and lays them out.
func (m *Model) condition(n int, labels []int, vectors []float32, from givers) (given, error) {
	s := m.settings
	k := len(s.Classes)
	if len(labels) != n*k {
		return nil, fmt.Errorf("realnvp: %d labels for %d samples with %d labels each; give %s", len(labels), n, k, from.labels)
	}
	if len(vectors) != n*s.Vector {
		return nil, fmt.Errorf("realnvp: %d numbers of vectors for %d samples that are conditioned on %d numbers each; give %s", len(vectors), n, s.Vector, from.vectors)
	}
	var parts given
	for at, classes := range s.Classes {
		hot := make([]float32, n*classes)
		for i := range n {
			l := labels[i*k+at]
			if l < 0 || l >= classes {
				return nil, fmt.Errorf("realnvp: label %d of sample %d is not in 0…%d", l, i, classes-1)
			}
			hot[i*classes+l] = 1
		}
		parts = append(parts, hot)
	}
	if s.Vector == 0 {
		return parts, nil
	}
	for i, v := range vectors {
		if !finite(float64(v)) {
			return nil, fmt.Errorf("realnvp: the vector of sample %d holds %v at position %d; remove or repair it", i/s.Vector, v, i%s.Vector)
		}
	}
	return append(parts, vectors), nil
}

// tensors are the inputs of a graph for samples from…to−1, filled up to n rows by copies of the last.
func (m *Model) givenTensors(g given, from, to, n int) []any {
	var inputs []any
	for i, width := range m.settings.widths() {
		inputs = append(inputs, tensorOfNumbers(m, filled(g[i][from*width:to*width], width, n), n, width))
	}
	return inputs
}

// mixed goes from what sample 0 is conditioned on to that of sample 1 in steps.
func (g given) mixed(widths []int, steps int) given {
	var path given
	for i, width := range widths {
		var rows []float32
		for k := range steps {
			w := float32(k) / float32(steps-1)
			for j := range width {
				rows = append(rows, (1-w)*g[i][j]+w*g[i][width+j])
			}
		}
		path = append(path, rows)
	}
	return path
}

// context is what the flow is given besides its input: its parameters in FlowScope below s, and what it is conditioned on.
func (m *Model) context(s *model.Scope, conditions ...*graph.Node) *bijector.Context {
	c := bijector.NewContext(s.At(FlowScope))
	labels := min(len(m.settings.Classes), len(conditions))
	c.Labels = conditions[:labels]
	if len(conditions) > labels {
		c.Vector = conditions[labels]
	}
	return c
}
