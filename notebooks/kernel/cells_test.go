package main

import (
	"fmt"
	"strings"
	"testing"
)

// Lines of Go that look like GoNB's commands are Go, and an empty command harms nothing.
func TestGoTextStaysGoText(t *testing.T) {
	t.Parallel()
	k := start(t)
	code := "%%\nfmt.Print(`a\n!touch x\n%ls\n`)\n/*\n!touch y\n*/\nfmt.Print(max(1,\n-2))"
	if r := k.run(code); r.stdout != "a\n!touch x\n%ls\n1" || r.code != code {
		t.Errorf("it is %+v", r)
	}
	if out := k.ok("!ls"); out != "" {
		t.Errorf("a line of a string was run: there is %q", out)
	}
	for _, empty := range []string{"! ", "% ", "!\\"} {
		k.ask(k.client.Shell, "complete_request", map[string]any{"code": empty, "cursor_pos": 2})
		k.run(empty)
	}
	if out := k.ok("!echo $((1+1))\n%%\nfmt.Println(3)"); out != "2\n3\n" {
		t.Errorf("commands and Go print %q", out)
	}
	r := k.run("%%\nx := `\n!a\n`\nfmt.Println(x, nonsense)")
	if r.err.Value != "cell ["+fmt.Sprint(r.count)+"]:5:16: undefined: nonsense" {
		t.Errorf("behind such a string an error is at %q", r.err.Value)
	}
}

func TestInputIsAtItsEnd(t *testing.T) {
	t.Parallel()
	k := start(t)
	if out := k.ok("%%\nvar s string\nn, err := fmt.Scanln(&s)\nfmt.Println(n, err)"); out != "0 EOF\n" {
		t.Errorf("a cell that reads prints %q", out)
	}
	if out := k.ok("!cat; echo over"); out != "over\n" {
		t.Errorf("a command that reads prints %q", out)
	}
}

// Text is never cut within a character, on either stream.
func TestCharactersAreWhole(t *testing.T) {
	t.Parallel()
	k := start(t)
	want := "a" + strings.Repeat("€", 40000) + strings.Repeat("𝜎", 9000)
	r := k.run("%%\ns := \"a\" + strings.Repeat(\"€\", 40000) + strings.Repeat(\"𝜎\", 9000)\nfmt.Print(s)\nfmt.Fprint(os.Stderr, s)\nos.Stdout.WriteString(\"\\xe2\\x82\")\ntime.Sleep(50*time.Millisecond)\nos.Stdout.WriteString(\"\\xac\")")
	if r.stdout != want+"€" || r.stderr != want {
		t.Errorf("%d and %d bytes arrived of %d, %d broken characters among them", len(r.stdout), len(r.stderr), len(want), strings.Count(r.stdout+r.stderr, "\uFFFD"))
	}
}

// What a cell shows with its last statement is there, in order, and a program that it leaves behind does not hold it up.
func TestTheLastPictureArrives(t *testing.T) {
	t.Parallel()
	k := start(t)
	for i := range 15 {
		r := k.run(fmt.Sprintf("%%%%\nexec.Command(\"sleep\", \"20\").Start()\ngonbui.DisplayHtml(\"first\")\ngonbui.DisplayHtml(strings.Repeat(\"x\", %d))", 60000*(i%2)+1))
		if len(r.shown) != 2 || len(r.shown[1]["text/html"].(string)) != 60000*(i%2)+1 {
			t.Fatalf("run %d shows %d of 2", i, len(r.shown))
		}
	}
	r := k.run("%%\nfor i := range 300 {\n\tgonbui.DisplayHtml(fmt.Sprint(i))\n}\ngonbui.Sync()\nos.Exit(1)")
	if len(r.shown) != 300 || r.shown[299]["text/html"] != "299" || r.status != "error" {
		t.Errorf("of 300 pictures and a failure %d arrived: %q %q", len(r.shown), r.status, r.stderr)
	}
}

// Errors read like Go's own.
func TestErrorsReadLikeGos(t *testing.T) {
	t.Parallel()
	k := start(t)
	r := k.run("func f(a []int) map[string]int {\n\treturn a // <b>\n}\n\n%%\nfmt.Println(f(nil))")
	if want := "cell [1]:2:9: cannot use a (variable of type []int) as map[string]int value in return statement\n    \treturn a // <b>\n    \t       ^"; strings.Join(r.err.Traceback, "\n") != want {
		t.Errorf("it says\n%s\nwant\n%s", strings.Join(r.err.Traceback, "\n"), want)
	}
	r = k.run("%%\nvar m map[string]int\nm[\"a\"] = 1")
	if want := "panic: assignment to entry in nil map\n\ngoroutine 1 [running]:\nmain.main()\n\tcell [2], line 3\n"; r.stderr != want || strings.Join(r.err.Traceback, "") != "exit status 2" {
		t.Errorf("a panic says\n%s%v\nwant\n%s", r.stderr, r.err.Traceback, want)
	}
	r = k.run("import \"github.com/janpfeifer/must\"\n%%\nmust.M(errors.New(\"no <such> thing\"))")
	if strings.Contains(r.stderr, "must.go") || !strings.Contains(r.stderr, "no <such> thing") || !strings.Contains(r.stderr, "cell [3], line 3") {
		t.Errorf("an error that a cell does not handle says\n%s", r.stderr)
	}
}

// A thing that two cells use can be renamed.
func TestRenamingAcrossCells(t *testing.T) {
	t.Parallel()
	k := start(t)
	k.ok("type T struct{ Old int }\n\n%%\n")
	k.ok("func use(t T) int { return t.Old }\n\n%%\nfmt.Println(use(T{1}))")
	r := k.run("type T struct{ New int }\n\n%%\n")
	if text := strings.Join(r.err.Traceback, "\n"); !strings.Contains(text, "cell [2]:1:30") || !strings.Contains(text, "`%rm use` drops it") {
		t.Fatalf("the old definition is not named in\n%s", text)
	}
	k.ok("import . \"math\"\n\n%%\nfmt.Println(Sqrt(4))")
	r = k.run("%%\nfmt.Println(1)")
	if text := strings.Join(r.err.Traceback, "\n"); !strings.Contains(text, "`%rm .~math` drops it") {
		t.Errorf("the import that stands in the way is not named in\n%s", text)
	}
	k.ok("%rm .~math")
	k.ok("%rm use\ntype T struct{ New int }\n\n%%\n")
	if out := k.ok("func use(t T) int { return t.New }\n\n%%\nfmt.Println(use(T{1}))"); out != "1\n" {
		t.Errorf("renamed it prints %q", out)
	}
}

// A name can come to stand for something of another kind, and a method can get another receiver: the message says what to drop,
// and that is enough.
func TestNamesOfAnotherKind(t *testing.T) {
	t.Parallel()
	k := start(t)
	k.ok("const (\n\tzero = iota\n\tone\n)\ntype P[T any] struct{ v T }\n\nfunc (p *P[T]) Get() T { return p.v }\n\n%%\n")
	for _, c := range []struct{ cell, drop, want string }{
		{"var zero = 5\n\n%%\nfmt.Print(zero)", "zero", "5"},
		{"const (\n\tzero = iota\n\tone\n)\n\n%%\nfmt.Print(one)", "zero", "1"},
		{"const one = 6\n\n%%\nfmt.Print(one)", "zero", "6"},
		{"func one() int { return 7 }\n\n%%\nfmt.Print(one())", "one", "7"},
		{"func (p *P[U]) Get() U { return p.v }\n\n%%\nfmt.Print((&P[int]{8}).Get())", "P[T]~Get", "8"},
		{"func (p P[U]) Get() U { return p.v }\n\n%%\nfmt.Print(P[int]{9}.Get())", "P[U]~Get", "9"},
	} {
		r := k.run(c.cell)
		if text := strings.Join(r.err.Traceback, "\n"); !strings.Contains(text, "`%rm "+c.drop+"` drops it") || strings.Contains(text, "main.go") {
			t.Errorf("of\n%s\nit says\n%s", c.cell, text)
		}
		k.ok("%rm " + c.drop)
		if out := k.ok(c.cell); out != c.want {
			t.Errorf("%s\nprints %q", c.cell, out)
		}
	}
}
