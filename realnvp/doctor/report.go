package doctor

import (
	"fmt"
	"math"
	"strings"
)

// Verdict is what a check came to.
type Verdict string

// The verdicts, from good to bad. A skipped check says why in its Detail, and is never a hidden failure.
const (
	// OK is a check that found nothing.
	OK Verdict = "ok"
	// Skipped is a check that was not made; its Detail says why.
	Skipped Verdict = "skipped"
	// Warn is something to look at, which may have its reason.
	Warn Verdict = "warn"
	// Fail is a fault.
	Fail Verdict = "fail"
)

// Check is one line of a Report.
type Check struct {
	// Name is one of the constants CheckForward, CheckFinite and so on.
	Name string
	// Verdict is OK, Skipped, Warn or Fail.
	Verdict Verdict
	// Value is what was measured and Limit what it is held against; NaN where the check has no number. Detail says
	// what it is, and in which unit.
	Value, Limit float64
	// Layer is the scope path of the layer to blame; empty where it is the whole flow, or none.
	Layer string
	// Detail says what was found, in words.
	Detail string
	// Remedy says what to do; empty where all is well.
	Remedy string
}

// LayerReport is what was measured of one layer, in the order of the flow.
type LayerReport struct {
	// Path is the scope of the layer's variables within the flow's, Kind its Go type.
	Path, Kind string
	// LogDet is the mean log-determinant over the batch, in nats a sample.
	LogDet float64
	// InverseError is max |Inverse(Forward(x)) − x| relative to max(1, max |x|), over the batch; NaN where the layer
	// was not inverted.
	InverseError float64
	// LogDetError is |log-det − that of the Jacobian| at one sample, in nats; NaN where it was not measured.
	LogDetError float64
	// MaxS is the largest |s| of a coupling; NaN for other layers.
	MaxS float64
	// MaxOut is the largest |z| that leaves the layer, over the batch.
	MaxOut float64
}

// Term is one summand of the mean negative log-likelihood.
type Term struct {
	// Name is "latent" (−log p of the base density) or the Go type of the layers whose log-determinants it adds up.
	Name string
	// Nats is its share of −log p per sample, and Bits the same per dimension, Nats/(D·ln 2).
	Nats, Bits float64
}

// Report is what Examine found. Print it, or show its HTML in a notebook.
type Report struct {
	// Checks in the order in which they were made.
	Checks []Check
	// Layers in the order of the flow.
	Layers []LayerReport
	// Terms add up to NLL.
	Terms []Term
	// NLL is the mean −log p of the batch in nats per sample, BitsPerDim the same in bits per dimension, NLL/(D·ln
	// 2).
	NLL, BitsPerDim float64
	// Samples and Dim are the size of the batch: n and D.
	Samples, Dim int
}

// Worst is the worst verdict of the report: Fail, Warn or OK. Skipped checks do not count.
func (r *Report) Worst() Verdict {
	worst := OK
	for _, c := range r.Checks {
		switch {
		case c.Verdict == Fail:
			return Fail
		case c.Verdict == Warn:
			worst = Warn
		}
	}
	return worst
}

// Find gives the check of a name; ok tells whether the report has it.
func (r *Report) Find(name string) (check Check, ok bool) {
	for _, c := range r.Checks {
		if c.Name == name {
			return c, true
		}
	}
	return Check{}, false
}

// Bad gives the checks that warn or fail.
func (r *Report) Bad() []Check {
	var bad []Check
	for _, c := range r.Checks {
		if c.Verdict == Warn || c.Verdict == Fail {
			bad = append(bad, c)
		}
	}
	return bad
}

// String is the report as a text table, one line a check, its remedy below it where it is not ok.
func (r *Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", r.headline())
	for _, c := range r.Checks {
		fmt.Fprintf(&b, "%-8s%-23s %-25s %s\n", c.Verdict, c.Name, c.numbers(), c.words())
		if c.Remedy != "" && c.Verdict != OK {
			fmt.Fprintf(&b, "%32s→ %s\n", "", c.Remedy)
		}
	}
	return b.String()
}

func (r *Report) headline() string {
	counts := map[Verdict]int{}
	for _, c := range r.Checks {
		counts[c.Verdict]++
	}
	return fmt.Sprintf("%d samples of %d numbers: %.4g nats/sample, %.4f bits/dim; %d ok, %d warn, %d fail, %d skipped",
		r.Samples, r.Dim, r.NLL, r.BitsPerDim, counts[OK], counts[Warn], counts[Fail], counts[Skipped])
}

// words is the detail, after the layer it is about.
func (c Check) words() string {
	if c.Layer == "" {
		return c.Detail
	}
	return c.Layer + ": " + c.Detail
}

// numbers is "value (limit)".
func (c Check) numbers() string {
	if math.IsNaN(c.Value) && (math.IsNaN(c.Limit) || c.Verdict == Skipped) {
		return "–"
	}
	if math.IsNaN(c.Limit) {
		return fmt.Sprintf("%.3g", c.Value)
	}
	return fmt.Sprintf("%.3g (limit %.3g)", c.Value, c.Limit)
}

var none = math.NaN()
