package data

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
)

// scaled is the table with X made by another scaling.
func (t *Table) scaled(mean, std []float64) *Table {
	s := *t
	s.Mean, s.Std, s.X = mean, std, make([]float32, len(t.Values))
	for i, v := range t.Values {
		j := i % len(std)
		s.X[i] = float32((v - mean[j]) / std[j])
	}
	h := sha256.New()
	fmt.Fprintf(h, "flowbook table %q %q\n", s.Columns, s.Classes)
	for _, part := range []any{s.Values, s.Mean, s.Std} {
		_ = binary.Write(h, binary.LittleEndian, part) // a hash never fails
	}
	h.Write(packLabels(s.Labels))
	s.Digest = hex.EncodeToString(h.Sum(nil))
	return &s
}

// Standardized is the table scaled so that each column of X has zero mean and unit (population) standard deviation. It
// fails where a column has one value in every row, which it names.
func (t *Table) Standardized() (*Table, error) {
	mean, std, err := t.moments()
	if err != nil {
		return nil, err
	}
	return t.scaled(mean, std), nil
}

// ScaledLike is the table scaled as another is: rows that came later, by the mean and standard deviation of those that a
// model was trained on. It fails where the columns are not the same.
func (t *Table) ScaledLike(other *Table) (*Table, error) {
	if !slices.Equal(t.Columns, other.Columns) {
		return nil, fmt.Errorf("data: %s has the columns %s, %s has %s: select the same ones, in the same order", t.Name, quoted(t.Columns), other.Name, quoted(other.Columns))
	}
	s := t.scaled(other.Mean, other.Std)
	if err := s.inRange(); err != nil {
		return nil, err
	}
	return s, nil
}

// inRange fails where a scaled value is beyond what X holds.
func (t *Table) inRange() error {
	for i, x := range t.X {
		if math.IsInf(float64(x), 0) {
			j := i % t.Size()
			return fmt.Errorf("data: %s: row %d (from 0), column %q: %g, scaled by (x − %g)/%g, is beyond a float32: leave the row out, or scale otherwise",
				t.Name, i/t.Size(), t.Columns[j], t.Values[i], t.Mean[j], t.Std[j])
		}
	}
	return nil
}

func (t *Table) moments() (mean, std []float64, err error) {
	n, d := float64(t.Len()), t.Size()
	mean, std = make([]float64, d), make([]float64, d)
	for i, v := range t.Values {
		mean[i%d] += v / n
	}
	for i, v := range t.Values {
		std[i%d] += (v - mean[i%d]) * (v - mean[i%d]) / n
	}
	for j := range std {
		std[j] = math.Sqrt(std[j])
		switch first := t.Values[j]; {
		case math.IsInf(std[j], 0):
			return nil, nil, fmt.Errorf("data: %s: column %q has values too far apart (%g is one) to be scaled: take another unit, or its logarithm", t.Name, t.Columns[j], first)
		case !(std[j] > 1e-12*math.Abs(mean[j])): // rounding is no variation
			return nil, nil, fmt.Errorf("data: %s: column %q is about %g in every row and cannot be scaled: leave it out", t.Name, t.Columns[j], first)
		}
	}
	return mean, std, nil
}

// Split draws test rows at random for a table of their own and leaves the rest to train on, and scales both by the
// training rows' mean and standard deviation; the same seed draws the same. Both keep the rows' order.
func (t *Table) Split(test int, seed uint64) (trainSet, testSet *Table, err error) {
	if t.Len() < 3 {
		return nil, nil, fmt.Errorf("data: %s has %d rows: at least 3 are needed, one to test on and two to scale by", t.Name, t.Len())
	}
	if test < 1 || test > t.Len()-2 {
		return nil, nil, fmt.Errorf("data: %s has %d rows: %d cannot be set apart for testing: choose 1…%d", t.Name, t.Len(), test, t.Len()-2)
	}
	order := splitOrder(t.Len(), test, seed)
	trainSet, testSet = t.pick(t.Name+"-train", order[test:]), t.pick(t.Name+"-test", order[:test])
	mean, std, err := trainSet.moments()
	if err != nil {
		return nil, nil, err
	}
	trainSet, testSet = trainSet.scaled(mean, std), testSet.scaled(mean, std)
	if err := testSet.inRange(); err != nil {
		return nil, nil, err
	}
	return trainSet, testSet, nil
}

// pick copies rows.
func (t *Table) pick(name string, rows []int) *Table {
	p := &Table{Name: name, Columns: t.Columns, Classes: t.Classes}
	for _, i := range rows {
		p.Values = append(p.Values, t.Row(i)...)
		if t.Labels != nil {
			p.Labels = append(p.Labels, t.Labels[i])
		}
	}
	return p
}

// Restore takes scaled rows [n, D], such as a model's samples, back to the columns' own units.
func (t *Table) Restore(x []float32) ([]float64, error) {
	if t.Size() == 0 || len(x)%t.Size() != 0 {
		return nil, fmt.Errorf("data: %s: %d numbers are not a whole number of rows of %d columns", t.Name, len(x), t.Size())
	}
	values := make([]float64, len(x))
	for i, v := range x {
		j := i % t.Size()
		values[i] = float64(v)*t.Std[j] + t.Mean[j]
	}
	return values, nil
}

// Offset is Σ log Std, in nats. By the change of variables, as for [Scaling.Offset],
//
//	log p of the scaled row = log p of the row in its own units + Offset
//	NLL in the own units = NLL of the scaled rows + Offset
func (t *Table) Offset() float64 {
	sum := 0.0
	for _, s := range t.Std {
		sum += math.Log(s)
	}
	return sum
}
