package realnvp_test

import (
	"math/rand/v2"
	"testing"

	"flowbook/realnvp"
	"flowbook/realnvp/base"
	"flowbook/realnvp/bijector"
	"flowbook/realnvp/doctor"
	"flowbook/realnvp/net"
	"flowbook/realnvp/param"
	"flowbook/realnvp/preset"
	"flowbook/realnvp/transform"
)

// TestExamineDataFarFromZero: three columns of 1e5 ± 20, standardised, under six trained couplings, are healthy.
func TestExamineDataFarFromZero(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 5))
	x := make([]float32, 3*500)
	for i := range x {
		x[i] = float32(1e5 + 20*rng.NormFloat64())
	}
	unit, err := realnvp.Standardize(x, 3)
	if err != nil {
		t.Fatal(err)
	}
	couplings := preset.Vectors{Features: 3, Couplings: 6, Coupling: func(_ int, mask bijector.Mask) bijector.Bijector {
		mlp := net.MLP{Hidden: []int{32, 32}}
		return &bijector.Coupling{Mask: mask, Net: net.Pair{S: mlp, T: mlp}, Transform: transform.Affine{
			PerElement: true, ScaleStart: param.AtOne, Bound: 3, Translation: transform.RawTranslation}}
	}}
	m := mustNew(t, append(bijector.Chain{{Name: "unit", Bijector: unit}}, couplings.Flow()...), realnvp.Vector(3))
	if _, err := m.Train(t.Context(), points(t, x, 3, 100), realnvp.TrainConfig{Steps: 400, LearningRate: 5e-3, Schedule: realnvp.Cosine, ClipNorm: 1}); err != nil {
		t.Fatal(err)
	}
	report, err := m.Examine(t.Context(), x, []string{doctor.CheckInvertible, doctor.CheckLogDet, doctor.CheckGradient, doctor.CheckPrecision, doctor.CheckColumns})
	if err != nil || report.Worst() != doctor.OK {
		t.Errorf("%v\n%v", err, report)
	}
}

// TestExamineOneNormalAClass: the base density is given the labels that the flow is.
func TestExamineOneNormalAClass(t *testing.T) {
	m := mustNew(t, givenFlow(), realnvp.Vector(2), realnvp.Classes(3), realnvp.Base(base.PerClass{}))
	report, err := m.Examine(t.Context(), gaussian(100, 1), []string{doctor.CheckInvertible, doctor.CheckLogDet}, realnvp.WithLabels(1))
	if err != nil || len(report.Bad()) > 0 {
		t.Errorf("%v, %v", report, err)
	}
}
