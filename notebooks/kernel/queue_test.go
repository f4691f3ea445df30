package main

import (
	"strings"
	"testing"
	"time"

	"flowbook/notebooks/kernel/internal/wire"
)

// An error ends Run All: what waits is answered as aborted, and the kernel serves on.
func TestAnErrorEndsTheQueue(t *testing.T) {
	t.Parallel()
	k := start(t)
	for _, c := range []struct{ name, cell string }{
		{"panic", "%%\npanic(\"first\")"},
		{"does not compile", "%%\nnonsense()"},
		{"special command", "%%\n%exec"},
		{"unknown command", "%nosuch\n%%\nfmt.Println(1)"},
		{"unknown command, then no Go", "%%nosuch\nfmt.Println(1)"},
	} {
		first, second, third := k.execute(c.cell), k.execute("%%\nfmt.Println(2)"), k.execute("%%\nfmt.Println(3)")
		if r := k.result(first); r.status != "error" || len(r.err.Traceback) == 0 || strings.HasPrefix(c.name, "unknown command") != (r.err.Name == "unknown command") {
			t.Errorf("%s: the first cell is %+v", c.name, r)
		}
		for _, later := range []*wire.Message{second, third} {
			if r := k.result(later); r.status != "aborted" || r.stdout != "" || r.code != "" {
				t.Errorf("%s: a cell behind it is %+v", c.name, r)
			}
		}
		if out := k.ok("%%\nfmt.Println(4)"); out != "4\n" {
			t.Errorf("%s: afterwards a cell prints %q", c.name, out)
		}
	}
	for _, command := range []string{"!sleep 3600\n!echo after", "%%bash\nsleep 3600"} { // GoNB does not look at how a command ends
		first, second := k.execute(command), k.execute("%%\nfmt.Println(2)")
		for len(named(k.cmd.Process.Pid, "sleep")) == 0 {
			time.Sleep(10 * time.Millisecond)
		}
		k.stop()
		if r := k.result(first); r.status != "error" || r.err.Name != "stopped" || r.stdout+r.stderr != "" {
			t.Errorf("stopped, %q is %+v", command, r)
		}
		if r := k.result(second); r.status != "aborted" {
			t.Errorf("the cell behind it is %+v", r)
		}
	}
	first := k.send(k.client.Shell, "execute_request", map[string]any{"code": "%%\nnonsense()", "stop_on_error": false})
	second := k.execute("%%\nfmt.Println(2)")
	if r := k.result(first); r.status != "error" {
		t.Errorf("the first cell is %+v", r)
	}
	if r := k.result(second); r.stdout != "2\n" {
		t.Errorf("with stop_on_error=false the next cell is %+v", r)
	}
}

// Stop ends what runs and what waits.
func TestStopEndsTheQueue(t *testing.T) {
	t.Parallel()
	k := start(t)
	first := k.execute("%%\nfmt.Println(\"runs\")\ntime.Sleep(time.Hour)")
	second := k.execute("%%\nfmt.Println(2)")
	k.printed(first, "runs")
	k.stop()
	if r := k.result(first); r.status != "error" || r.err.Name != "stopped" || r.stderr != "" {
		t.Errorf("the cell that was stopped is %+v", r)
	}
	if r := k.result(second); r.status != "aborted" {
		t.Errorf("the cell behind it is %+v", r)
	}
	if out := k.ok("%%\nfmt.Println(3)"); out != "3\n" {
		t.Errorf("afterwards a cell prints %q", out)
	}
}

// A training that is stopped says what to do next, without a trace.
func TestStopSaysWhatANotebookSays(t *testing.T) {
	t.Parallel()
	k := start(t)
	cell := k.execute(`import "github.com/janpfeifer/must"
%%
stop := make(chan os.Signal, 1)
signal.Notify(stop, os.Interrupt)
fmt.Println("runs")
<-stop
must.M(errors.New("interrupted after step 18; ` + "`journal resume abc`" + ` goes on"))`)
	k.printed(cell, "runs")
	k.stop()
	r := k.result(cell)
	if want := "interrupted after step 18; `journal resume abc` goes on\n"; r.stderr != want || strings.Join(r.err.Traceback, "") != "stopped" {
		t.Errorf("it says\n%s%v\nwant\n%s", r.stderr, r.err.Traceback, want)
	}
}

// Stop reaches the compiler, and the cell does not run.
func TestStopWhileItCompiles(t *testing.T) {
	t.Parallel()
	k := start(t)
	k.ok("%%\nfmt.Println()")
	var large strings.Builder
	large.WriteString("func large(x []float64) (s float64) {\n")
	for range 20000 {
		large.WriteString("\ts = s*x[int(s)%3] + math.Sin(s)/x[1]\n")
	}
	large.WriteString("\treturn\n}\n%%\nfmt.Println(\"ran\", large([]float64{1, 2, 3}))")
	cell := k.execute(large.String())
	behind := k.execute("%%\nfmt.Println(2)")
	for !compiles(k.cmd.Process.Pid) {
		if k.find(0, cell, func(m *wire.Message) bool { return m.Type == "execute_reply" }) != nil {
			t.Fatal("the cell was compiled before it could be stopped")
		}
	}
	k.stop()
	if r := k.result(cell); r.status != "error" || r.err.Name != "stopped" || r.stdout != "" || !strings.Contains(r.err.Value, "before it ran") {
		t.Errorf("the cell that was stopped is %+v", r)
	}
	if r := k.result(behind); r.status != "aborted" {
		t.Errorf("the cell behind it is %+v", r)
	}
}

// A cell that prints or shows without end is stopped, and the kernel serves on.
func TestStopInAFlood(t *testing.T) {
	t.Parallel()
	k := start(t)
	for _, cell := range []string{"%%\nfor {\n\tfmt.Println(strings.Repeat(\"runs\", 20))\n}", "!yes runs"} {
		request := k.execute(cell)
		k.printed(request, "runs")
		k.stop()
		if r := k.result(request); r.status != "error" || r.err.Name != "stopped" {
			t.Errorf("%s: the cell is %q, %+v", cell, r.status, r.err)
		}
		if out := k.ok("%%\nfmt.Println(3)"); out != "3\n" {
			t.Errorf("%s: afterwards a cell prints %q", cell, out)
		}
	}
}

// Stop reaches what a cell started.
func TestStopReachesChildren(t *testing.T) {
	t.Parallel()
	k := start(t)
	for _, cell := range []string{
		"!echo runs; sleep 3600; echo after",
		"!sleep 3600 & echo runs; sleep 3600", // a shell has its background ignore interrupts
		"%%bash\ntrap '' INT\necho runs\nsleep 3600; sleep 3600",
		"%%\nfmt.Println(\"runs\")\nc := exec.Command(\"sleep\", \"3600\")\nc.Stdout = os.Stdout\nfmt.Println(c.Run())\ntime.Sleep(time.Hour)",
	} {
		request := k.execute(cell)
		behind := k.execute("%%\nfmt.Println(2)")
		k.printed(request, "runs")
		k.stop()
		k.result(request)
		if r := k.result(behind); r.status != "aborted" {
			t.Errorf("behind\n%s\nthe cell is %+v", cell, r)
		}
		if left := named(k.cmd.Process.Pid, "sleep"); len(left) > 0 {
			t.Errorf("of\n%s\nthese are left: %v", cell, left)
		}
	}
}

// What an earlier cell left running in the background goes on when another cell is stopped, twice even.
func TestStopSparesEarlierCells(t *testing.T) {
	t.Parallel()
	k := start(t)
	k.ok("!(while true; do sleep 0.1; done) >/dev/null 2>&1 &")
	k.ok("%%\nexec.Command(\"sleep\", \"3600\").Start()")
	left := len(named(k.cmd.Process.Pid, "bash")) + len(named(k.cmd.Process.Pid, "sleep"))
	cell := k.execute("!echo runs; sleep 3601 & sleep 3601")
	k.printed(cell, "runs")
	k.stop()
	k.result(cell)
	cell = k.execute("%%\nsignal.Notify(make(chan os.Signal, 9), os.Interrupt)\nfmt.Println(\"runs\")\ntime.Sleep(time.Hour)")
	k.printed(cell, "runs")
	k.stop()
	k.stop()
	k.result(cell)
	time.Sleep(300 * time.Millisecond) // for a sleep of the loop that was stopped to be missed
	if now := len(named(k.cmd.Process.Pid, "bash")) + len(named(k.cmd.Process.Pid, "sleep")); now < left-1 {
		t.Errorf("of %d processes in the background %d are left", left, now)
	}
}

// Restart while a cell runs: the cell is stopped as by the stop button, what waits is aborted, each has its answer, nothing
// is left running, and the next kernel serves at the same place.
func TestRestartWhileACellRuns(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, cell, says string }{
		{"heeds", "stop := make(chan os.Signal, 2)\nsignal.Notify(stop, os.Interrupt)\nfmt.Println(\"runs\")\n<-stop\ntime.Sleep(300 * time.Millisecond)\nfmt.Println(\"checkpoint\", len(stop))", "checkpoint 0\n"},
		{"does not heed", "signal.Ignore(os.Interrupt)\nfmt.Println(\"runs\")\ntime.Sleep(time.Hour)", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			connection := newConnection(t)
			k := installed(t, false).start(t, connection)
			cell, behind := k.execute("%%\n"+c.cell), k.execute("%%\nfmt.Println(2)")
			k.printed(cell, "runs")
			pids := below(k.cmd.Process.Pid)
			k.stop() // JupyterLab's server stops the cell first, and then asks
			if reply := k.ask(k.client.Control, "shutdown_request", map[string]any{"restart": true}); reply.Fields()["restart"] != true {
				t.Errorf("the answer is %s", reply.Content)
			}
			if r := k.result(cell); r.status == "ok" && c.says == "" || !strings.HasSuffix(r.stdout, c.says) {
				t.Errorf("the cell is %+v", r)
			}
			if r := k.result(behind); r.status != "aborted" {
				t.Errorf("the cell behind it is %+v", r)
			}
			<-k.exited
			for pid, name := range pids {
				gone(t, pid, name)
			}
			k.client.Close()
			if out := installed(t, false).start(t, connection).ok("%%\nfmt.Println(3)"); out != "3\n" {
				t.Errorf("the next kernel prints %q", out)
			}
		})
	}
}
