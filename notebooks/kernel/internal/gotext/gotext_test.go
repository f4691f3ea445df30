package gotext

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"
)

func TestEscape(t *testing.T) {
	const stopped = `[ ! -e "$TMPDIR/stopped" ] || exit 130; `
	const stdin = stopped + "exec </dev/null; "
	for _, c := range []struct{ name, code, want string }{
		{"plain Go", "%%\nfmt.Println(1 % 2, !true)", "%%\nfmt.Println(1 % 2, !true)"},
		{"raw string", "s := `a\n!touch x\nb`", "s := (`a\n`+\"!\"+`touch x\nb`)"},
		{"raw string of commands", "s := `\n%ls\n!rm`+`c`", "s := (`\n`+\"%\"+`ls\n`+\"!\"+`rm`)+`c`"},
		{"comment", "/*\n!touch x\n*/", "/*\n !touch x\n*/"},
		{"comment of lines", "// `\n!ls", "// `\n!" + stdin + "ls"},
		{"operand", "f(a,\n!b)", "f(a,\n !b)"},
		{"behind an operator", "x := a &&\n!b ||\n\n!c // !d ||\n!e", "x := a &&\n !b ||\n\n !c // !d ||\n!" + stdin + "e"},
		{"composite literal", "x := []B{\n!a,\n{\n!b},\n}\n!c", "x := []B{\n !a,\n{\n !b},\n}\n!" + stdin + "c"},
		{"composite literal of a map", "x := map[string]bool{\"a\":\n!a}\n!c", "x := map[string]bool{\"a\":\n !a}\n!" + stdin + "c"},
		{"commands in blocks", "if x == (T{}) {\n!a\n} else{\n!b\n}\nfor {\n!c\n}", "if x == (T{}) {\n!" + stdin + "a\n} else{\n!" + stdin + "b\n}\nfor {\n!" + stdin + "c\n}"},
		{"command in a function with a result", "func f() []int{\n!a\n}\ng := func() T {\n!b\n}", "func f() []int{\n!" + stdin + "a\n}\ng := func() T {\n!" + stdin + "b\n}"},
		{"command in a function", "func f() {\n%cd x\n}", "func f() {\n%cd x\n}"},
		{"quotes", "a := \"`\"\nb := '`'\n!ls", "a := \"`\"\nb := '`'\n!" + stdin + "ls"},
		{"escaped quote", "a := \"\\\"`\"\n!ls", "a := \"\\\"`\"\n!" + stdin + "ls"},
		{"nothing after it", "! \nx", " // ! \nx"},
		{"nothing on two lines", "!\\\n  \nx", " // !\\\n  \nx"},
		{"in GoNB's folder", "!* ls", "!*" + stdin + " ls"},
		{"joined", "!ls \\\n!x `\n!y", "!" + stdin + "ls \\\n!x `\n!" + stdin + "y"},
		{"input asked for", "%with_inputs\n!read x\n!read y", "%with_inputs\n!" + stopped + "read x\n!" + stdin + "read y"},
		{"background", "!x \\\ny &", "!" + stdin + background + "x \\\ny &"},
		{"background, its output elsewhere", "!x >log 2>&1 &", "!" + stdin + "x >log 2>&1 &"},
		{"no background", "!x && \\\ny&&", "!" + stdin + "x && \\\ny&&"},
		{"for other tools", "//gonb:!ls", "//gonb:!" + stdin + "ls"},
		{"script", "%%bash\n!x `", "%%bash\n!x `"},
		{"package clause", "package main // a\nx", "package main // a\nx"},
		{"a name like it", "%%\npackages := 1", "%%\n packages := 1"},
		{"package clause in a string", "s := `\npackage main\n`", "s := (`\n`+\"p\"+`ackage main\n`)"},
		{"empty", "", ""},
		{"Windows", "s := `\r\n!x`\r\n", "s := (`\r\n`+\"!\"+`x`)\r\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := Escape(c.code)
			if e.Code != c.want {
				t.Errorf("got\n%s\nwant\n%s", e.Code, c.want)
			}
			if a, b := strings.Count(c.code, "\n"), strings.Count(e.Code, "\n"); a != b {
				t.Errorf("%d lines became %d", a, b)
			}
			for at := range Units(c.code) + 1 {
				if back := e.Original(e.Cursor(at)); back != at {
					t.Errorf("the cursor at %d comes back at %d", at, back)
				}
			}
		})
	}
}

// A cell has one main function, and it is known whether there is Go in it.
func TestEscapeKnowsWhatACellIs(t *testing.T) {
	for _, c := range []struct {
		code, fault string
		hasGo       bool
	}{
		{"%%\nf()\n%%\ng()", "3:1: a second %%: the main function of this cell begins on line 1", true},
		{"%main a\n%%bash\n%% b", "3:1: a second %%: the main function of this cell begins on line 1", true},
		{"s := `\n%%\n`\n%%\nf()", "", true},
		{"%%", "", true},
		{"!a\n\n%cd /\n//gonb:!b", "", false},
		{"!a \\\nb", "", false},
		{"!a\n// b", "", true},
		{"%%bash\nf", "", false},
		{"", "", false},
		{"import _ \"embed\"\n\n//go:embed a.txt\nvar a string", "3:1: go:embed does not work in a cell, which is compiled in a folder of its own: read the file with os.ReadFile", true},
		{"s := `\n//go:embed a.txt\n`", "", true},
		{"/*\nint two() { return 2; }\n*/\nimport \"C\"", "4:1: C code before import \"C\" does not work in a cell: put it into a package, and import that", true},
		{"import \"C\"", "", true},
		{"%%script", "1:1: %%script needs a path or program behind it", false},
		{"%%script sh\n%%script", "", false},
		{"  %%writefile -a \"", "1:1: %%writefile needs a path or program behind it", false},
		{"%%writefile", "", false}, // GoNB says what it wants
		{"!a\n%cd \"\"", "2:1: %cd needs a path or program behind it", false},
		{"% capture -a \"", "1:1: %capture needs a path or program behind it", false},
		{"%cd \"a b\"", "", false},
		{"%env A \"\"", "", false},
	} {
		if e := Escape(c.code); e.Fault != c.fault || e.HasGo != c.hasGo {
			t.Errorf("%q: %q, Go %v; want %q, Go %v", c.code, e.Fault, e.HasGo, c.fault, c.hasGo)
		}
	}
}

// The constant that is written in another way is the same constant.
func TestEscapedRawStringIsTheSameConstant(t *testing.T) {
	for _, text := range []string{"\n!touch x\n", "!\n%\n!!\n%%\n", "a\n!€\n% d", "a\npackage main\npackages"} {
		code := "var s = `" + text + "`[0:]"
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, "", "package p\n"+Escape(code).Code, 0)
		if err != nil {
			t.Fatal(err)
		}
		info := types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
		if _, err := (&types.Config{}).Check("p", files, []*ast.File{file}, &info); err != nil {
			t.Fatal(err)
		}
		found := false
		for _, v := range info.Types {
			found = found || v.Value != nil && v.Value.Kind() == constant.String && constant.StringVal(v.Value) == text
		}
		if !found {
			t.Errorf("%q is nowhere in %s", text, Escape(code).Code)
		}
	}
}

func TestCompleteness(t *testing.T) {
	for code, want := range map[string]string{
		"%%\nx := 1":              "complete",
		"func f() {":              "incomplete\t",
		"func f() {\n\tif x {\n":  "incomplete\t\t",
		"x := `a":                 "incomplete",
		"/* a":                    "incomplete",
		"!ls \\":                  "incomplete",
		"!ls (":                   "complete",
		"%%bash\nfor (":           "complete",
		"x := \"{\" // }":         "complete",
		"func f() {\n\tg(')')\n}": "complete",
		"%%\nf())":                "invalid",
		"}":                       "invalid",
		"%%\nf(a[1)]":             "invalid",
		"}\n/* {":                 "invalid",
		"%%\nf(\")\") // )":       "complete",
	} {
		if status, indent := Completeness(code); status+indent != want {
			t.Errorf("%q is %q, want %q", code, status+indent, want)
		}
	}
}

func TestDeclared(t *testing.T) {
	code := `import "fmt"

type Flow struct {
	Old int
}

func use(f Flow) {
	fmt.Println(f.Old)
}
func (f *Flow) Show() { fmt.Println(f.Old) }

var (
	a = 1
	b = Flow{Old: 2}.Old
)

const (
	c = iota
	d
)

func (p *Pair[K, V]) Key() {}
func (p Pair[K, V]) Value() {}

%%
use(Flow{})`
	for line, want := range map[int]string{4: "Flow", 8: "use", 10: "Flow~Show", 13: "a", 14: "b", 19: "c", 22: `"Pair[K, V]~Key"`, 23: "unknown~Value", 1: "", 26: ""} {
		if got := Declared(code, line); got != want {
			t.Errorf("on line %d is %q, want %q", line, got, want)
		}
	}
}

func TestExplain(t *testing.T) {
	texts := map[int]string{
		1: "func f(a []int) map[string]int {\n\treturn a\n}\n\n%%\nx := f(nil)",
		6: "type T struct{ A int }\nfunc use(t T) int { return t.A }\n%%\nfmt.Println(use(T{1}))",
		7: "type T struct{ B int }\n%%\nfmt.Println(T{1})",
		8: "func (p *P[T]) Get() {}",
		9: "func (p *P[U]) Get() {}",
	}
	cells := Cells{}
	for number, text := range texts {
		cells[number] = Cell{fmt.Sprintf("[%d]", number), text}
	}
	for _, c := range []struct {
		name string
		gonb Report
		cell int
		want []string
	}{
		{"two errors", Report{"ERROR", "# gonb_85b31e67\n./main.go:9:9: cannot use a (variable of type []int) as map[string]<int> value\n./main.go:15:1: declared and not used: x\n",
			[]string{"# gonb_85b31e67", "Cell[1]: Line 2\n)\n\nfunc f\n\ncannot use a", "Cell[1]: Line 6\n\nx := f(nil)\n^\ndeclared and not used: x", ""}}, 1,
			[]string{"cell [1]:2:9: cannot use a (variable of type []int) as map[string]<int> value\n    \treturn a\n    \t       ^", "cell [1]:6:1: declared and not used: x\n    x := f(nil)\n    ^"}},
		{"a name of before", Report{"ERROR", "# gonb_85b31e67\n./main.go:10:30: t.A undefined\n", []string{"# gonb_85b31e67", "Cell[6]: Line 2\n\nt.A undefined", ""}}, 7,
			[]string{"cell [6]:2:30: t.A undefined\n    func use(t T) int { return t.A }\n                                 ^",
				"use, as cell [6] defines it, does not fit what this cell defines. `%rm use` drops it; then run this cell, and the other one as it is now."}},
		{"a name that stands for something else", Report{"ERROR", "# gonb_85b31e67\n./main.go:12:6: use redeclared in this block\n\t./main.go:10:6: other declaration of use\n",
			[]string{"# gonb_85b31e67", "Cell[7]: Line 1\n\nuse redeclared", "Cell[6]: Line 2\n\nother declaration of use", ""}}, 7,
			[]string{"cell [7]:1:6: use redeclared in this block\n    type T struct{ B int }\n         ^", "cell [6]:2:6: other declaration of use\n    func use(t T) int { return t.A }\n         ^",
				"use, as cell [6] defines it, does not fit what this cell defines. `%rm use` drops it; then run this cell, and the other one as it is now."}},
		{"a method with another receiver", Report{"ERROR", "./main.go:12:16: method P.Get already declared at ./main.go:10:16\n", []string{"Cell[9]: Line 1\n\nmethod", ""}}, 9,
			[]string{"cell [9]:1:16: method P.Get already declared\n    func (p *P[U]) Get() {}\n                   ^",
				"P[T]~Get, as cell [8] defines it, does not fit what this cell defines. `%rm P[T]~Get` drops it; then run this cell, and the other one as it is now."}},
		{"full disk", Report{"ERROR", `failed to write "package main\n\n", 14 bytes: wrote only 0`, nil}, 7, []string{`failed to write "package main\n\n", 14 bytes: wrote only 0`, full}},
		{"full disk when linking", Report{"ERROR", "link: mapping output file failed: no space left on device", nil}, 7, []string{"link: mapping output file failed: no space left on device", full}},
		{"noexec", Report{"ERROR", `failed to start to execute command "gonb_0a": fork/exec gonb_0a: permission denied`, nil}, 7,
			[]string{`failed to start to execute command "gonb_0a": fork/exec gonb_0a: permission denied`, noPrograms}},
		{"exit", Report{"ERROR", "exit status 3", []string{"exit status 3"}}, 7, []string{"exit status 3"}},
		{"elsewhere", Report{"ERROR", "open /tmp/gonb_0a/x: no such file", []string{"open /tmp/gonb_0a/x: no such file"}}, 7, []string{"open x: no such file"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Explain(c.gonb, c.cell, cells)
			if strings.Join(got.Traceback, "\n--\n") != strings.Join(c.want, "\n--\n") {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got.Traceback, "\n--\n"), strings.Join(c.want, "\n--\n"))
			}
			if first, _, _ := strings.Cut(c.want[0], "\n"); got.Value != first {
				t.Errorf("the value is %q, want %q", got.Value, first)
			}
		})
	}
}

func TestClean(t *testing.T) {
	got := Clean("main.main()\n\t \x1b[7m[[ Cell [4] Line 3 ]]\x1b[0m /tmp/gonb_85b31e67/main.go:11 +0x67\n", Cells{4: {Name: "[4]"}})
	if want := "main.main()\n\tcell [4], line 3\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
