package data

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
)

// Table is rows of numbers with named columns: a set of any width. [CSV] reads one from a file, [NewTable] makes one.
type Table struct {
	Name    string
	Columns []string  // [D], a name for each
	Values  []float64 // [N, D], in the columns' own units
	X       []float32 // [N, D], (Values − Mean)/Std: what [Table.Batches] gives
	Mean    []float64 // [D], 0 until the table is standardised
	Std     []float64 // [D], 1 until then
	Labels  []int     // [N], or nil
	Classes []string  // what the labels stand for, where that has names
	Digest  string    // sha256 (hex) of columns, values, labels and scaling
	Skipped []string  // rows left out, each with the reason; nil where none was
}

// NewTable makes a table of n·D values, row after row, not standardised; labels may be nil. It fails where the values
// are not a whole number of rows, two columns have one name, or a value is not finite, which it names.
func NewTable(name string, columns []string, values []float64, labels []int) (*Table, error) {
	d := len(columns)
	if d == 0 || len(values) == 0 || len(values)%d != 0 {
		return nil, fmt.Errorf("data: %s: %d values are not a whole number of rows of %d columns", name, len(values), d)
	}
	if labels != nil && len(labels) != len(values)/d {
		return nil, fmt.Errorf("data: %s: %d labels for %d rows", name, len(labels), len(values)/d)
	}
	called := map[string]bool{}
	for _, c := range columns {
		if called[c] {
			return nil, fmt.Errorf("data: %s: two columns are called %q", name, c)
		}
		called[c] = true
	}
	for i, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("data: %s: row %d (from 0), column %q is %v: leave the row out or fill it in", name, i/d, columns[i%d], v)
		}
	}
	mean, std := make([]float64, d), make([]float64, d)
	for j := range std {
		std[j] = 1
	}
	return (&Table{Name: name, Columns: columns, Values: values, Labels: labels}).scaled(mean, std), nil
}

// Len is the number of rows.
func (t *Table) Len() int { return len(t.Values) / max(1, len(t.Columns)) }

// Size is the number of columns, D.
func (t *Table) Size() int { return len(t.Columns) }

// Row is row i's own values [D], not a copy. Like a slice index, i must be in 0…Len()−1.
func (t *Table) Row(i int) []float64 {
	return t.Values[i*t.Size() : (i+1)*t.Size() : (i+1)*t.Size()]
}

// Column is a copy of the values [N] of the column of that name.
func (t *Table) Column(name string) ([]float64, error) {
	j := slices.Index(t.Columns, name)
	if j < 0 {
		return nil, t.noColumn(name)
	}
	column := make([]float64, t.Len())
	for i := range column {
		column[i] = t.Values[i*t.Size()+j]
	}
	return column, nil
}

func (t *Table) noColumn(name string) error {
	return fmt.Errorf("data: %s has no column %q: it has %s", t.Name, name, quoted(t.Columns))
}

// Select is the table with the named columns only, in the order of the names.
func (t *Table) Select(columns ...string) (*Table, error) {
	at := make([]int, len(columns))
	for k, name := range columns {
		if at[k] = slices.Index(t.Columns, name); at[k] < 0 {
			return nil, t.noColumn(name)
		}
	}
	values := make([]float64, 0, t.Len()*len(at))
	mean, std := make([]float64, len(at)), make([]float64, len(at))
	for i := range t.Len() {
		for _, j := range at {
			values = append(values, t.Row(i)[j])
		}
	}
	for k, j := range at {
		mean[k], std[k] = t.Mean[j], t.Std[j]
	}
	s, err := NewTable(t.Name, slices.Clone(columns), values, t.Labels)
	if err != nil {
		return nil, err
	}
	s.Classes, s.Skipped = t.Classes, t.Skipped
	return s.scaled(mean, std), nil
}

// Batches starts an endless shuffled walk in batches of scaled rows; the same seed gives the same walk. It fails where
// the table is smaller than one batch.
func (t *Table) Batches(size int, seed uint64) (*Batches, error) {
	if err := t.inRange(); err != nil {
		return nil, err
	}
	return newBatches(t, size, seed)
}

// WriteCSV writes a header and the rows in their own units, such that [CSV] reads the same numbers.
func (t *Table) WriteCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	_ = out.Write(t.Columns) // its errors come out of Error
	fields := make([]string, t.Size())
	for i := range t.Len() {
		for j, v := range t.Row(i) {
			fields[j] = strconv.FormatFloat(v, 'g', -1, 64)
		}
		_ = out.Write(fields)
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("data: writing %s: %w", t.Name, err)
	}
	return nil
}

// String names the table, its columns and its size, and says what was left out.
func (t *Table) String() string {
	columns := fmt.Sprintf("%d columns", t.Size())
	if t.Size() <= 12 {
		columns += fmt.Sprintf(" %q", t.Columns)
	}
	return fmt.Sprintf("%s: %d rows of %s, sha256 %.12s", t.Name, t.Len(), columns, t.Digest) + leftOut(t.Skipped)
}

func (t *Table) title() string { return t.Name }
func (t *Table) sum() string   { return t.Digest }
func (t *Table) labels() []int { return t.Labels }

func (t *Table) copyTo(dst []float32, i int, _ bool) { copy(dst, t.X[i*t.Size():(i+1)*t.Size()]) }
