package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"flowbook/notebooks/kernel/internal/wire"
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
	k.ok("%rm use\ntype T struct{ New int }\n\n%%\n")
	if out := k.ok("func use(t T) int { return t.New }\n\n%%\nfmt.Println(use(T{1}))"); out != "1\n" {
		t.Errorf("renamed it prints %q", out)
	}
}

// Every request has an answer.
func TestEveryRequestHasAnAnswer(t *testing.T) {
	t.Parallel()
	k := start(t)
	info := k.ask(k.client.Shell, "kernel_info_request", nil).Fields()["language_info"].(map[string]any)
	if info["pygments_lexer"] != "go" || info["file_extension"] != ".go" || info["codemirror_mode"] != "go" {
		t.Errorf("the language is %v", info)
	}
	k.ok("%%\nfmt.Println(1)")
	k.ok("%%\nfmt.Println(1)")
	for _, c := range []struct {
		request string
		content map[string]any
		want    string
	}{
		{"is_complete_request", map[string]any{"code": "func f() {"}, `"status":"incomplete"`},
		{"is_complete_request", map[string]any{"code": "%%\nf()"}, `"status":"complete"`},
		{"is_complete_request", map[string]any{"code": "%%\nf())"}, `"status":"invalid"`},
		{"history_request", map[string]any{"hist_access_type": "tail", "n": 1}, `"history":[[0,2,"%%\nfmt.Println(1)"]]`},
		{"history_request", map[string]any{"hist_access_type": "range", "start": 1, "stop": 2, "output": true}, `[[0,1,["%%\nfmt.Println(1)",null]]]`},
		{"history_request", map[string]any{"hist_access_type": "search", "pattern": "*nothing*"}, `"history":[]`},
		{"history_request", map[string]any{"hist_access_type": "search", "pattern": "*Println(1)"}, `[[0,1,"%%\nfmt.Println(1)"],[0,2,"%%\nfmt.Println(1)"]]`},
		{"history_request", map[string]any{"hist_access_type": "search", "pattern": "*Println(1)", "unique": true}, `"history":[[0,2,"%%\nfmt.Println(1)"]]`},
		{"history_request", map[string]any{"hist_access_type": "range", "session": -1}, `"history":[]`},
		{"history_request", map[string]any{"hist_access_type": "tail", "n": 0}, `"history":[]`},
		{"comm_info_request", nil, `"comms":{}`},
	} {
		reply := k.ask(k.client.Shell, c.request, c.content)
		if !strings.Contains(string(reply.Content), c.want) {
			t.Errorf("%s %v: %s has no %s", c.request, c.content, reply.Content, c.want)
		}
	}
}

// Completion and help answer while a cell runs, and know what cells before it declared.
func TestCompletionBesideARunningCell(t *testing.T) {
	t.Parallel()
	k := startAs(t, true)
	k.ok("type Flow struct{ Couplings int }\n\nvar flow Flow\n\n%%\n")
	cell := k.execute("%%\nfmt.Println(\"runs\")\ntime.Sleep(time.Hour)")
	k.printed(cell, "runs")
	code := "%%\nx := `\n!a`\nflow."
	reply := k.ask(k.client.Shell, "complete_request", map[string]any{"code": code, "cursor_pos": len(code)})
	if fields := reply.Fields(); !strings.Contains(fmt.Sprint(fields["matches"]), "Couplings") || fields["cursor_end"] != float64(len(code)) {
		t.Errorf("completion says %s", reply.Content)
	}
	for _, odd := range []struct {
		code   string
		cursor int
	}{{"", 0}, {" \n", 1}, {"%%\nflow.", 100000}, {"%%\nflow.", -5}, {"%%\n_ = \"𝜎€\"; flow.", 20}, {"!ls", 2}, {"%%bash\nls", 8}} {
		for _, request := range []string{"complete_request", "inspect_request"} {
			if reply := k.ask(k.client.Shell, request, map[string]any{"code": odd.code, "cursor_pos": odd.cursor}).Fields(); reply["status"] != "ok" {
				t.Errorf("%s at %d of %q: %v", request, odd.cursor, odd.code, reply)
			}
		}
	}
	code = "%%\nfmt.Println(flow)"
	reply = k.ask(k.client.Shell, "inspect_request", map[string]any{"code": code, "cursor_pos": 6, "detail_level": 0})
	if !strings.Contains(string(reply.Content), "Println") {
		t.Errorf("help says %s", reply.Content)
	}
	k.stop()
	k.result(cell)
}

// JupyterLab takes a request for answered when it has both its reply and its idle, so each has both, also beside a running
// cell; after such an idle the kernel says again that the cell runs.
func TestEveryAnswerIsFollowedByItsIdle(t *testing.T) {
	t.Parallel()
	k := startAs(t, true)
	cell := k.execute("%%\nfmt.Println(\"runs\")\ntime.Sleep(time.Hour)")
	k.printed(cell, "runs")
	question := map[string]any{"code": "%%\nfmt.Print", "cursor_pos": 9, "detail_level": 0}
	for _, c := range []struct {
		request string
		content map[string]any
	}{
		{"complete_request", question}, {"inspect_request", question}, {"kernel_info_request", nil}, {"is_complete_request", question},
		{"history_request", nil}, {"comm_info_request", nil}, {"comm_msg", map[string]any{"comm_id": "none", "data": map[string]any{}}},
	} {
		request := k.send(k.client.Shell, c.request, c.content)
		if c.request != "comm_msg" { // which has no reply
			k.reply(request)
		}
		idle := k.find(limit, request, isStatus("idle"))
		if idle == nil {
			t.Errorf("%s has no idle", c.request)
			continue
		}
		if k.after(idle, cell, isStatus("busy")) == nil {
			t.Errorf("after the idle of a %s the kernel does not say that a cell runs", c.request)
		}
	}
	k.stop()
	k.result(cell)
	if k.find(limit, cell, isStatus("idle")) == nil {
		t.Error("the cell has no idle")
	}
}

func isStatus(state string) func(*wire.Message) bool {
	return func(m *wire.Message) bool { return m.Type == "status" && m.Fields()["execution_state"] == state }
}

// What a cell shows is marked as stale when a newer run of the same experiment is shown.
func TestAnOlderRunIsMarkedAsStale(t *testing.T) {
	t.Parallel()
	k := start(t)
	show := func(run, experiment string) (id string, r result) {
		request := k.execute(fmt.Sprintf("import \"github.com/janpfeifer/gonb/gonbui/protocol\"\n%%%%\ngonbui.SendData(&protocol.DisplayData{Data: map[protocol.MIMEType]any{protocol.MIMETextPlain: \"run %s of %s, step 20\"}, DisplayID: \"origin_\" + gonbui.UniqueId()})", run, experiment))
		r = k.result(request)
		m := k.find(limit, request, func(m *wire.Message) bool { return m.Type == "display_data" })
		return m.Fields()["transient"].(map[string]any)["display_id"].(string), r
	}
	first, _ := show("aaa", "mnist-quick")
	show("bbb", "cifar10-quick")
	if _, r := show("aaa", "mnist-quick"); len(r.shown) != 1 {
		t.Errorf("the same run again shows %v", r.shown)
	}
	_, r := show("ccc", "mnist-quick")
	if len(r.shown) != 3 {
		t.Fatalf("a newer run shows %v, want itself and two that are stale", r.shown)
	}
	if text := fmt.Sprint(r.shown[1]["text/plain"]); text != "run aaa of mnist-quick, step 20 · stale: run ccc is newer; run this cell again" {
		t.Errorf("an older run is marked %q; its display is %s", text, first)
	}
}

// A cell that declares a name anew says which cells were run with what it stood for before.
func TestCellsRunWithOlderCodeAreStale(t *testing.T) {
	t.Parallel()
	k := start(t)
	k.ok("func f() int { return 1 }\n\n%%\n")
	k.ok("func g() int { return f() + 1 }\n\n%%\n")
	k.ok("%%\nfmt.Println(g())")
	k.ok("%%\nfmt.Println(\"nothing to do with it\")")
	if r := k.run("func f() int {\n\treturn 1 // as before\n}\n\n%%\n"); len(r.shown) != 0 {
		t.Errorf("declared as before it says %v", r.shown)
	}
	r := k.run("func f() int { return 2 }\n\n%%\nfmt.Println(f())")
	if want := "stale: [3], run with f as it was before; run again"; len(r.shown) != 1 || r.shown[0]["text/plain"] != want {
		t.Errorf("declared anew it says %v, want %q", r.shown, want)
	}
	if out := k.ok("%%\nfmt.Println(g())"); out != "3\n" {
		t.Errorf("run again the cell prints %q", out)
	}
	if r := k.run("func f() int { return nonsense }\n\n%%\n"); r.status != "error" || len(r.shown) != 0 {
		t.Errorf("a cell that does not compile says %v", r.shown)
	}
}

// BenchmarkTabBesideARunningCell measures completion of a name of the library while a cell runs. warm-s is how long after the
// kernel's start the first such answer came.
func BenchmarkTabBesideARunningCell(b *testing.B) {
	begin := time.Now()
	k := startAs(b, true)
	cell := k.execute("%%\nfmt.Println(\"runs\")\ntime.Sleep(time.Hour)")
	k.printed(cell, "runs")
	code := "import \"flowbook/realnvp\"\n\n%%\nrealnvp."
	tab := func() {
		if reply := k.ask(k.client.Shell, "complete_request", map[string]any{"code": code, "cursor_pos": len(code)}); !strings.Contains(string(reply.Content), "SampleConfig") {
			b.Fatalf("completion says %s", reply.Content)
		}
	}
	tab()
	warm := time.Since(begin)
	for b.Loop() {
		tab()
	}
	b.ReportMetric(warm.Seconds(), "warm-s")
	k.stop()
	k.result(cell)
}

// BenchmarkMessage measures a message there and back, a cell that is a command: through the kernel, and to GoNB alone.
func BenchmarkMessage(b *testing.B) {
	s := installed(b, false)
	alone := spec{Argv: append(slices.Clone(s.Argv[5:]), "--kernel", "{connection_file}", "-raw_error", "-logtostderr"), Env: s.Env}
	for _, c := range []struct {
		name string
		spec spec
	}{{"kernel", s}, {"GoNB", alone}} {
		b.Run(c.name, func(b *testing.B) {
			k := c.spec.start(b, newConnection(b))
			for b.Loop() {
				k.run("%help")
			}
		})
	}
}

// BenchmarkCellAgain measures a cell that is run again, each time after another one.
func BenchmarkCellAgain(b *testing.B) {
	for _, c := range []struct{ name, cell string }{
		{"text", "import \"flowbook/realnvp\"\n\n%%%%\nfmt.Println(realnvp.TrainConfig{Steps: %d}.Steps)"},
		{"picture", "import (\n\t\"flowbook/figures\"\n\t\"flowbook/figures/inline\"\n)\n\n%%%%\ninline.Show(figures.LossCurves([]figures.Series{{Name: \"run %d\", Y: []float64{3, 2, 1}}}, figures.CurveOptions{}))"},
	} {
		b.Run(c.name, func(b *testing.B) {
			k := start(b)
			again := func(i int) { k.ok(fmt.Sprintf(c.cell, i%2)) }
			again(0)
			again(1)
			i := 0
			for b.Loop() {
				again(i)
				i++
			}
		})
	}
}
