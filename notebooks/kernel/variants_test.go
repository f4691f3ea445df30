package main

import (
	"strings"
	"testing"

	"flowbook/notebooks/kernel/internal/wire"
)

// What Go reads in comments and GoNB leaves out is refused: the cell would do something else without a word.
func TestCommentsThatGoReads(t *testing.T) {
	t.Parallel()
	k := start(t)
	for _, cell := range []string{"import _ \"embed\"\n\n//go:embed a.txt\nvar text string\n\n%%\nfmt.Println(text)", "// int two() { return 2; }\nimport \"C\"\n\n%%\nfmt.Println(C.two())"} {
		if r := k.run(cell); r.status != "error" || !strings.Contains(r.err.Value, "does not work in a cell") {
			t.Errorf("%q is %+v", cell, r)
		}
	}
	if out := k.ok("import \"C\"\n\n//go:generate nothing\nvar n C.int = 3\n\n%%\nfmt.Println(n)"); out != "3\n" {
		t.Errorf("C without code of its own prints %q", out)
	}
}

// Cells of every shape run, and those with little in them do nothing.
func TestCellsOfEveryShape(t *testing.T) {
	t.Parallel()
	k := start(t)
	for _, c := range []struct{ cell, want string }{
		{"", ""},
		{" \n\t\n", ""},
		{"// a comment", ""},
		{"import \"os\"", ""},
		{"const answer = 42", ""},
		{"%%", ""},
		{"%%\n// a comment", ""},
		{"%%\nfmt.Println(answer)", "42\n"},
		{"func main() { fmt.Println(\"main\") }", "main\n"},
		{"%%bash\necho from a shell", "from a shell\n"},
		{"%%bash\nexit 4", ""},
		{"%%\npackages := 1\nfmt.Print(packages, `\npackage a\n`)", "1\npackage a\n"},
		{"%%\nfmt.Print(\"%d 100%\\n!\")", "%d 100%\n!"},
		{"%%\nfmt.Print(strings.Repeat(\"0123456789\", 20000))", strings.Repeat("0123456789", 20000)},
		{"%%\r\nfmt.Print(1)\r\n", "1"},
		{"\ufeff%%\nfmt.Print(1)", "1"}, // a byte order mark
		{"%%\nx := true\nfmt.Print(x &&\n!x, []bool{\n!x,\n})\n_ = x ||\n!x", "false [false]"},
	} {
		if out := k.ok(c.cell); out != c.want {
			t.Errorf("%q prints %d bytes, %.80q, want %.80q", c.cell, len(out), out, c.want)
		}
	}
}

// The mark stands under the fault, whatever stands before it in the line.
func TestTheMarkIsUnderTheFault(t *testing.T) {
	t.Parallel()
	k := start(t)
	for _, line := range []string{"_ = \"€𝜎\" + nonsense", "/* é */ nonsense()", "\tnonsense()"} {
		lines := strings.Split(strings.Join(k.run("%%\n"+line).err.Traceback, "\n"), "\n")
		if len(lines) < 3 {
			t.Errorf("of %q it says %q", line, lines)
			continue
		}
		text, mark := []rune(lines[1]), []rune(lines[2])
		if string(text[len(mark)-1:])[:8] != "nonsense" {
			t.Errorf("the mark is not under the fault in\n%s", strings.Join(lines, "\n"))
		}
	}
}

// A cell that takes no notice of Stop is ended by a second one.
func TestStopTwice(t *testing.T) {
	t.Parallel()
	k := start(t)
	k.stop() // of nothing
	cell := k.execute("%%\nsignal.Notify(make(chan os.Signal, 9), os.Interrupt)\nfmt.Println(\"runs\")\ntime.Sleep(time.Hour)")
	k.printed(cell, "runs")
	k.stop()
	k.stop()
	if r := k.result(cell); r.status != "error" || r.err.Name != "stopped" {
		t.Errorf("the cell is %+v", r)
	}
	if out := k.ok("%%\nfmt.Println(1)"); out != "1\n" {
		t.Errorf("afterwards a cell prints %q", out)
	}
}

// A cell can ask its reader, and a client that answers is heard.
func TestACellAsksItsReader(t *testing.T) {
	t.Parallel()
	k := start(t)
	cell := k.send(k.client.Shell, "execute_request", map[string]any{"allow_stdin": true,
		"code": "%%\ngonbui.RequestInput(\"name? \", false)\nvar name string\nfmt.Scanln(&name)\nfmt.Println(\"hello\", name)"})
	question := k.find(limit, cell, func(m *wire.Message) bool { return m.Type == "input_request" })
	if question == nil || question.Fields()["prompt"] != "name? " {
		t.Fatalf("the question is %+v", question)
	}
	if err := k.client.Stdin.Send(wire.New("input_reply", question, map[string]any{"status": "ok", "value": "Ada"})); err != nil {
		t.Fatal(err)
	}
	if r := k.result(cell); r.stdout != "hello Ada\n" {
		t.Errorf("answered, the cell is %+v", r)
	}
}

// A cell that GoNB would die of is an error as any other, and the kernel serves on.
func TestASecondMainFunctionIsAnError(t *testing.T) {
	t.Parallel()
	k := start(t)
	first, second := k.execute("%%\nfmt.Println(1)\n\n%%\nfmt.Println(2)"), k.execute("%%\n")
	if r := k.result(first); r.status != "error" || r.err.Value != "cell [1]:4:1: a second %%: the main function of this cell begins on line 1" || r.count != 1 {
		t.Errorf("the cell is %+v", r)
	}
	if r := k.result(second); r.status != "aborted" {
		t.Errorf("the cell behind it is %+v", r)
	}
	for _, cell := range []string{"%%script", "%cd \"", "%%writefile \"\""} {
		if r := k.run(cell); r.status != "error" || !strings.Contains(r.err.Value, "needs a path") {
			t.Errorf("%q is %+v", cell, r)
		}
	}
	if r := k.run("%%\nfmt.Print(3)"); r.stdout != "3" || r.count != 5 {
		t.Errorf("afterwards a cell is %+v", r)
	}
}

// A cell that is not counted, or silent, has no place in the history, and an error in it shows its own text, not that of the
// cell that was counted last.
func TestCellsThatAreNotCounted(t *testing.T) {
	t.Parallel()
	k := start(t)
	send := func(code string, silent, counted bool) result {
		return k.result(k.send(k.client.Shell, "execute_request", map[string]any{"code": code, "silent": silent, "store_history": counted}))
	}
	k.ok("func f(n int) int { return n }\n\n%%\n")
	for _, silent := range []bool{false, true} {
		if r := send("%%\nfmt.Println(2, nonsense)", silent, false); r.err.Value != "cell [ ]:2:16: undefined: nonsense" || !strings.Contains(strings.Join(r.err.Traceback, ""), "Println(2, nonsense)") {
			t.Errorf("not counted (silent %v), the cell is %+v", silent, r)
		}
	}
	if r := send("type g struct{ f string }\n\n%%\nfmt.Print(f(1))", false, false); r.stdout != "1" || r.count != 1 {
		t.Errorf("not counted, the cell is %+v", r)
	}
	if r := k.run("%%\nfmt.Println(f(\"\"))"); r.count != 2 || !strings.HasPrefix(r.err.Value, "cell [2]:2:15: ") {
		t.Errorf("the next cell is %+v", r)
	}
	reply := k.ask(k.client.Shell, "history_request", map[string]any{"hist_access_type": "tail", "n": 10})
	if text := string(reply.Content); strings.Contains(text, "nonsense") || strings.Contains(text, "type g") || !strings.Contains(text, "func f") {
		t.Errorf("the history is %s", text)
	}
}

// Settings of Go's that a reader has for other modules do not keep cells from being built.
func TestAReadersOwnSettingsOfGo(t *testing.T) {
	t.Parallel()
	s := installed(t, false)
	s.Env["GOFLAGS"], s.Env["GOWORK"], s.Env["GO111MODULE"] = "-mod=mod -buildvcs=false", "off", "off"
	k := s.start(t, newConnection(t))
	if out := k.ok("import \"flowbook/journal/home\"\n\n%%\nfmt.Println(home.Variable)"); out != "FLOWBOOK_HOME\n" {
		t.Errorf("the cell prints %q", out)
	}
}

// A function that calls itself without end ends soon, and what is said of it is short and in the cell's terms.
func TestStackOverflow(t *testing.T) {
	t.Parallel()
	k := start(t)
	r := k.run("func even(n int) int { return odd(n+1) + 1 }\nfunc odd(n int) int {\n\treturn even(n+1) + 1\n}\n\n%%\nfmt.Println(even(0))")
	odd, even := "main.odd(...)\n\tcell [1], line 3\n", "main.even(...)\n\tcell [1], line 1\n"
	want := "panic: stack overflow: these call each other without end\n\ngoroutine 1 [running]:\n"
	if r.stderr != want+odd+even && r.stderr != want+even+odd || strings.Join(r.err.Traceback, "") != "exit status 2" {
		t.Errorf("it says\n%s%v\nwant\n%s", r.stderr, r.err.Traceback, want+odd+even)
	}
}

// A cell that removes the folder that cells are built in: those after it say what to do.
func TestTheFolderForCellsIsGone(t *testing.T) {
	t.Parallel()
	k := start(t)
	k.ok("%%\nos.RemoveAll(os.Getenv(\"GONB_TMP_DIR\"))")
	if r := k.run("%%\nfmt.Println(1)"); r.status != "error" || !strings.Contains(strings.Join(r.err.Traceback, "\n"), "Restart the kernel") {
		t.Errorf("the cell is %+v", r)
	}
}

// What a program writes that looks like GoNB's own words of its end is passed on.
func TestWordsLikeGoNBsOwn(t *testing.T) {
	t.Parallel()
	k := start(t)
	if r := k.run("%%\nfmt.Fprintln(os.Stderr, \"exit status 7\")"); r.stderr != "exit status 7\n" {
		t.Errorf("the cell is %+v", r)
	}
	if r := k.run("%%\nfmt.Fprintln(os.Stderr, \"exit status 7\")\ntime.Sleep(100 * time.Millisecond)\nos.Exit(3)"); r.stderr != "exit status 7\n" || r.err.Value != "exit status 3" {
		t.Errorf("the cell is %+v", r)
	}
}

// A cell that asks a reader who cannot be asked ends, and says why.
func TestACellAsksNobody(t *testing.T) {
	t.Parallel()
	k := start(t)
	for _, code := range []string{"%%\ngonbui.RequestInput(\"name? \", false)\nvar name string\nfmt.Scanln(&name)\nfmt.Println(name)", "%with_inputs\n!read x; echo got $x"} {
		if r := k.run(code); r.status != "error" || r.err.Name != "stopped" || !strings.Contains(r.stderr, "allow_stdin") || r.stdout != "" {
			t.Errorf("%q is %+v", code, r)
		}
	}
	cell := k.send(k.client.Shell, "execute_request", map[string]any{"allow_stdin": true, "code": "%with_inputs\n!read x; echo \"got $x\""})
	question := k.find(limit, cell, func(m *wire.Message) bool { return m.Type == "input_request" })
	if err := k.client.Stdin.Send(wire.New("input_reply", question, map[string]any{"status": "error"})); err != nil {
		t.Fatal(err)
	}
	if r := k.result(cell); r.stdout != "got \n" {
		t.Errorf("answered with nothing, the cell is %+v", r)
	}
}
