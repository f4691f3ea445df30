package data

import (
	"math"
	"testing"
)

// The mean of −log p over the draws is the entropy that the columns' closed forms add up to, and p integrates to 1.
func TestPumpDensityIsThatOfTheDraws(t *testing.T) {
	table, err := Pump(20000, 1)
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := Pump(20000, 1); again.Digest != table.Digest {
		t.Error("one seed, two tables")
	}
	normal := func(sd float64) float64 { return 0.5 * math.Log(2*math.Pi*math.E*sd*sd) }
	mix := -0.7*math.Log(0.7) - 0.3*math.Log(0.3)
	want := normal(15) + normal(40) + normal(0.08) + math.Log(0.02) + normal(8e3) + normal(2) + mix + math.Log(0.004)
	for i := range table.Len() { // the spread of the vibration is a function of the temperature
		want += normal(0.1+0.002*math.Abs(table.Row(i)[4]-60)) / float64(table.Len())
	}
	if got := PumpNLL(table); math.Abs(got-want) > 0.06 { // sd of −log p is about 2: 0.015 over the rows
		t.Errorf("the mean of −log p is %.3f, the entropy %.3f", got, want)
	}
	scaled, err := table.Standardized()
	if err != nil {
		t.Fatal(err)
	}
	if got := PumpNLL(scaled) + scaled.Offset(); math.Abs(got-PumpNLL(table)) > 1e-9 {
		t.Error("the scaled table's NLL is not the table's less the offset")
	}
	// ∫ p = 1 over the last column, given the others.
	row := append([]float64{}, table.Row(0)...)
	const step = 2e-6
	sum := 0.0
	for v := step; v < 0.1; v += step {
		row[5] = v
		sum += math.Exp(PumpLogDensity(row)-PumpLogDensity(table.Row(0))) * step
	}
	row[5] = table.Row(0)[5]
	g := pumpGiven(5, row)[0]
	z := (math.Log(row[5]) - g.mean) / g.sd
	others := math.Exp(-z*z/2) / (row[5] * g.sd * math.Sqrt(2*math.Pi)) // p(vibration | others) of the row
	if got := sum * others; math.Abs(got-1) > 1e-3 {
		t.Errorf("the last column integrates to %v", got)
	}
	if PumpLogDensity([]float64{50, 1500, -1, 2e5, 60, 0.004}) != math.Inf(-1) {
		t.Error("a flow below 0 has a density")
	}
	_, err = Pump(0, 1)
	wantError(t, "no rows", err, "pump", "at least 1")
}
