package data

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// columns gathers the columns that are wanted.
type columns struct {
	options tableOptions
	names   []string // of all columns
	first   int      // the line of the names, or of the first row
	wanted  []int    // which of them become the table's
	label   int      // which is the label, or −1

	values  []float64 // a row after the other, NaN where something is missing
	labels  []string
	lines   []int       // of each row
	strange map[int]odd // by column: its first value that is no number
	comma   odd         // where the first number has a decimal comma, and where one has a point
	point   odd
}

type odd struct {
	line  int
	value string
}

// begin takes the header, or names the columns x1, x2, … and takes the first row.
func (c *columns) begin(fields []string, line int) error {
	c.first, c.label, c.strange = line, -1, map[int]odd{}
	at := map[string][]int{} // the columns of a name
	for j, f := range fields {
		name := strings.TrimSpace(f)
		if !c.options.hasHeader || name == "" {
			name = "x" + strconv.Itoa(j+1)
		}
		if !utf8.ValidString(name) {
			return fmt.Errorf(", line %d: the name of column %d is not in UTF-8: save the file in that encoding", line, j+1)
		}
		c.names, at[name] = append(c.names, name), append(at[name], j)
	}
	find := func(name string) (int, error) {
		switch columns := at[name]; len(columns) {
		case 0:
			return 0, fmt.Errorf(" has no column %q: it has %s", name, quoted(c.names))
		case 1:
			return columns[0], nil
		}
		return 0, fmt.Errorf(", line %d: two columns are called %q: rename one, or choose others with Columns", line, name)
	}
	var err error
	if labels := c.options.labels; len(labels) == 1 && labels[0] != "" {
		if c.label, err = find(labels[0]); err != nil {
			return err
		}
	}
	wanted := c.options.columns
	for j, name := range c.names {
		unnamed := c.options.hasHeader && j == len(fields)-1 && strings.TrimSpace(fields[j]) == "" // a separator ends each line
		if c.options.columns == nil && j != c.label && !unnamed {
			wanted = append(wanted, name)
		}
	}
	taken := map[int]bool{}
	for _, name := range wanted {
		j, err := find(name)
		if err != nil {
			return err
		}
		if taken[j] {
			return fmt.Errorf(": column %q is asked for twice", name)
		}
		taken[j] = true
		c.wanted = append(c.wanted, j)
	}
	if len(c.wanted) == 0 {
		return errors.New(" has no column besides the label")
	}
	if c.options.hasHeader {
		return nil
	}
	return c.add(fields, line)
}

// add takes a row.
func (c *columns) add(fields []string, line int) error {
	if len(fields) != len(c.names) {
		return fmt.Errorf(", line %d has %d fields where line %d has %d: mend the line, name the separator with Separator (it was taken for %q), or what begins comments with Comment",
			line, len(fields), c.first, len(c.names), c.options.comma)
	}
	for _, j := range c.wanted {
		v, err := c.options.number(fields[j])
		if err != nil {
			if _, seen := c.strange[j]; !seen {
				c.strange[j] = odd{line, strings.Clone(fields[j])}
			}
		} else if !math.IsNaN(v) {
			c.noteDecimals(fields[j], line)
		}
		c.values = append(c.values, v)
	}
	if c.label >= 0 {
		label := strings.TrimSpace(fields[c.label])
		if !utf8.ValidString(label) {
			return fmt.Errorf(", line %d: its label is not in UTF-8: save the file in that encoding", line)
		}
		c.labels = append(c.labels, strings.Clone(label))
	}
	c.lines = append(c.lines, line)
	return nil
}

// noteDecimals keeps the first number with a decimal comma, and the first with a point.
func (c *columns) noteDecimals(field string, line int) {
	if !c.options.decimalComma {
		return
	}
	if c.comma.line == 0 && strings.Contains(field, ",") {
		c.comma = odd{line, strings.Clone(field)}
	}
	if c.point.line == 0 && strings.Contains(field, ".") {
		c.point = odd{line, strings.Clone(field)}
	}
}

// table is what was gathered, or what is wrong with it.
func (c *columns) table(name string) (*Table, error) {
	switch {
	case c.names == nil:
		return nil, errors.New(" is empty")
	case len(c.lines) == 0:
		return nil, errors.New(" has a header and no rows")
	case len(c.strange) > 0:
		return nil, c.notNumbers()
	case c.comma.line > 0 && c.point.line > 0:
		return nil, fmt.Errorf(": line %d has %q with a decimal comma and line %d %q with a point, which may be one of thousands: write all numbers in one way",
			c.comma.line, c.comma.value, c.point.line, c.point.value)
	}
	names := make([]string, len(c.wanted))
	for k, j := range c.wanted {
		names[k] = c.names[j]
	}
	kept, skipped, err := c.whole(names)
	if err != nil {
		return nil, err
	}
	values := make([]float64, 0, len(kept)*len(names))
	var texts []string
	for _, i := range kept {
		values = append(values, c.values[i*len(names):(i+1)*len(names)]...)
		if c.label >= 0 {
			texts = append(texts, c.labels[i])
		}
	}
	labels, classes := classesFrom(texts)
	t, err := NewTable(name, names, values, labels)
	if err != nil {
		return nil, fmt.Errorf(": %w", err)
	}
	t.Classes, t.Skipped = classes, skipped
	return t.scaled(t.Mean, t.Std), nil
}

// notNumbers names each column that is not of numbers, with its first such value.
func (c *columns) notNumbers() error {
	var say []string
	comma := ""
	for _, j := range c.wanted {
		if o, ok := c.strange[j]; ok {
			say = append(say, fmt.Sprintf("column %q (line %d: %.40q)", c.names[j], o.line, o.value))
			if strings.Contains(o.value, ",") && !c.options.decimalComma {
				comma = ", read 1,5 as one and a half with DecimalComma"
			}
		}
	}
	return fmt.Errorf(": not finite numbers: %s: take one for classes with Label, leave the others out with Columns%s", few(say, 12, ", "), comma)
}

// whole is the rows without a gap, and what is wrong with the others; it fails on a gap unless such rows are to be left
// out, and where a column is empty.
func (c *columns) whole(names []string) (kept []int, skipped []string, err error) {
	d, filled := len(names), make([]int, len(names))
	var first string
	for i, line := range c.lines {
		var gaps []string
		for k, v := range c.values[i*d : (i+1)*d] {
			if math.IsNaN(v) {
				gaps = append(gaps, names[k])
			} else {
				filled[k]++
			}
		}
		if c.label >= 0 && c.options.missing(c.labels[i]) {
			gaps = append(gaps, c.names[c.label])
		}
		if gaps == nil {
			kept = append(kept, i)
			continue
		}
		skipped = append(skipped, fmt.Sprintf("line %d has no value for %s", line, quoted(gaps)))
		if first == "" {
			first = fmt.Sprintf("line %d, column %q", line, gaps[0])
		}
	}
	for k, n := range filled {
		if n == 0 {
			return nil, nil, fmt.Errorf(": column %q has no values at all: leave it out with Columns", names[k])
		}
	}
	if skipped != nil && !c.options.dropMissing {
		return nil, nil, fmt.Errorf(", %s has no value (rows with gaps: %d of %d): leave such rows out with DropMissing, or the column with Columns",
			first, len(skipped), len(c.lines))
	}
	if kept == nil {
		return nil, nil, fmt.Errorf(": every row has a gap, the first in %s", first)
	}
	return kept, skipped, nil
}
