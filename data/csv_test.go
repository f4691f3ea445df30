package data

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
)

// asCSV reads a text as a file of that name.
func asCSV(t *testing.T, text string, opts ...TableOption) (*Table, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "mine.csv")
	write(t, path, []byte(text))
	return CSV(path, opts...)
}

// utf16Of is a text with its byte order mark, as a spreadsheet's "Unicode text" is.
func utf16Of(text string, order binary.AppendByteOrder) string {
	var b []byte
	for _, u := range append([]uint16{0xfeff}, utf16.Encode([]rune(text))...) {
		b = order.AppendUint16(b, u)
	}
	return string(b)
}

func TestCSVAsPeopleHaveIt(t *testing.T) {
	const text = "age,height,weight,pulse,pressure,income\n30,1.75,70.5,61,120,3e4\n41,1.60,55,72,135,-12.5\n"
	names := []string{"age", "height", "weight", "pulse", "pressure", "income"}
	values := []float64{30, 1.75, 70.5, 61, 120, 3e4, 41, 1.6, 55, 72, 135, -12.5}
	comma := strings.NewReplacer(",", ";", ".", ",").Replace(text)
	for what, content := range map[string]string{
		"plain":              text,
		"no last newline":    strings.TrimSuffix(text, "\n"),
		"Windows lines":      strings.ReplaceAll(text, "\n", "\r\n"),
		"byte order mark":    "\ufeff" + text,
		"two of them":        "\ufeff\ufeff" + text,
		"UTF-16, little":     utf16Of(text, binary.LittleEndian),
		"UTF-16, big":        utf16Of(strings.ReplaceAll(text, ",", "\t"), binary.BigEndian),
		"gzip":               string(packed([]byte(text))),
		"quoted":             `"age","height","weight","pulse","pressure","income"` + "\n" + `"30","1.75",70.5,"61",120,3e4` + "\n41,1.6,55,72,135,-12.5\n",
		"blanks":             strings.ReplaceAll(text, ",", " , "),
		"blank lines":        strings.ReplaceAll(text, "\n", "\n\n"),
		"semicolons":         comma,
		"semicolons, dots":   strings.ReplaceAll(text, ",", ";"),
		"tabs":               strings.ReplaceAll(text, ",", "\t"),
		"bars":               strings.ReplaceAll(text, ",", "|"),
		"ends in separators": strings.ReplaceAll(text, "\n", ",\n"),
		"said separator":     "sep=;\r\n" + strings.ReplaceAll(comma, "\n", "\r\n"),
		"one blank":          strings.ReplaceAll(text, ",", " "),
		"columns of blanks":  strings.ReplaceAll("  "+text, ",", "   "),
	} {
		table, err := asCSV(t, content)
		if err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		if !slices.Equal(table.Columns, names) || !slices.Equal(table.Values, values) || table.Name != "mine" || table.Skipped != nil {
			t.Errorf("%s: %v, values %v", what, table, table.Values)
		}
	}
}

func TestCSVHeaderOrNot(t *testing.T) {
	for _, c := range []struct {
		what, text string
		opts       []TableOption
		columns    []string
		rows       int
	}{
		{"header", "a,b\n1,2\n", nil, []string{"a", "b"}, 1},
		{"none", "1,2\n3,4\n", nil, []string{"x1", "x2"}, 2},
		{"none, with classes", "5.1,3.5,setosa\n4.9,3,setosa\n", []TableOption{Label("x3")}, []string{"x1", "x2"}, 2}, // as iris.data
		{"numbers for names", "2019,2020\n1,2\n", []TableOption{Header()}, []string{"2019", "2020"}, 1},
		{"names over gaps", "a,b\nNA,1\n2,NA\n3,4\n", []TableOption{DropMissing()}, []string{"a", "b"}, 1},
		{"a first row with a gap", "1,NA\n3,4\n", []TableOption{DropMissing()}, []string{"x1", "x2"}, 1},
		{"no header after all", "1,2\n3,4\n", []TableOption{NoHeader()}, []string{"x1", "x2"}, 2},
		{"one column", "x\n1\n2\n", nil, []string{"x"}, 2},
		{"an unnamed first column", ",b\n0,5\n1,6\n", nil, []string{"x1", "b"}, 2},
		{"chosen, in another order", "a,b,c\n1,2,3\n", []TableOption{Columns("c", "a")}, []string{"c", "a"}, 1},
		{"text where it isn't asked for", "a,city,c\n1,Oslo,3\n", []TableOption{Columns("a", "c")}, []string{"a", "c"}, 1},
	} {
		table, err := asCSV(t, c.text, c.opts...)
		if err != nil || !slices.Equal(table.Columns, c.columns) || table.Len() != c.rows {
			t.Errorf("%s: %v, %v", c.what, table, err)
		}
	}
	for what, text := range map[string]string{
		"blanks at lines' ends": "a b\n1 2 \n3 4 \n", "everywhere": " a  b \n 1  2 \n 3  4 \n",
		"a line of blanks": "a,b\n1,2\n  \t\n3,4\n   ", "DOS's end of a file": "a,b\r\n1,2\r\n3,4\r\n\x1a",
	} {
		if table, err := asCSV(t, text); err != nil || !slices.Equal(table.Columns, []string{"a", "b"}) || !slices.Equal(table.Values, []float64{1, 2, 3, 4}) {
			t.Errorf("%s: %v, %v", what, table, err)
		}
	}
	table, err := asCSV(t, "a,b\n1.234,5\n6.5,7\n", DecimalComma())
	if err != nil || table.Values[0] != 1.234 {
		t.Errorf("a point where commas may be: %v, %v", table, err)
	}
	if table, err = asCSV(t, "# made by x, on y\na,b\n1,2\n# half way\n3,4\n", Comment('#')); err != nil || !slices.Equal(table.Values, []float64{1, 2, 3, 4}) {
		t.Errorf("comments: %v, %v", table, err)
	}
	if table, err = asCSV(t, "a,b,a\n1,2,3\n", Columns("b")); err != nil || !slices.Equal(table.Values, []float64{2}) {
		t.Errorf("a name that others share: %v, %v", table, err)
	}
	if table, err = asCSV(t, "\"a\nb\",c\n1,2\n", Columns("a\nb")); err != nil || !slices.Equal(table.Values, []float64{1}) {
		t.Errorf("a name of two lines: %v, %v", table, err)
	}
	if table, err = asCSV(t, "first name\n1\n2\n"); err != nil || !slices.Equal(table.Columns, []string{"first name"}) {
		t.Errorf("a blank in a name: %v, %v", table, err)
	}
	if table, err = asCSV(t, "a:b\n1,5:2\n", Separator(':'), DecimalComma()); err != nil || table.Values[0] != 1.5 {
		t.Errorf("a separator that is told: %v, %v", table, err)
	}
}

func TestCSVLabels(t *testing.T) {
	table, err := asCSV(t, "x,kind\n1,dog\n2,cat\n3,dog\n", Label("kind"))
	if err != nil || !slices.Equal(table.Labels, []int{1, 0, 1}) || !slices.Equal(table.Classes, []string{"cat", "dog"}) || table.Size() != 1 {
		t.Errorf("%v, %v, %v", table, table.Labels, err)
	}
	if table, err = asCSV(t, "x,kind\n1,10\n2,9\n3,10\n", Label("kind")); err != nil || !slices.Equal(table.Classes, []string{"9", "10"}) {
		t.Errorf("classes of numbers: %v, %v", table.Classes, err)
	}
}

// Many columns, and lines longer than what is looked at first.
func TestWideCSV(t *testing.T) {
	var b bytes.Buffer
	const d = 12000
	for row := range 4 {
		for j := range d {
			switch {
			case row == 0:
				fmt.Fprintf(&b, "column%d", j)
			default:
				fmt.Fprintf(&b, "%d.5", row*d+j)
			}
			b.WriteByte(",\n"[j/(d-1)])
		}
	}
	table, err := asCSV(t, b.String())
	if err != nil {
		t.Fatal(err)
	}
	if table.Size() != d || table.Len() != 3 || table.Columns[d-1] != fmt.Sprintf("column%d", d-1) || table.Row(2)[7] != 3*d+7.5 {
		t.Errorf("%v", table)
	}
	if column, err := table.Column("column7"); err != nil || !slices.Equal(column, []float64{d + 7.5, 2*d + 7.5, 3*d + 7.5}) {
		t.Errorf("%v, %v", column, err)
	}
	// What is said of so many columns stays short.
	_, err = table.Column("z")
	wantError(t, "no such column", err, `"column11"] and 11988 more`)
	_, err = asCSV(t, b.String(), Columns("z"))
	wantError(t, "none in the file", err, `"column11"] and 11988 more`)
	head, _, _ := strings.Cut(b.String(), "\n")
	_, err = asCSV(t, head+"\n"+strings.Repeat("x,", d-1)+"1\n"+strings.Repeat("1,", d-1)+"1\n")
	wantError(t, "text everywhere", err, `column "column11" (line 2: "x"), and 11987 more`)
	gaps, err := asCSV(t, head+"\n"+strings.Repeat(",", d-1)+"1\n"+strings.Repeat("1,", d-1)+"1\n", DropMissing())
	if err != nil || len(gaps.String()) > 500 {
		t.Errorf("%v", err)
	}
}

func TestWrittenCSVReadsBack(t *testing.T) {
	want, err := NewTable("mine", []string{"a", "b, with a comma"}, []float64{1. / 3, 1e300, -math.SmallestNonzeroFloat64, 1 << 60}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := want.WriteCSV(&b); err != nil {
		t.Fatal(err)
	}
	got, err := asCSV(t, b.String())
	if err != nil || got.Digest != want.Digest || !slices.Equal(got.Values, want.Values) {
		t.Errorf("%v, %v", got, err)
	}
}
