package realnvp_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat"

	"flowbook/realnvp"
	"flowbook/realnvp/bijector"
)

func TestStandardizeIsExact(t *testing.T) {
	for _, c := range []struct{ mean, std float64 }{{12345.6, 1}, {1013.25, 0.05}, {-3.14159, 0.0005}, {1e6, 3}, {0, 1e-12}} {
		x := make([]float32, 0, 400)
		a, b := []float64{}, []float64{}
		for i := range 200 {
			x = append(x, float32(c.mean+c.std*math.Sin(float64(i))), float32(i%7))
			a, b = append(a, float64(x[2*i])), append(b, float64(x[2*i+1]))
		}
		got, err := realnvp.Standardize(x, 2)
		if err != nil {
			t.Errorf("%v: %v", c, err)
			continue
		}
		for i, column := range [][]float64{a, b} {
			mean, std := stat.PopMeanStdDev(column, nil)
			if got.Shift[i] != mean || got.Scale[i] != std {
				t.Errorf("%v: column %d has shift %v and scale %v, gonum %v and %v", c, i, got.Shift[i], got.Scale[i], mean, std)
			}
		}
	}
	// The case of a mean that four digits lose: log 2π + 1 by the definition of a normal's NLL.
	var x []float32
	rng := rand.New(rand.NewPCG(1, 1))
	for i := range 100 {
		x = append(x, float32(12345.6+2*float64(i%2)-1), float32(rng.NormFloat64()))
	}
	c, err := realnvp.Standardize(x, 2)
	if err != nil {
		t.Fatal(err)
	}
	got := nll(t, mustNew(t, append(bijector.Chain{{Name: "unit", Bijector: c}}, affine(2, 4)...), realnvp.Vector(2)), x)
	if want := math.Log(2*math.Pi) + 1 + math.Log(c.Scale[0]) + math.Log(c.Scale[1]); math.Abs(got-want) > 1e-3 || math.Abs(c.Shift[0]-12345.6) > 1e-3 {
		t.Errorf("NLL %v, want %v; shift %v", got, want, c.Shift[0])
	}
}

// TestStandardizeALayer: a flow by hand begins with the layer, in float64 where the digits want it.
func TestStandardizeALayer(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	var x []float64
	for range 500 {
		x = append(x, 1.7e9+3*rng.NormFloat64(), 5*rng.NormFloat64())
	}
	layer, err := realnvp.Standardize(x, 2)
	if err != nil {
		t.Fatal(err)
	}
	var flow bijector.Bijector = append(bijector.Chain{{Name: "standardize", Bijector: layer}}, bijector.Layer{Name: "flip", Bijector: bijector.Flip{}})
	m := mustNew(t, flow, realnvp.Vector(2), realnvp.Float64())
	got, _, err := m.Wide().NLL(t.Context(), x)
	if want := math.Log(2*math.Pi) + 1 + math.Log(layer.Scale[0]) + math.Log(layer.Scale[1]); err != nil || math.Abs(got-want) > 1e-6 {
		t.Errorf("NLL %v, a normal's %v: %v", got, want, err)
	}
	_, err = realnvp.Standardize([]float32{1, 2, 2, 4, 3, 6.0, 5, 10}, 2)
	wants(t, "twice the first", err, "column 1 is a linear function of column 0")
}

func TestStandardizeNamesColumns(t *testing.T) {
	const n, dim = 300, 5
	rng := rand.New(rand.NewPCG(3, 1))
	table := func(change func(row []float32, i int)) []float32 {
		x := make([]float32, 0, n*dim)
		for i := range n {
			row := make([]float32, dim)
			for k := range row {
				row[k] = float32(1e3 + 20*rng.NormFloat64())
			}
			change(row, i)
			x = append(x, row...)
		}
		return x
	}
	if _, err := realnvp.Standardize(table(func([]float32, int) {}), dim); err != nil {
		t.Errorf("columns of their own: %v", err)
	}
	// Nearly dependent is not dependent.
	if _, err := realnvp.Standardize(table(func(row []float32, _ int) { row[3] = row[1] + float32(0.1*rng.NormFloat64()) }), dim); err != nil {
		t.Errorf("correlated by 0.99999: %v", err)
	}
	for name, c := range map[string]struct {
		change func(row []float32, i int)
		words  []string
	}{
		"NaN": {func(row []float32, i int) { row[2] = row[2] + float32(math.Log(float64(i-57))*0) }, []string{"row 0", "NaN", "column 2"}},
		"infinite": {func(row []float32, i int) {
			row[4] = map[bool]float32{true: float32(math.Inf(-1)), false: row[4]}[i == 57]
		}, []string{"row 57", "-Inf", "column 4"}},
		"duplicate":  {func(row []float32, _ int) { row[4] = row[1] }, []string{"column 4", "linear function of column 1"}},
		"scaled":     {func(row []float32, _ int) { row[0] = 1.8*row[3] + 32 }, []string{"column 3", "column 0"}},
		"sum":        {func(row []float32, _ int) { row[2] = row[0] + row[1] }, []string{"column 2", "columns 0, 1"}},
		"difference": {func(row []float32, _ int) { row[4] = 0.3*row[0] - 2*row[1] + row[2] + row[3] }, []string{"column 4", "columns 0, 1, 2, 3"}},
	} {
		_, err := realnvp.Standardize(table(c.change), dim)
		wants(t, name, err, c.words...)
	}
	for _, v := range []float32{3.3, 0, -1e-30, 1e30, 0.1, 16777217, 1e5} {
		for _, rows := range []int{2, 3, 7, 1000} {
			x := make([]float32, 0, 2*rows)
			for i := range rows {
				x = append(x, float32(i), v)
			}
			_, err := realnvp.Standardize(x, 2)
			wants(t, "constant", err, "same number in all samples", "column 1")
			if c, err := realnvp.StandardizeFloor(x, 2, 0.5); err != nil || c.Scale[1] != 0.5 || c.Shift[1] != float64(v) {
				// With a floor the caller has said what to do with it; few rows of 0, 1, … are too few to compare.
				t.Errorf("%v in %d rows with a floor: %v, %v", v, rows, c.Scale, err)
			}
		}
	}
}

// TestStandardize64 keeps the digits that float32 does not hold.
func TestStandardize64(t *testing.T) {
	c, err := realnvp.Standardize([]float64{1.7e9, 1, 1.7e9 + 1, 3, 1.7e9 + 2, 2}, 2)
	if err != nil {
		t.Fatal(err)
	}
	if c.Shift[0] != 1.7e9+1 || math.Abs(c.Scale[0]-math.Sqrt(2.0/3)) > 1e-9 {
		t.Errorf("shift %v, scale %v", c.Shift, c.Scale)
	}
}

func TestStandardizeFloor(t *testing.T) {
	dark := make([]float32, 20)
	if c, err := realnvp.StandardizeFloor(dark, 2, 0.5); err != nil || c.Scale[0] != 0.5 {
		t.Errorf("a floor of 0.5 gives %v, %v", c.Scale, err)
	}
	for _, floor := range []float64{0, -1, math.NaN(), math.Inf(1)} {
		_, err := realnvp.StandardizeFloor(dark, 2, floor)
		wants(t, "floor", err, "above 0, and finite")
	}
	_, err := realnvp.StandardizeFloor(dark[:3], 2, 1)
	wants(t, "half a sample", err, "two whole samples")
}
