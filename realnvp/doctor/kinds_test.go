package doctor_test

import (
	"math"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"flowbook/realnvp/bijector"
	"flowbook/realnvp/doctor"
	"flowbook/realnvp/internal/goldentest"
	"flowbook/realnvp/net"
)

// TestClassConditional: Options.Given gives every graph its labels, whatever the batch size of that graph.
func TestClassConditional(t *testing.T) {
	p := pointsOf(t, goldentest.Backend(t), dtypes.Float32, 1)
	p.store = model.NewStore() // nets with labels have wider first layers
	p.opts.Only = []string{doctor.CheckInvertible, doctor.CheckLogDet, doctor.CheckIntegral}
	p.opts.Given = func(c *bijector.Context, x *Node) {
		n := x.Shape().Dim(0)
		first := Const(x.Graph(), []float32{1, 0, 0})
		c.Labels = []*Node{BroadcastToDims(InsertAxes(first, 0), n, 3)}
	}
	report := p.examine(t)
	for _, name := range p.opts.Only {
		expect(t, report, name, doctor.OK, "", "")
	}
}

// float32Only is a scaling whose code is written for one type.
type float32Only struct{}

func (float32Only) Forward(_ *bijector.Context, x *Node) (z, logDet *Node) {
	return Mul(x, Const(x.Graph(), float32(2))), AddScalar(ReduceSum(ZerosLike(x), 1), 2*math.Ln2)
}

func (float32Only) Inverse(_ *bijector.Context, z *Node) (x, logDet *Node) {
	return Div(z, Const(z.Graph(), float32(2))), AddScalar(ReduceSum(ZerosLike(z), 1), -2*math.Ln2)
}

// TestFlowOfOneType: what cannot run in float64 is still measured, and what needs float64 says so.
func TestFlowOfOneType(t *testing.T) {
	p := patient{backend: goldentest.Backend(t), store: model.NewStore(), flow: bijector.Chain{{Name: "twice", Bijector: float32Only{}}},
		batch: tensorOf([]float64{1, 2, 3, 5, -1, 0.5}, dtypes.Float32, 3, 2)}
	p.opts.Only = []string{doctor.CheckInvertible, doctor.CheckLogDet, doctor.CheckPrecision}
	report := p.examine(t)
	expect(t, report, doctor.CheckInvertible, doctor.OK, "", "")
	expect(t, report, doctor.CheckLogDet, doctor.OK, "", "by full Jacobian 1")
	expect(t, report, doctor.CheckPrecision, doctor.Skipped, "", "does not run in float64")
	p.flow = replaced(p.flow, "twice", both(zeroLogDet))
	expect(t, p.examine(t), doctor.CheckLogDet, doctor.Fail, "twice", "Jacobian")
}

// TestLargeImages: above MaxJacobian every layer of an image flow is seen to be elementwise or a permutation, and a
// wrong log-determinant is still found.
func TestLargeImages(t *testing.T) {
	p := picturesOf(t, goldentest.Backend(t), dtypes.Float32, net.ResNet{Planes: 2, Norm: net.NoNorm})
	p.opts.Only, p.opts.MaxJacobian = []string{doctor.CheckLogDet}, 8
	expect(t, p.examine(t), doctor.CheckLogDet, doctor.OK, "", "full Jacobian 0, as elementwise 8, as permutation 2")
	p.flow = replaced(p.flow, "final1", both(negateLogDet))
	expect(t, p.examine(t), doctor.CheckLogDet, doctor.Fail, "factor_out/rest/final1", "elementwise map")
}

// TestNarrowNets: nets in 16 bits are no reason to doubt the log-determinant, which does not depend on how they round.
func TestNarrowNets(t *testing.T) {
	net := net.ResNet{Planes: 2, Norm: net.NoNorm, Compute: dtypes.BFloat16}
	chain := bijector.Chain{imageCoupling("coupling", net, bijector.Checkerboard(4, 4, 1, true))}
	p := patient{backend: goldentest.Backend(t), flow: chain}
	p.store, p.batch = trained(t, p.backend, chain, dtypes.Float32, 8, []int{4, 4, 1}, []int{4, 4, 1}, 0)
	p.opts.Only = []string{doctor.CheckLogDet, doctor.CheckInvertible, doctor.CheckPrecision}
	report := p.examine(t)
	expect(t, report, doctor.CheckLogDet, doctor.OK, "", "Jacobian")
	expect(t, report, doctor.CheckInvertible, doctor.OK, "", "")
	expect(t, report, doctor.CheckGradient, doctor.Skipped, "", "16 bits")
}

// TestEveryLayerIsReported: the table of layers is in the flow's order and complete.
func TestEveryLayerIsReported(t *testing.T) {
	p := pointsOf(t, goldentest.Backend(t), dtypes.Float32, 2)
	p.opts.Only = []string{doctor.CheckLogDet, doctor.CheckTerms}
	report := p.examine(t)
	var paths []string
	for _, l := range report.Layers {
		paths = append(paths, l.Path)
		if !(l.LogDetError < 1e-9) || !(l.InverseError < 1e-9) || math.IsNaN(l.MaxS) == (l.Kind == "Coupling") {
			t.Errorf("layer %+v", l)
		}
	}
	if got := strings.Join(paths, " "); got != "standardize coupling0 norm0 coupling1 norm1" {
		t.Errorf("layers %q", got)
	}
	sum := 0.0
	for _, term := range report.Terms {
		sum += term.Nats
	}
	if math.Abs(sum-report.NLL) > 1e-5 {
		t.Errorf("terms add up to %g, the loss is %g", sum, report.NLL)
	}
}
