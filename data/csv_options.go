package data

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// TableOption changes how [CSV] reads.
type TableOption func(*tableOptions)

// Columns takes these columns only, in this order.
func Columns(names ...string) TableOption { return func(o *tableOptions) { o.columns = names } }

// Label takes a column, of text or of numbers, for the rows' classes. There is one.
func Label(column string) TableOption {
	return func(o *tableOptions) { o.labels = append(o.labels, column) }
}

// DropMissing leaves out rows with a gap, and names them in the table's Skipped.
func DropMissing() TableOption { return func(o *tableOptions) { o.dropMissing = true } }

// MissingAs names what stands for no value, besides an empty field, NA, N/A, NaN, null, None, and ?. A number, such as
// "-999", stands for no value however it is written: -999.0 is one too.
func MissingAs(markers ...string) TableOption {
	return func(o *tableOptions) {
		o.markers, o.markerValues = markers, nil
		for _, m := range markers {
			if v, err := strconv.ParseFloat(strings.TrimSpace(m), 64); err == nil {
				o.markerValues = append(o.markerValues, v)
			}
		}
	}
}

// Separator says what separates columns, where the first lines mislead.
func Separator(comma rune) TableOption { return func(o *tableOptions) { o.comma = comma } }

// Comment passes over lines that begin with a rune, such as '#'.
func Comment(begin rune) TableOption { return func(o *tableOptions) { o.comment = begin } }

// DecimalComma says that 1,5 is one and a half, whatever separates the columns.
func DecimalComma() TableOption { return func(o *tableOptions) { o.decimalComma = true } }

// Header says that the first line names the columns, where that is not seen, as when the names are numbers.
func Header() TableOption {
	return func(o *tableOptions) { o.headerKnown, o.hasHeader = true, true }
}

// NoHeader says that the first line is a row.
func NoHeader() TableOption {
	return func(o *tableOptions) { o.headerKnown, o.hasHeader = true, false }
}

type tableOptions struct {
	columns                []string
	labels                 []string // columns, of which check allows one
	markers                []string
	markerValues           []float64 // of those that are numbers
	dropMissing            bool
	comma                  rune // 0 until it is known
	comment                rune // 0 for none
	decimalComma           bool
	headerKnown, hasHeader bool
}

// missing tells whether a field stands for no value.
func (o tableOptions) missing(field string) bool {
	field = strings.TrimSpace(field)
	switch strings.ToLower(field) {
	case "", "na", "n/a", "#n/a", "<na>", "nan", "-nan", "null", "none", "?":
		return true
	}
	if slices.Contains(o.markers, field) {
		return true
	}
	if o.markerValues == nil {
		return false
	}
	v, err := o.parse(field)
	return err == nil && slices.Contains(o.markerValues, v)
}

var errInfinite = errors.New("infinite")

// number is a field's value, NaN where it stands for none.
func (o tableOptions) number(field string) (float64, error) {
	if o.missing(field) {
		return math.NaN(), nil
	}
	v, err := o.parse(field)
	if err == nil && math.IsInf(v, 0) {
		err = errInfinite
	}
	return v, err
}

// parse is the number that a field's text says. What Go alone takes for one, 1_000 and 0x1p4, is text.
func (o tableOptions) parse(field string) (float64, error) {
	field = strings.TrimSpace(field)
	if strings.ContainsAny(field, "_xX") {
		return 0, strconv.ErrSyntax
	}
	if o.decimalComma && !strings.Contains(field, ".") {
		field = strings.Replace(field, ",", ".", 1)
	}
	return strconv.ParseFloat(field, 64)
}

// check fails on a separator, or a mark of comments, that cannot be one, and on two labels.
func (o tableOptions) check() error {
	if len(o.labels) > 1 {
		return fmt.Errorf(": labels from the columns %s: a row has one class: give Label once", quoted(o.labels))
	}
	for _, r := range []rune{o.comma, o.comment} {
		if strings.ContainsRune("\"\r\n", r) || !utf8.ValidRune(r) || r == utf8.RuneError {
			return fmt.Errorf(": %q can neither separate columns nor begin comments", r)
		}
	}
	if o.comma != 0 && o.comma == o.comment {
		return fmt.Errorf(": %q cannot both separate columns and begin comments", o.comma)
	}
	return nil
}

// headBytes is how much of a file is looked at to recognize its form.
const headBytes = 1 << 16

// recognize sees from a file's first lines what separates columns and whether there is a header, where no option says.
func (o *tableOptions) recognize(head []byte, whole bool) {
	if end := bytes.LastIndexByte(head, '\n'); end >= 0 && !whole {
		head = head[:end+1] // the last line may be cut
	}
	if o.comma == 0 {
		o.comma = o.separator(head)
	}
	if o.comma == ';' {
		o.decimalComma = true
	}
	if !o.headerKnown {
		o.hasHeader = o.looksLikeHeader(o.firstRecords(head, o.comma))
	}
}

// separator is the first candidate that divides all of the first lines into the same number of columns, at least two;
// else the one that divides the first line most. A comma comes late, as it may be in numbers, and a blank last, as it may
// be in names.
func (o *tableOptions) separator(head []byte) rune {
	best, most := ',', 1
	for _, comma := range []rune{';', '\t', '|', ',', ' '} {
		records := o.firstRecords(head, comma)
		same := len(records) > 0 && len(records[0]) > 1
		for _, r := range records {
			same = same && len(r) == len(records[0])
		}
		if same {
			return comma
		}
		if comma != ' ' && len(records) > 0 && len(records[0]) > most {
			best, most = comma, len(records[0])
		}
	}
	return best
}

// firstRecords is up to 50 lines, divided.
func (o *tableOptions) firstRecords(head []byte, comma rune) (records [][]string) {
	if comma == o.comment {
		return nil
	}
	r := csv.NewReader(bytes.NewReader(head))
	r.Comma, r.Comment, r.FieldsPerRecord, r.LazyQuotes, r.TrimLeadingSpace = comma, o.comment, -1, true, comma != '\t'
	for len(records) < 50 {
		fields, err := r.Read()
		if err != nil {
			return records
		}
		records = append(records, trimTrailing(fields, comma))
	}
	return records
}

// trimTrailing is a line's fields without the empty one that blanks at its end make where blanks separate.
func trimTrailing(fields []string, comma rune) []string {
	if last := len(fields) - 1; comma == ' ' && last > 0 && fields[last] == "" {
		return fields[:last]
	}
	return fields
}

// looksLikeHeader is whether the first line has text over a column of numbers; or text only, over text.
func (o tableOptions) looksLikeHeader(records [][]string) bool {
	if len(records) == 0 {
		return false
	}
	isNumber := func(f string) bool { v, err := o.number(f); return err == nil && !math.IsNaN(v) }
	anyNumber := false
	for j, name := range records[0] {
		below := slices.ContainsFunc(records[1:], func(r []string) bool { return j < len(r) && isNumber(r[j]) })
		if below && !isNumber(name) && !o.missing(name) {
			return true
		}
		anyNumber = anyNumber || below || isNumber(name)
	}
	return !anyNumber
}

// classesFrom numbers texts in their order: that of numbers where all are, else the alphabet's.
func classesFrom(texts []string) (labels []int, classes []string) {
	if texts == nil {
		return nil, nil
	}
	classes = slices.Clone(texts)
	slices.Sort(classes)
	classes = slices.Compact(classes)
	value := func(s string) float64 {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return math.NaN()
		}
		return v
	}
	if !slices.ContainsFunc(classes, func(s string) bool { return math.IsNaN(value(s)) }) {
		slices.SortFunc(classes, func(a, b string) int { return cmp.Compare(value(a), value(b)) })
	}
	number := map[string]int{}
	for i, c := range classes {
		number[c] = i
	}
	for _, s := range texts {
		labels = append(labels, number[s])
	}
	return labels, classes
}
