// Package bugs holds the mistakes that the author of the article made on the way to a working Real NVP, each as a
// switch around right code, which knows nothing of them: a layer in the place of the right one, an edit of the Config, or
// another base density. Diff shows it as the code that differs. The debugging journal (notebooks/06) turns each on, shows
// the symptom, names the check of package doctor that catches it, and turns it off again.
//
//	bug, err := bugs.Named("norm-log-det-missing")
//	sick, err := bug.New(config)       // as realnvp.New, with the bug in it
//	healthy, err := realnvp.New(config)
package bugs

import (
	"fmt"
	"strings"

	"flowbook/realnvp"
	"flowbook/realnvp/base"
	"flowbook/realnvp/bijector"
)

// Bug is one mistake. Of Layer, Config and Base it has what it needs; the others are nil.
type Bug struct {
	// Name is short and stable: "norm-log-det-missing". Title is for people.
	Name, Title string
	// Symptom is what one sees, Cause why, Fix what to do. Sentences.
	Symptom, Cause, Fix string
	// Check is the check of package doctor that catches it: doctor.CheckLogDet and so on.
	Check string

	// Layer takes a right layer of the flow and gives the faulty one, or the same where the bug is elsewhere. path is
	// the layer's, as for bijector.Wrap.
	Layer func(path string, b bijector.Bijector) bijector.Bijector
	// Config makes the mistake in a configuration.
	Config func(c *realnvp.Config)
	// Base is the wrong density of the latent.
	Base base.Base
	// Twins are the right functions and their wrong ones, for Diff. A bug of settings alone has none.
	Twins []Twin
}

// Apply puts the bug into a flow, whoever built it. A bug of the Config or of the base density leaves it as it is.
func (b Bug) Apply(flow bijector.Bijector) bijector.Bijector {
	if b.Layer == nil {
		return flow
	}
	return bijector.Wrap(flow, b.Layer)
}

// New is realnvp.New with the bug in the Config, in the layers and in the base. A Config that the bug makes impossible
// is an error of Validate, which is the first thing that caught it.
func (b Bug) New(config realnvp.Config, opts ...realnvp.Option) (*realnvp.Model, error) {
	config = b.configure(config)
	if b.Layer == nil && b.Base == nil {
		return realnvp.New(config, opts...)
	}
	if err := config.Validate(); err != nil {
		return nil, err
	}
	like := []realnvp.Option{realnvp.Like(config)}
	if b.Base != nil {
		like = append(like, realnvp.Base(b.Base))
	}
	as := func(_ string, right bijector.Bijector) bijector.Bijector { return right }
	if b.Layer != nil {
		as = b.Layer
	}
	return realnvp.New(bijector.Wrap(config, as), append(like, opts...)...)
}

func (b Bug) configure(config realnvp.Config) realnvp.Config {
	if b.Config != nil {
		b.Config(&config)
	}
	return config
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
