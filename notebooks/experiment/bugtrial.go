package experiment

import (
	"context"
	"errors"
	"fmt"

	"flowbook/journal"
	"flowbook/realnvp"
	"flowbook/realnvp/bugs"
	"flowbook/realnvp/journaled"
	"flowbook/realnvp/xla"
)

// Trial is the config of a short training of a small flow, with a bug of package bugs in it or without.
type Trial struct {
	// Bug is the bug's name; On puts it in. Without it the same training is the healthy one to compare with.
	Bug string `json:"bug"`
	On  bool   `json:"on"`
	// Seed draws weights, data and noise.
	Seed uint64 `json:"seed"`
	// Steps is the number of optimizer steps.
	Steps int `json:"steps"`

	// Subject is what is learned: "moons", points of the plane; "digits", MNIST at 14×14; "negatives", the same, black on
	// white, with noise that may round up to 256.
	Subject string `json:"subject"`
	// Samples is the number of training samples, and Batch that of a step.
	Samples int `json:"samples"`
	Batch   int `json:"batch"`
	// LearningRate of Adam, which falls to 0 along a cosine, and ClipNorm of the gradient (0 for none).
	LearningRate float64 `json:"learning_rate"`
	ClipNorm     float64 `json:"clip_norm"`
	// Flow is what the flow is made of.
	Flow TrialFlow `json:"flow"`
	// StdFloor is the least deviation that a pixel is divided by, in logits: one that is black in every typical digit need
	// not be in the next. Pictures only.
	StdFloor float64 `json:"std_floor,omitempty"`

	// Checks of package doctor are made of the flow, and Measures taken: "mass", "truth", "pixel", "again", "spread".
	Checks   []string `json:"checks"`
	Measures []string `json:"measures,omitempty"`
	// Picture attaches samples.
	Picture bool `json:"picture"`

	oldModel
}

// trial is a Trial under way.
type trial struct {
	Trial
	run     *journal.Run
	data    *subject
	healthy bugs.Subject // the flow without the bug
	model   *realnvp.Model
}

// ErrBroken says that a trial's training ended in NaN, as some bugs make it.
var ErrBroken = errors.New("the training broke")

// Run trains, logs train_nll and val_nll (nats; train_bpd and val_bpd for images), takes the measures, attaches samples,
// and notes what the doctor says. A training that ends in NaN is examined too, and then fails.
func (c Trial) Run(ctx context.Context, run *journal.Run) error {
	xla.CompileFast() // most of a trial's time is compilation
	t := &trial{Trial: c, run: run}
	if err := t.open(); err != nil {
		return err
	}
	if err := t.examine(ctx, true); err != nil {
		return err
	}
	trainErr := t.train(ctx)
	var broken *realnvp.NonFiniteError
	if errors.As(trainErr, &broken) {
		trainErr = fmt.Errorf("%w: %w", ErrBroken, trainErr)
	} else if trainErr != nil {
		return trainErr
	}
	for _, name := range c.Measures {
		if err := t.measure(ctx, name); err != nil {
			return errors.Join(trainErr, err)
		}
	}
	if c.Picture {
		if err := t.picture(ctx); err != nil {
			return errors.Join(trainErr, err)
		}
	}
	return errors.Join(trainErr, t.examine(ctx, false))
}

// open makes the data and the model, which standardises each pixel.
func (t *trial) open() (err error) {
	bug := bugs.Bug{} // none
	if t.Bug != "" {
		named, err := bugs.Named(t.Bug)
		if err != nil {
			return err
		}
		if t.On {
			bug = named
		}
	} else if t.On {
		return fmt.Errorf("experiment: a trial with on=true and no bug; name one in bug=")
	}
	if t.data, err = t.load(); err != nil {
		return err
	}
	for name, digest := range t.data.digests {
		if err := t.run.Data(name, digest); err != nil {
			return err
		}
	}
	if t.healthy, err = t.subject(); err != nil {
		return err
	}
	if t.data.typical != nil {
		if t.healthy, err = standardized(t.healthy, t.data.typical, t.StdFloor); err != nil {
			return err
		}
	}
	t.model, err = bug.New(t.healthy, t.options()...)
	return err
}

// options are New's of the trial's models.
func (t *trial) options() []realnvp.Option {
	if t.Subject == Moons {
		return []realnvp.Option{realnvp.Vector(2), realnvp.Seed(t.Seed), realnvp.WithEvalBatch(100)}
	}
	return []realnvp.Option{realnvp.Image(side, side, 1), realnvp.Pixels(), realnvp.Seed(t.Seed), realnvp.WithEvalBatch(100)}
}

// train trains as the journal has it: logged, validated ten times, checkpointed, and resumed.
func (t *trial) train(ctx context.Context) error {
	points, err := realnvp.NewPoints(t.data.train, nil, t.model.Dim(), min(t.Batch, len(t.data.train)/t.model.Dim()), t.Seed)
	if err != nil {
		return err
	}
	tc := Shown(ctx, t.run, realnvp.TrainConfig{
		Steps: t.Steps, LearningRate: t.LearningRate, Schedule: realnvp.Cosine, ClipNorm: t.ClipNorm, Seed: t.Seed,
		Validation: t.data.held, ValidateEvery: max(1, t.Steps/10), CheckpointEvery: max(1, t.Steps/2),
	})
	var source realnvp.Source = points
	if t.Subject == Negatives {
		tc.NoDequantize, source = true, unguarded{points, t.Seed}
	}
	_, err = journaled.Train(ctx, t.run, t.model, source, tc)
	return err
}

// Unit is that of a trial's scores.
func (c Trial) Unit() string {
	if c.Subject == Moons {
		return "nats"
	}
	return "bits/dim"
}

// Metric is the name of a trial's metric of "train", "val", …: train_nll or train_bpd.
func (c Trial) metric(name string) string {
	if c.Subject == Moons {
		return name + "_nll"
	}
	return name + "_bpd"
}
