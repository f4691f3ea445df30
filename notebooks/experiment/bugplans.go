package experiment

import (
	"context"

	"flowbook/journal"
	"flowbook/realnvp/bugs"
	"flowbook/realnvp/doctor"
)

// HealthyExperiment is the name of the experiment of the trials of a subject without a bug, which several bugs share.
func HealthyExperiment(subject string) string { return "healthy-" + subject }

// BugExperiment is the name of the experiment of a bug of package bugs: "bug-" and its name.
func BugExperiment(bug string) string { return "bug-" + bug }

func init() {
	run := func(ctx context.Context, run *journal.Run, c Trial) error { return c.Run(ctx, run) }
	for _, b := range bugs.All() {
		journal.Register(BugExperiment(b.Name), journal.Typed("a small flow with the bug: "+b.Title+"; on=false leaves the bug out", BugTrial(b), run))
	}
	for _, c := range []Trial{moons(), digits(), negatives()} {
		c.Checks = []string{doctor.CheckLogDet, doctor.CheckInvertible}
		journal.Register(HealthyExperiment(c.Subject), journal.Typed("a small flow of "+c.Subject+" without any bug, to compare the bugs with", c, run))
	}
}

// moons is a flow of six couplings for points of the plane.
func moons() Trial {
	return Trial{
		Seed: 1, Steps: 300, Subject: Moons, Samples: 2000, Batch: 200, LearningRate: 1e-2, ClipNorm: 1, Picture: true,
		Flow: TrialFlow{Couplings: 6, Gain: 3, Momentum: 0.005},
	}
}

// digits is a flow of one level and five couplings for small digits.
func digits() Trial {
	return Trial{
		Seed: 1, Steps: 250, StdFloor: 0.1, Subject: Digits, Samples: 2000, Batch: 32, LearningRate: 1e-2, ClipNorm: 1, Picture: true,
		Flow: TrialFlow{Checkerboards: 2, Channels: 1, Final: 2, Planes: 16, Gain: 5, Momentum: 0.05, Preprocess: "logit"},
	}
}

// negatives is a smaller flow, of the digits in negative.
func negatives() Trial {
	c := digits()
	c.Subject, c.Steps, c.Picture = Negatives, 100, false
	c.Flow.Bound, c.StdFloor = 2, 0.5
	c.Flow.Checkerboards, c.Flow.Final = 1, 1
	return c
}

// BugTrial is the training in which a bug shows, the bug in it.
func BugTrial(b bugs.Bug) Trial {
	c := moons()
	switch {
	case b.Name == "logit-unscaled" || b.Name == "logit-alpha-half":
		c = negatives()
		c.Measures = []string{"pixel"}
	case b.Name == "unit-forgotten":
		c = digits()
		c.Flow.Preprocess = "scale255"
		c.Measures = []string{"truth"}
	case b.Name == "no-norm-layers":
		c = digits()
		c.Steps = 100 // of three seeds
	case b.Name == "planes-couplings-swapped":
		c = digits()
		c.Flow.Planes = 4 // or the swap would make dozens of couplings
	case b.Name == "not-back-to-pixels" || b.Levels != nil:
		c = digits()
	case b.Name == "validation-moves-moments":
		c.Measures, c.Picture = []string{"again"}, false
	case b.Name == "norm-momentum":
		c.Batch, c.Picture = 20, false
	case b.Name == "norm-variance-biased":
		c.Batch, c.Measures, c.Picture = 5, []string{"spread"}, false
	case b.Name == "tanh-without-scale" || b.Name == "scales-start-at-one":
		c.Flow.Couplings = 16 // the author had 32; half as many compile in half the time
		c.Flow.Momentum, c.Flow.Gain = 0, 0
		c.ClipNorm, c.Steps = 0, 150
		if b.Name == "tanh-without-scale" {
			c.LearningRate = 0.1 // which the healthy flow takes
		}
	case b.Name == "half-log-two-pi-missing":
		c.Measures, c.Picture = []string{"mass", "truth"}, false
	default: // the log-determinants
		c.Measures = []string{"mass", "truth"}
	}
	c.Bug, c.On, c.Checks = b.Name, true, []string{b.Check}
	return c
}

// Seeds is how many seeds a bug is tried with: three where runs differ from seed to seed by as much as by the bug.
func Seeds(b bugs.Bug) int {
	switch b.Name {
	case "norm-momentum", "norm-variance-biased", "validation-moves-moments", "no-norm-layers":
		return 3
	}
	return 1
}
