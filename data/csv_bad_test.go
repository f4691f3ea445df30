package data

import (
	"bytes"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestCSVGaps(t *testing.T) {
	const text = "age,height\n30,1.75\nNA,1.6\n41,\n50,?\n7,1.2\n-999,1\n"
	_, err := asCSV(t, text, MissingAs("-999"))
	wantError(t, "gaps", err, "mine.csv, line 3, column \"age\" has no value", "4 of 6", "DropMissing")
	table, err := asCSV(t, text, MissingAs("-999"), DropMissing())
	if err != nil || !slices.Equal(table.Values, []float64{30, 1.75, 7, 1.2}) {
		t.Fatal(table, err)
	}
	if len(table.Skipped) != 4 || table.Skipped[0] != `line 3 has no value for ["age"]` || table.Skipped[1] != `line 4 has no value for ["height"]` {
		t.Errorf("skipped %q", table.Skipped)
	}
	if !strings.Contains(table.String(), "2 rows of 2 columns [\"age\" \"height\"]") || !strings.Contains(table.String(), "4 left out: line 3 has no value") {
		t.Errorf("the table's line: %s", table)
	}
	for _, marker := range []string{"", " ", "NA", "n/a", "NaN", "nan", "null", "NULL", "None", "?", "<NA>"} {
		if table, err := asCSV(t, "a,b\n1,"+marker+"\n2,3\n", DropMissing()); err != nil || table.Len() != 1 {
			t.Errorf("%q for a gap: %v, %v", marker, table, err)
		}
	}
	if table, err := asCSV(t, "a,kind\n-999.0,-1e0\n-9.99e2,1\n3,-1.00\n4,1\n", MissingAs("-999", "-1"), Label("kind"), DropMissing()); err != nil || !slices.Equal(table.Values, []float64{4}) {
		t.Errorf("a gap's number, written otherwise: %v, %v", table, err)
	}
	if table, err := asCSV(t, "a,kind\n1,x\n2,\n", Label("kind"), DropMissing()); err != nil || table.Len() != 1 {
		t.Errorf("a row without a label: %v, %v", table, err)
	}
}

func TestCSVBad(t *testing.T) {
	for _, c := range []struct {
		what, text string
		opts       []TableOption
		says       []string
	}{
		{"empty", "", nil, []string{"is empty"}},
		{"a header alone", "a,b\n", nil, []string{"no rows"}},
		{"ragged", "a,b,c\n1,2,3\n4,5\n", nil, []string{"line 3 has 2 fields where line 1 has 3"}},
		{"ragged by one more", "a,b\n1,2\n3,4,5\n", nil, []string{"line 3 has 3 fields where line 1 has 2"}},
		{"text", "a,city,day\n1,Oslo,2020-01-02\n2,Rome,2020-01-03\n", nil, []string{`column "city" (line 2: "Oslo")`, `column "day" (line 2: "2020-01-02")`, "Label", "Columns"}},
		{"one odd value", "a,b\n1,2\n3,four\n", nil, []string{`column "b" (line 3: "four")`}},
		{"thousands", "a,b\n1,\"2,345\"\n3,4\n", nil, []string{`"2,345"`}},
		{"a number of Go's", "a,b\n1_000,2\n3,0x1p4\n", nil, []string{`column "a" (line 2: "1_000")`, `column "b" (line 3: "0x1p4")`}},
		{"two labels", "a,b,c\n1,x,u\n", []TableOption{Label("b"), Label("c")}, []string{`["b" "c"]`, "give Label once"}},
		{"infinite", "a,b\n1,2\n3,inf\n", nil, []string{`column "b" (line 3: "inf")`}},
		{"one name twice", "a,b,a\n1,2,3\n", nil, []string{`line 1: two columns are called "a": rename one`}},
		{"one name asked for twice", "a,b\n1,2\n", []TableOption{Columns("a", "a")}, []string{`column "a" is asked for twice`}},
		{"Latin-1 names", "gr\xf6\xdfe,b\n1,2\n", nil, []string{"line 1: the name of column 1 is not in UTF-8"}},
		{"Latin-1 labels", "kind,b\ngr\xfcn,2\n", []TableOption{Label("kind")}, []string{"line 2: its label is not in UTF-8"}},
		{"old Macs' lines", "a,b\r1,2\r3,4\r", nil, []string{"old Macs"}},
		{"a line after a said separator", "sep=;\na;b\n1;2\n3\n", nil, []string{"line 4 has 1 fields where line 2 has 2"}},
		{"a column of gaps", "a,b\n1,\n2,\n", []TableOption{DropMissing()}, []string{`column "b" has no values at all`}},
		{"no whole row", "a,b\n1,\n,2\n", []TableOption{DropMissing()}, []string{"every row has a gap", `line 2, column "b"`}},
		{"no such column", "a,b\n1,2\n", []TableOption{Columns("a", "c")}, []string{`no column "c"`, `["a" "b"]`}},
		{"no such label", "a,b\n1,2\n", []TableOption{Label("kind")}, []string{`no column "kind"`}},
		{"nothing but the label", "a\n1\n2\n", []TableOption{Label("a")}, []string{"no column besides the label"}},
		{"an open quote", "a,b\n1,\"2\n3,4\n", nil, []string{"line "}},
		{"a picture", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", nil, []string{"is not text"}},
		{"decimal commas beside points", "a;b\n1.234;5\n2;0,5\n", nil, []string{`line 3 has "0,5"`, `line 2 "1.234"`, "in one way"}},
		{"a decimal comma in quotes", "a,b\n\"1,5\",2\n", nil, []string{`column "a" (line 2: "1,5")`, "DecimalComma"}},
		{"a comment", "# by x\na,b\n1,2\n", nil, []string{"line 2 has 2 fields where line 1 has 1", "Comment"}},
		{"a quote for a separator", "a,b\n1,2\n", []TableOption{Separator('"')}, []string{`'"' can neither separate`}},
		{"an end of line for a comment", "a,b\n1,2\n", []TableOption{Comment('\n')}, []string{`'\n' can neither separate`}},
		{"one rune for both", "a#b\n1#2\n", []TableOption{Separator('#'), Comment('#')}, []string{"'#' cannot both"}},
		{"a hint of nothing", "sep=\na\n1\n", nil, []string{"can neither separate"}},
		{"gzip in gzip", string(packed(packed([]byte("a,b\n1,2\n")))), nil, []string{"packed by gzip twice"}},
		{"cut gzip", string(packed([]byte("a,b\n" + strings.Repeat("1,2\n", 50))))[:30], nil, []string{"cannot be read"}},
	} {
		_, err := asCSV(t, c.text, c.opts...)
		wantError(t, c.what, err, append(c.says, "data: ", "mine.csv")...)
	}
	_, err := CSV(filepath.Join(t.TempDir(), "nowhere.csv"))
	wantError(t, "nowhere", err, "data: ", "nowhere.csv")
}

// No file makes the reader panic, and what it reads is whole and finite.
func FuzzCSV(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "1;2\n3,5;4\n", "\"", "\ufeffx\n1\n", "a,a\n", ",\n,\n", "\x1f\x8b\x08", "a\tb\n1\tNA\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		table, err := tableOptions{dropMissing: true}.read(bytes.NewReader(content), "x")
		if err != nil {
			return
		}
		if table.Len() < 1 || len(table.Values) != table.Len()*table.Size() || slices.ContainsFunc(table.Values, math.IsNaN) {
			t.Errorf("%v", table)
		}
	})
}
