package gotext

import (
	"maps"
	"slices"
	"testing"
)

func TestWhatACellDeclaresAndRuns(t *testing.T) {
	for _, c := range []struct {
		code           string
		declares, runs []string
	}{
		{"", nil, nil},
		{"// only a comment", nil, nil},
		{"import \"os\"", nil, nil},
		{"func f() int { return g }\n%%\nh(f)", []string{"f"}, []string{"f", "h"}},
		{"%%\n", nil, nil},
		{"%%\nx := `f`\n!touch g\n", nil, []string{"x"}},
		{"func main() { f() }", []string{"main"}, []string{"f", "main"}},
		{"type T struct{}\nfunc (T) M() {}\nvar a, b = 1, 2\nconst _ = 3", []string{"M", "T", "a", "b"}, nil},
		{"func broken( {", nil, nil},
		{"!echo \\\nfunc f() {}\n%%\n!echo \\\ng()\nh()", nil, []string{"h"}},
		{"%%writefile f.go\nfunc f() {}", nil, nil},
	} {
		got := Declarations(c.code)
		if names := slices.Sorted(maps.Keys(got)); c.code != "func broken( {" && !slices.Equal(names, c.declares) {
			t.Errorf("%q declares %v, want %v", c.code, names, c.declares)
		}
		if names := slices.Sorted(maps.Keys(Runs(c.code))); !slices.Equal(names, c.runs) {
			t.Errorf("%q runs %v, want %v", c.code, names, c.runs)
		}
	}
	a, b := Declarations("// of old\nfunc f( ) int {\n\treturn 1 // one\n}")["f"], Declarations("func f() int { return 1 }")["f"]
	if a.Text != b.Text {
		t.Errorf("spaces and comments make another declaration: %q and %q", a.Text, b.Text)
	}
}
