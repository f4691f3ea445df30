package realnvp

import (
	"fmt"
	"math"
	"slices"
)

// Source yields training batches, endlessly. *data.Source and Points satisfy it.
type Source interface {
	// Next gives a batch of samples, flat, n·D numbers (pixels 0…255 before dequantization), their labels where the
	// source has any, as WithLabels takes them, and the position of the batch that follows, as Seek takes it.
	Next() (x []float32, labels []int, position []byte, err error)
	// Seek goes to a position, so that the next batch is the one it names. It fails for a position of other data.
	Seek(position []byte) error
}

// Conditioned is a Source whose samples come with the vectors that their density is conditioned on (New's Given).
type Conditioned interface {
	Source
	// Vectors are those of the batch that Next gave last, sample after sample, as WithVectors takes them.
	Vectors() []float32
}

// Precise is a Source whose samples have more digits than float32 holds, for a model in float64.
type Precise interface {
	Source
	// Float64 is the batch that Next gave last, n·D numbers; nil where it is no more than that.
	Float64() []float64
}

// Shaped is a Source that says how many numbers a sample has, so that a model of others refuses it. *data.Source and
// Points are.
type Shaped interface {
	Source
	// Dim is D, how many numbers a sample has.
	Dim() int
}

// TrainConfig says how Train trains. Its zero value trains nothing: Steps must be set; other zeros mean what each
// field says.
type TrainConfig struct {
	// Steps is the number of optimizer steps in all, those of a resumed checkpoint included.
	Steps int `json:"steps"`
	// MoreSteps, in place of Steps, is the number of steps to take beyond those that the model has; 0 means that
	// Steps holds. A Cosine schedule then runs over all steps, those taken already included: after 1,000 steps that
	// ended at a rate of 0, 1,000 more begin at half of LearningRate. Start: Afresh begins the schedule anew.
	MoreSteps int `json:"more_steps,omitempty"`
	// Start says what a model that was trained before goes on with; empty is GoOn.
	Start Start `json:"start,omitempty"`
	// LearningRate of Adam; the author's 5e-4 for images, 1e-3 for the plane. 0 means 1e-3.
	LearningRate float64 `json:"learning_rate"`
	// Schedule of the learning rate: Constant (empty means it), Cosine or Halve.
	Schedule Schedule `json:"schedule,omitempty"`
	// HalveEvery is the number of steps between halvings; only for Halve, which needs it.
	HalveEvery int `json:"halve_every,omitempty"`
	// Warmup raises the learning rate linearly over this many first steps; 0 means none.
	Warmup int `json:"warmup,omitempty"`
	// ClipNorm, above 0, scales the gradient down to this norm (of the loss in nats per dimension) where it is
	// longer; 0 means never.
	ClipNorm float64 `json:"clip_norm,omitempty"`
	// Accumulate averages the gradients of this many batches into one step; 0 and 1 mean one.
	Accumulate int `json:"accumulate,omitempty"`
	// EMA, in (0, 1), keeps an average of the weights with this decay, and evaluation uses it. 0 means none:
	// evaluation uses the weights themselves, and an average that an earlier training kept is dropped. One that is
	// switched on begins at the weights as they are.
	EMA float64 `json:"ema,omitempty"`
	// L2 weighs the sum of squares of the weight norm's scales g in what is minimised, −log p in nats per dimension +
	// L2·Σ g² (the author's article has the term; Dinh et al. 2016, section 4.1, weigh it by 5e-5); 0 means none.
	// Train fails where it is set and the flow has no weight-normalised kernels.
	L2 float64 `json:"l2,omitempty"`
	// Seed draws the dequantization noise, of pixels alone.
	Seed uint64 `json:"seed"`
	// Devices, above 1, splits each batch evenly over the first so many devices of the backend, each with a copy of
	// the weights. The step is the one of a single device: losses, gradients and the batch norms' moments are of the
	// whole batch, and agree up to rounding. Evaluation stays on one device. 0 and 1 mean one. CPU's XLA has four
	// devices that share the processor: good for trying it, not for speed.
	Devices int `json:"devices,omitempty"`
	// NoDequantize leaves pixels as the source gives them; without it they get uniform noise in [0, 1).
	NoDequantize bool `json:"no_dequantize,omitempty"`

	// ValidateEvery is the number of steps between validations on Validation; 0 means only at the end.
	ValidateEvery int `json:"validate_every,omitempty"`
	// Patience stops training after this many validations without a better score, and gives back the state of the best
	// one: the model, and Checkpoint, are those of step Result.Best.Step. 0 means never. A validation in which any
	// sample's log p is not finite is never the best.
	Patience int `json:"patience,omitempty"`
	// ReturnLast leaves the state of the last step where Patience stops training, in place of the best one's.
	ReturnLast bool `json:"return_last,omitempty"`
	// Validation is held-out data: n·D numbers; empty means no validation. It is scored as BitsPerDim or NLL do, with
	// the running moments frozen.
	Validation []float32 `json:"-"`
	// Validation64 is the same with more digits, in place of Validation, for a model in float64.
	Validation64 []float64 `json:"-"`
	// ValidationLabels are its classes, as WithLabels takes them, for a model that is conditioned on labels.
	ValidationLabels []int `json:"-"`
	// ValidationVectors are its vectors, as WithVectors takes them, for a model that is conditioned on vectors.
	ValidationVectors []float32 `json:"-"`

	// Checkpoint is the file that checkpoints go to; empty means none. See Model.Save. It is tried before the first step.
	// With ValidateEvery, the state of the best validation is in a file beside it: see BestCheckpoint.
	Checkpoint string `json:"-"`
	// CheckpointEvery is the number of steps between checkpoints; 0 means only at the end, or where training stops.
	CheckpointEvery int `json:"checkpoint_every,omitempty"`

	// OnStep is called after every step; an error from it stops training. Any of the hooks may be nil.
	OnStep func(StepInfo) error `json:"-"`
	// OnValidation is called after every validation; an error from it stops training, as one from the hooks below
	// does.
	OnValidation func(ValidationInfo) error `json:"-"`
	// OnCheckpoint is called after a checkpoint is on disk, with the step that training had come to. One that is due at a
	// step is written while the next is taken. The last, where Patience gave back an earlier step's weights, has those, and
	// step is the one at which training stopped: the newest by its step is always what training left.
	OnCheckpoint func(step int, path string) error `json:"-"`
	// OnBest is called after a checkpoint of the best validation is on disk.
	OnBest func(step int, path string) error `json:"-"`
}

// Start says what a training of a model that was trained before goes on with.
type Start string

// The starts.
const (
	// GoOn goes on with all: weights, optimizer, averages, best validation, and the place in the source, which has to be
	// the same source.
	GoOn Start = ""
	// OtherSource goes on with the weights, the optimizer, its steps and the averages, on a source of other data, from
	// where that stands. The best validation starts anew.
	OtherSource Start = "other-source"
	// Afresh starts a training at step 0 that begins with the weights as they were trained, not with their averages
	// (EMA), and with the running moments, and with nothing else of earlier trainings.
	Afresh Start = "afresh"
)

// Schedule names the course of the learning rate.
type Schedule string

// The schedules.
const (
	// Constant is LearningRate at every step.
	Constant Schedule = "constant"
	// Cosine falls along half a cosine from LearningRate at the first step towards 0 after the last: LearningRate·½(1
	// + cos(π·(step−1)/Steps)), steps counted from 1.
	Cosine Schedule = "cosine"
	// Halve halves the rate every HalveEvery steps.
	Halve Schedule = "halve"
)

// StepInfo is what one optimizer step measured.
type StepInfo struct {
	// Step counts from 1.
	Step int
	// Loss is the mean −log p of the batch in nats per sample, without L2.
	Loss float64
	// BitsPerDim is Loss/(D·ln 2); it reads as bits/dim for pixels.
	BitsPerDim float64
	// GradNorm is the gradient's norm before clipping, of what is minimised: the loss in nats per dimension, and L2's
	// term.
	GradNorm float64
	// LearningRate of this step, by schedule and warmup.
	LearningRate float64
}

// ValidationInfo is what one validation measured.
type ValidationInfo struct {
	// Step is the one after which it was made.
	Step int
	// NLL is the mean −log p in nats per sample; BitsPerDim is NLL/(D·ln 2), and StdErr the standard error of
	// BitsPerDim.
	NLL, BitsPerDim, StdErr float64
	// NonFinite counts samples whose log p was not finite; they are not in the means.
	NonFinite int
	// Best tells whether no validation before was better. One with NonFinite samples never is.
	Best bool
}

// String is "NLL 2.345 nats (3.383 ± 0.006 bits/dim) at step 100", with a warning where samples were not finite.
func (v ValidationInfo) String() string {
	s := fmt.Sprintf("NLL %.4g nats (%.4g ± %.2g bits/dim) at step %d", v.NLL, v.BitsPerDim, v.StdErr, v.Step)
	if v.NonFinite > 0 {
		s += fmt.Sprintf(", %d samples with a log p that is not finite left out", v.NonFinite)
	}
	return s
}

// Validate gives an error for the first field that is wrong: the field, its value, and what is allowed. What only a
// model can tell, Train says.
func (t TrainConfig) Validate() error {
	checks := []struct {
		field   string
		value   any
		allowed string
		ok      bool
	}{
		{"MoreSteps", t.MoreSteps, "0, or above with Steps left 0", t.MoreSteps == 0 || t.MoreSteps > 0 && t.Steps == 0},
		{"Steps", t.Steps, "1 or more", t.Steps >= 1 || t.MoreSteps > 0},
		{"Start", t.Start, `empty (to go on), "other-source" or "afresh"`, slices.Contains([]Start{GoOn, OtherSource, Afresh}, t.Start)},
		{"LearningRate", t.LearningRate, "0 (meaning 1e-3) or above, and finite", t.LearningRate >= 0 && !math.IsInf(t.LearningRate, 0)},
		{"Schedule", t.Schedule, `"constant" (or empty), "cosine" or "halve"`, slices.Contains([]Schedule{"", Constant, Cosine, Halve}, t.Schedule)},
		{"HalveEvery", t.HalveEvery, `1 or more for the schedule "halve", else 0`, (t.Schedule == Halve) == (t.HalveEvery >= 1) && t.HalveEvery >= 0},
		{"Warmup", t.Warmup, "0 or more", t.Warmup >= 0},
		{"ClipNorm", t.ClipNorm, "0 (none) or above, and finite", t.ClipNorm >= 0 && !math.IsInf(t.ClipNorm, 0)},
		{"Accumulate", t.Accumulate, "0 or more", t.Accumulate >= 0},
		{"EMA", t.EMA, "in [0, 1)", t.EMA >= 0 && t.EMA < 1},
		{"L2", t.L2, "0 or above, and finite", t.L2 >= 0 && !math.IsInf(t.L2, 0)},
		{"Devices", t.Devices, "0 or more", t.Devices >= 0},
		{"ValidateEvery", t.ValidateEvery, "0 or more", t.ValidateEvery >= 0},
		{"ValidationLabels", fmt.Sprintf("%d long", len(t.ValidationLabels)), "empty without Validation", len(t.ValidationLabels) == 0 || t.validates()},
		{"ValidationVectors", fmt.Sprintf("%d long", len(t.ValidationVectors)), "empty without Validation", len(t.ValidationVectors) == 0 || t.validates()},
		{"Validation64", fmt.Sprintf("%d long", len(t.Validation64)), "empty where Validation is set", len(t.Validation64) == 0 || len(t.Validation) == 0},
		{"Patience", t.Patience, "0, or above with Validation and ValidateEvery set", t.Patience == 0 || t.Patience > 0 && t.validates() && t.ValidateEvery > 0},
		{"CheckpointEvery", t.CheckpointEvery, "0, or above with Checkpoint set", t.CheckpointEvery == 0 || t.CheckpointEvery > 0 && t.Checkpoint != ""},
	}
	for _, check := range checks {
		if !check.ok {
			return fmt.Errorf("realnvp: TrainConfig.%s is %v; it must be %s", check.field, check.value, check.allowed)
		}
	}
	return nil
}

// validates tells whether there is held-out data.
func (t TrainConfig) validates() bool { return len(t.Validation) > 0 || len(t.Validation64) > 0 }

// learningRate at a step that counts from 1.
func (t TrainConfig) learningRate(step int) float64 {
	rate := t.LearningRate
	if rate == 0 {
		rate = 1e-3
	}
	switch t.Schedule {
	case Cosine:
		rate *= 0.5 * (1 + math.Cos(math.Pi*float64(step-1)/float64(t.Steps)))
	case Halve:
		rate *= math.Pow(0.5, float64((step-1)/t.HalveEvery))
	}
	if step <= t.Warmup {
		rate *= float64(step) / float64(t.Warmup)
	}
	return rate
}
