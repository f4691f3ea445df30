// Package bugs holds the mistakes that the author of the article, Brian Keng, made on the way to a working Real NVP,
// each as a switch around right code, which knows nothing of them: a layer in the place of the right one, an edit of
// the levels of an image flow, or another base density. Diff shows it as the code that differs. The debugging journal
// (notebooks/06) turns each on, shows the symptom, names the check of package doctor that catches it, and turns it
// off again.
//
//	bug, err := bugs.Named("norm-log-det-missing")
//	sick, err := bug.New(subject, realnvp.Vector(2)) // as realnvp.New, with the bug in it
//	healthy, err := realnvp.New(subject.Flow(), realnvp.Vector(2))
package bugs

import (
	"fmt"
	"slices"
	"strings"

	"flowbook/realnvp"
	"flowbook/realnvp/base"
	"flowbook/realnvp/bijector"
	"flowbook/realnvp/preset"
)

// Bug is one mistake. Of Layer, Levels and Base it has what it needs.
type Bug struct {
	// Name is short and stable: "norm-log-det-missing". Title is for people.
	Name, Title string
	// Symptom is what one sees, Cause why, Fix what to do. Sentences.
	Symptom, Cause, Fix string
	// Check is the check of package doctor that catches it: doctor.CheckLogDet and so on.
	Check string

	// Layer takes a right layer of the flow and gives the faulty one, or the same where the bug is elsewhere. path is
	// the layer's, as for bijector.Wrap. nil where the bug is in no layer.
	Layer func(path string, b bijector.Bijector) bijector.Bijector
	// Levels makes the mistake in the architecture of images; nil where the bug is not in it.
	Levels func(m *preset.MultiScale)
	// Base is the wrong density of the latent; nil where the bug is not there.
	Base base.Base
	// Twins are the right functions and their wrong ones, for Diff. A bug of settings alone has none.
	Twins []Twin
}

// Subject is a flow to put bugs into: First, such as a preprocessing, and after it Vectors, or, where that is nil,
// the Levels of images of the given Sides: height, width, channels.
type Subject struct {
	// First may be empty; Vectors is nil for images.
	First, Vectors bijector.Chain
	// Levels are the architecture of images, where Vectors is nil.
	Levels preset.MultiScale
	// Sides are height, width and channels of what enters the Levels, after First.
	Sides [3]int
}

// Flow is the right flow: First and what follows it, from [batch, features] or [batch, Sides...] to the latent
// [batch, D].
func (s Subject) Flow() bijector.Chain {
	if s.Vectors != nil {
		return slices.Concat(s.First, s.Vectors)
	}
	return slices.Concat(s.First, s.Levels.Flow(s.Sides[0], s.Sides[1], s.Sides[2]))
}

// Apply puts the bug into a flow's layers, whoever built it. A bug of the levels or of the base density leaves it as it is.
func (b Bug) Apply(flow bijector.Bijector) bijector.Bijector {
	if b.Layer == nil {
		return flow
	}
	return bijector.Wrap(flow, b.Layer)
}

// New is realnvp.New of the subject with the bug in its levels, its layers and its base density. It fails as that
// does.
func (b Bug) New(s Subject, opts ...realnvp.Option) (*realnvp.Model, error) {
	if b.Base != nil {
		opts = append(slices.Clone(opts), realnvp.Base(b.Base))
	}
	return realnvp.New(b.Apply(b.edited(s).Flow()), opts...)
}

// edited is the subject with the bug in its levels.
func (b Bug) edited(s Subject) Subject {
	if b.Levels != nil {
		b.Levels(&s.Levels)
	}
	return s
}

// Markdown is the bug as a journal entry's text: symptom, cause, check and fix.
func (b Bug) Markdown() string {
	return fmt.Sprintf("**%s**\n\n*Symptom.* %s\n\n*Cause.* %s\n\n*Caught by* the doctor's check “%s”.\n\n*Fix.* %s\n",
		b.Title, b.Symptom, b.Cause, b.Check, b.Fix)
}

// All gives every bug, in the order in which one meets them: data, density, layers, norms, architecture.
func All() []Bug {
	var all []Bug
	for _, group := range [][]Bug{preprocessing(), density(), couplings(), norms(), architecture()} {
		all = append(all, group...)
	}
	return all
}

// Named gives the bug of a name, or an error that lists the names.
func Named(name string) (Bug, error) {
	var names []string
	for _, b := range All() {
		if b.Name == name {
			return b, nil
		}
		names = append(names, b.Name)
	}
	return Bug{}, fmt.Errorf("bugs: no bug is named %q; there are %s", name, strings.Join(names, ", "))
}
