package data

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func mustTable(t *testing.T, columns []string, values []float64, labels []int) *Table {
	t.Helper()
	table, err := NewTable("mine", columns, values, labels)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// unequal is 100 rows of two columns on scales a million apart, one far from 0, labelled by row.
func unequal(t *testing.T) *Table {
	var values []float64
	var labels []int
	r := newRandom(1, 1)
	for i := range 100 {
		values, labels = append(values, 1.7e9+1000*r.normal(), 1e-3*r.normal()), append(labels, i)
	}
	return mustTable(t, []string{"time", "volts"}, values, labels)
}

func TestSplitStandardizesByTheTrainingRows(t *testing.T) {
	all := unequal(t)
	train, test, err := all.Split(30, 7)
	if err != nil || train.Len() != 70 || test.Len() != 30 || train.Name != "mine-train" || test.Name != "mine-test" {
		t.Fatal(train, test, err)
	}
	if !slices.Equal(train.Mean, test.Mean) || !slices.Equal(train.Std, test.Std) {
		t.Error("the two are not scaled alike")
	}
	for j := range 2 {
		sum, squares := 0.0, 0.0
		for i := range train.Len() {
			x := float64(train.X[2*i+j])
			sum, squares = sum+x, squares+x*x
		}
		if math.Abs(sum/70) > 1e-5 || math.Abs(squares/70-1) > 1e-5 {
			t.Errorf("column %d of the training rows has mean %g and mean square %g", j, sum/70, squares/70)
		}
	}
	seen := slices.Concat(train.Labels, test.Labels)
	slices.Sort(seen)
	for i, l := range seen {
		if i != l {
			t.Fatalf("the rows are not divided: %v", seen)
		}
	}
	for i, l := range test.Labels {
		if !slices.Equal(test.Row(i), all.Row(l)) {
			t.Errorf("row %d has the label of another", i)
		}
	}
	again, _, _ := all.Split(30, 7)
	other, _, _ := all.Split(30, 8)
	if again.Digest != train.Digest || other.Digest == train.Digest || all.Digest == train.Digest {
		t.Error("digests do not tell divisions apart")
	}
	back, err := test.Restore(test.X)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range back {
		if math.Abs(v-test.Values[i]) > 1e-6*test.Std[i%2] {
			t.Errorf("value %d comes back as %v, was %v", i, v, test.Values[i])
		}
	}
	if got, want := train.Offset(), math.Log(train.Std[0])+math.Log(train.Std[1]); got != want {
		t.Errorf("offset %v, want %v", got, want)
	}
}

func TestTableBatchesAreScaledRows(t *testing.T) {
	train, _, err := unequal(t).Split(30, 7)
	if err != nil {
		t.Fatal(err)
	}
	walk, err := train.Batches(20, 1)
	if err != nil {
		t.Fatal(err)
	}
	batch := walk.Next()
	for k, i := range batch.Indices {
		if !slices.Equal(batch.X[2*k:2*k+2], train.X[2*i:2*i+2]) || batch.Labels[k] != train.Labels[i] {
			t.Fatalf("item %d is not row %d", k, i)
		}
	}
}

func TestSelectKeepsScaling(t *testing.T) {
	all, err := unequal(t).Standardized()
	if err != nil {
		t.Fatal(err)
	}
	volts, err := all.Select("volts")
	if err != nil || volts.Size() != 1 || volts.Std[0] != all.Std[1] || volts.X[4] != all.X[9] || !slices.Equal(volts.Labels, all.Labels) {
		t.Errorf("%v, %v", volts, err)
	}
	_, err = all.Select("amperes")
	wantError(t, "no such column", err, "mine", `"amperes"`, `["time" "volts"]`)
}

func TestBadTables(t *testing.T) {
	make := func(columns []string, values []float64, labels []int) error {
		_, err := NewTable("mine", columns, values, labels)
		return err
	}
	wantError(t, "half a row", make([]string{"a", "b"}, []float64{1, 2, 3}, nil), "mine", "3 values", "2 columns")
	wantError(t, "nothing", make([]string{"a"}, nil, nil), "mine", "0 values")
	wantError(t, "no columns", make(nil, []float64{1}, nil), "mine", "0 columns")
	wantError(t, "labels", make([]string{"a"}, []float64{1, 2}, []int{0}), "1 labels for 2 rows")
	wantError(t, "one name twice", make([]string{"a", "a"}, []float64{1, 2}, nil), `"a"`)
	wantError(t, "NaN", make([]string{"a", "b"}, []float64{1, 2, 3, math.NaN()}, nil), `row 1 (from 0), column "b" is NaN`)
	wantError(t, "Inf", make([]string{"a", "b"}, []float64{math.Inf(-1), 2}, nil), `row 0 (from 0), column "a" is -Inf`)
	table := mustTable(t, []string{"a", "flag"}, []float64{1, .1, 2, .1, 3, .1, 4, .1}, nil)
	_, err := table.Standardized()
	wantError(t, "a constant", err, `column "flag" is about 0.1 in every row`)
	_, _, err = table.Split(2, 1)
	wantError(t, "a constant in a division", err, `column "flag"`)
	for _, n := range []int{0, -1, 3, 4} {
		_, _, err = table.Split(n, 1)
		wantError(t, "a division", err, "4 rows", "choose 1…2")
	}
	_, _, err = mustTable(t, []string{"a"}, []float64{1, 2}, nil).Split(1, 1)
	wantError(t, "two rows", err, "has 2 rows: at least 3 are needed")
	_, err = mustTable(t, []string{"a"}, []float64{1e300, -1e300}, nil).Standardized()
	wantError(t, "too wide", err, `column "a" has values too far apart`)
	_, err = (&Table{}).Restore([]float32{1})
	wantError(t, "an empty table", err, "0 columns")
	_, err = table.Restore([]float32{1})
	wantError(t, "half a sample", err, "1 numbers", "2 columns")
	_, err = table.Batches(5, 1)
	wantError(t, "a large batch", err, "mine", "1…4")
}

func TestScaledLike(t *testing.T) {
	train, err := mustTable(t, []string{"a", "b"}, []float64{1, 10, 3, 30}, nil).Standardized()
	if err != nil {
		t.Fatal(err)
	}
	later := mustTable(t, []string{"a", "b"}, []float64{3, 50}, nil)
	scaled, err := later.ScaledLike(train)
	if err != nil || !slices.Equal(scaled.X, []float32{1, 3}) || !slices.Equal(scaled.Values, later.Values) || scaled.Digest == later.Digest {
		t.Errorf("%v, %v", scaled, err)
	}
	if _, err := mustTable(t, []string{"b", "a"}, []float64{3, 50}, nil).ScaledLike(train); err == nil {
		t.Error("a table of other columns was scaled")
	}
}

// A value that float32 does not hold is named, not made infinite.
func TestValuesBeyondFloat32(t *testing.T) {
	narrow, err := mustTable(t, []string{"a"}, []float64{1e-40, 2e-40}, nil).Standardized()
	if err != nil {
		t.Fatal(err)
	}
	_, err = mustTable(t, []string{"a"}, []float64{0, 1e5}, nil).ScaledLike(narrow)
	wantError(t, "scaled", err, "mine", `row 1 (from 0), column "a": 100000`, "beyond a float32")
	large := mustTable(t, []string{"a"}, []float64{1e39, 2e39, 3e39}, nil)
	_, err = large.Batches(1, 1)
	wantError(t, "not scaled", err, "mine", `row 0 (from 0), column "a": 1e+39`)
	if scaled, err := large.Standardized(); err != nil || scaled.X[1] != 0 {
		t.Errorf("%v, %v", scaled, err)
	}
	far := []float64{1e-100, 2e-100, 3e-100, 1e300}
	for seed := range uint64(100) { // until the far one is for testing
		_, _, err = mustTable(t, []string{"a"}, far, nil).Split(1, seed)
		if err != nil && strings.Contains(err.Error(), "beyond a float32") {
			return
		}
	}
	t.Errorf("the division of a value far away: %v", err)
}
