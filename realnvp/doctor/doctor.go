// Package doctor tells whether a flow is right, whoever wrote it.
//
// Examine takes any bijector.Bijector with its variables and a batch of data, and reports: does each layer invert, is
// each log-determinant that of the Jacobian, is z normal, what makes up the loss, are the couplings' s dead or
// exploding, which tensor is the first that is not finite, do running statistics stay put in evaluation, are
// bits per dimension possible at all, and what happens on hostile and on held-out data.
//
// It walks the layers of chains and factor-outs (bijector.Wrap) and feeds each its real input, so a fault is reported
// with the path of the layer that has it. It works on copies of the variables: the caller's are never changed.
package doctor

import (
	"context"
	"fmt"
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"flowbook/realnvp/bijector"
)

// Options say what Examine cannot see by itself. The zero value is a trained flow of data that are no pixels, with
// its variables at the root of the store.
type Options struct {
	// Scope of the flow's variables in the store; realnvp.FlowScope for a realnvp.Model. Empty is the root.
	Scope string
	// Levels, above 0, says that the data are pixels in [0, Levels]: 256 after uniform dequantization. A uniform
	// model of them scores exactly 8 bits per dimension. 0 says that they are no pixels.
	Levels float64
	// HeldOut is a batch that the flow was not trained on, of the same shape but for its size; nil leaves the check
	// out.
	HeldOut *tensors.Tensor
	// HeldOutGap is how many bits per dimension HeldOut may score above the batch; 0 means 0.5.
	HeldOutGap float64
	// Base is the flow's log-density of the latent, [n, ...] → [n] in nats; nil means bijector.StandardNormal.
	Base func(z *Node) *Node
	// Given, where it is not nil, is called in each graph before the flow, with an input x of that graph's batch
	// size: a flow that is conditioned on labels or on a vector sets c.Labels or c.Vector here.
	Given func(c *bijector.Context, x *Node)
	// AtStart says that the flow is untrained and should be the identity after its preprocessing. Checks of what only
	// training brings are then left out.
	AtStart bool
	// MaxJacobian is the largest D, of a layer or of the whole, whose Jacobian is computed in full; 0 means 256.
	// The cost is D/64 batches forward and backward. Above it, a layer is probed for being elementwise or a
	// permutation, as every layer of a Real NVP is, and then its log-determinant is exact too; otherwise it is skipped.
	MaxJacobian int
	// Only, where it is not empty, leaves out every check but these (and CheckForward), by the constants' names:
	// CheckLogDet and so on.
	Only []string
}

const (
	defaultMaxJacobian = 256
	defaultHeldOutGap  = 0.5
	maxExamined        = 4096 // values of z that moments and the KS distance are taken of, per dimension
)

// Examine puts the flow, its variables in store and a batch of real data, [n, ...] in the data's own unit, through all
// checks. Faults of the flow, even code that panics, are checks that fail and name the layer; the error is for what
// cannot be examined at all: a missing argument, an empty batch, data that are not finite. It ends between two checks where
// ctx is done, with ctx's cause.
//
// The time goes into compiling: all checks together compile the flow about seven times; Options.Only leaves out what is
// not asked for.
//
// The flow runs in evaluation mode, but for the checks of what training does to running moments. Jacobians and finite
// differences are taken in float64 where the flow's code allows it, whatever type it was trained in.
func Examine(ctx context.Context, backend compute.Backend, store *model.Store, flow bijector.Bijector, batch *tensors.Tensor, opts Options) (report *Report, err error) {
	defer func() {
		if p := recover(); p != nil {
			report, err = nil, fmt.Errorf("doctor: %s", firstLine(p))
		}
	}()
	switch {
	case backend == nil:
		return nil, fmt.Errorf("doctor: no backend given; realnvp.OpenBackend opens one")
	case store == nil:
		return nil, fmt.Errorf("doctor: no store given; pass the one that holds the flow's variables")
	case flow == nil:
		return nil, fmt.Errorf("doctor: no flow given")
	}
	if err := knownNames(opts.Only); err != nil {
		return nil, err
	}
	if opts.MaxJacobian == 0 {
		opts.MaxJacobian = defaultMaxJacobian
	}
	if opts.HeldOutGap == 0 {
		opts.HeldOutGap = defaultHeldOutGap
	}
	e := &exam{backend: backend, opts: opts, report: &Report{NLL: none, BitsPerDim: none}}
	if err := e.takeBatch(batch); err != nil {
		return nil, err
	}
	e.walk(flow)
	if err := e.copyStore(store); err != nil {
		return nil, err
	}
	defer e.finish()
	if err := e.run(ctx); err != nil {
		return nil, err
	}
	return e.report, nil
}

// exam is one examination under way.
type exam struct {
	backend compute.Backend
	opts    Options
	report  *Report

	x          *tensors.Tensor // the batch in the flow's own type
	values     []float64       // the same numbers
	dims       []int           // of one sample
	n, size    int             // samples, D
	flow       bijector.Bijector
	layers     []*layer
	factorOuts int
	latent     []int // shape of one latent
	tape       *tape // of the graph being built, where it is measured
	runners    []*runner
	logDetOff  []float64 // of the layers, in nats; NaN where not measured

	own     *side  // the flow in the batch's type
	wide    *side  // the flow in float64: own itself where that is it, nil where the code does not allow it
	wideWhy string // why wide is nil
	seen    *look  // the batch through own
	widened bool   // wide was tried
	exact   *look  // the batch through wide
}

func (e *exam) takeBatch(batch *tensors.Tensor) error {
	if batch == nil || !batch.Ok() || batch.Rank() < 2 || batch.Size() == 0 {
		return fmt.Errorf("doctor: the batch must have shape [n, features] or [n, height, width, channels] and hold samples")
	}
	if t := batch.DType(); t != dtypes.Float32 && t != dtypes.Float64 {
		return fmt.Errorf("doctor: a batch of %s; give float32 or float64", t)
	}
	shape := batch.Shape().Dimensions
	e.n, e.dims = shape[0], slices.Clone(shape[1:])
	e.size = batch.Size() / e.n
	e.report.Samples, e.report.Dim = e.n, e.size
	e.values = floats(batch)
	for i, v := range e.values {
		if !isFinite(v) {
			return fmt.Errorf("doctor: sample %d of the batch holds %v; remove or repair it", i/e.size, v)
		}
	}
	if e.n < 2 {
		return fmt.Errorf("doctor: one sample only; moments need at least 2")
	}
	e.x = batch
	return nil
}

// check is a group of lines of the report, made together.
type check struct {
	names []string
	make  func(e *exam) []Check
}

// checks in the order of the report. The first must succeed for the others to be made.
var checks = []check{
	{[]string{CheckForward}, (*exam).checkForward},
	{[]string{CheckFinite}, (*exam).checkFinite},
	{[]string{CheckInvertible}, (*exam).checkInvertible},
	{[]string{CheckLogDet, CheckGradient}, (*exam).checkLogDet},
	{[]string{CheckPrecision}, (*exam).checkPrecision},
	{[]string{CheckApart}, (*exam).checkApart},
	{[]string{CheckFrozen}, (*exam).checkFrozen},
	{[]string{CheckBase}, (*exam).checkBase},
	{[]string{CheckIntegral}, (*exam).checkIntegral},
	{[]string{CheckBits}, (*exam).checkBits},
	{[]string{CheckColumns}, (*exam).checkColumns},
	{[]string{CheckTerms}, (*exam).checkTerms},
	{[]string{CheckLatent}, (*exam).checkLatent},
	{[]string{CheckScales}, (*exam).checkScales},
	{[]string{CheckStart}, (*exam).checkStart},
	{[]string{CheckRunning}, (*exam).checkRunning},
	{[]string{CheckMomentum, CheckVariance, CheckTrainLogDet}, (*exam).checkTraining},
	{[]string{CheckSamples}, (*exam).checkSamples},
	{[]string{CheckHostile}, (*exam).checkHostile},
	{[]string{CheckHeldOut}, (*exam).checkHeldOut},
	{[]string{CheckMultiScale, CheckNorms, CheckWidth}, (*exam).checkArchitecture},
}

func (e *exam) run(ctx context.Context) error {
	for i, c := range checks {
		if i > 0 && !e.wanted(c.names) {
			continue
		}
		if ctx.Err() != nil {
			return fmt.Errorf("doctor: interrupted before the check %q: %w", c.names[0], context.Cause(ctx))
		}
		lines := e.guarded(c)
		e.report.Checks = append(e.report.Checks, lines...)
		if i == 0 && lines[0].Verdict == Fail {
			break // nothing else can be said of a flow that does not run
		}
	}
	e.describeLayers()
	return nil
}

// finish frees the compiled graphs.
func (e *exam) finish() {
	for _, r := range e.runners {
		r.exec.Finalize()
	}
}

// wanted tells whether Options.Only asks for any of the names.
func (e *exam) wanted(names []string) bool {
	return len(e.opts.Only) == 0 || slices.ContainsFunc(names, func(name string) bool { return slices.Contains(e.opts.Only, name) })
}

func knownNames(only []string) error {
	for _, name := range only {
		if !slices.ContainsFunc(checks, func(c check) bool { return slices.Contains(c.names, name) }) {
			return fmt.Errorf("doctor: Options.Only asks for %q, which is no check; names.go lists them", name)
		}
	}
	return nil
}

// guarded makes a check's own crash a failure of that check.
func (e *exam) guarded(c check) (lines []Check) {
	defer func() {
		if p := recover(); p != nil {
			for _, name := range c.names {
				lines = append(lines, e.crashed(name, p))
			}
		}
	}()
	return c.make(e)
}

func (e *exam) crashed(name string, p any) Check {
	line := Check{Name: name, Verdict: Fail, Value: none, Limit: none, Detail: firstLine(p),
		Remedy: "mend what this message says; the check could not be made"}
	if at := blamed(p); at != nil {
		line.Layer, line.Detail = at.path, at.Error()
	}
	return line
}
