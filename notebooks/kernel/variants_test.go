package main

import (
	"strings"
	"testing"

	"flowbook/notebooks/kernel/internal/wire"
)

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
		{"%%\nfmt.Print(\"%d 100%\\n!\")", "%d 100%\n!"},
		{"%%\nfmt.Print(strings.Repeat(\"0123456789\", 20000))", strings.Repeat("0123456789", 20000)},
		{"%%\r\nfmt.Print(1)\r\n", "1"},
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
	cell := k.execute("%%\nsignal.Ignore(os.Interrupt)\nfmt.Println(\"runs\")\ntime.Sleep(time.Hour)")
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
