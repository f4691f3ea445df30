package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"flowbook/journal"
)

// below lists the processes that descend from one, with their names.
func below(pid int) map[int]string {
	out, _ := exec.Command("ps", "-A", "-o", "pid=,ppid=,stat=,comm=").Output()
	parents, names := map[int]int{}, map[int]string{}
	for _, line := range strings.Split(string(out), "\n") {
		if w := strings.Fields(line); len(w) >= 4 && !strings.HasPrefix(w[2], "Z") {
			p, _ := strconv.Atoi(w[0])
			parents[p], _ = strconv.Atoi(w[1])
			names[p] = w[3]
		}
	}
	found := map[int]string{}
	for p := range parents {
		for up := parents[p]; up > 0; up = parents[up] {
			if up == pid {
				found[p] = names[p]
			}
		}
	}
	return found
}

func named(pid int, name string) (pids []int) {
	for p, n := range below(pid) {
		if n == name {
			pids = append(pids, p)
		}
	}
	return pids
}

func compiles(pid int) bool { return len(named(pid, "compile")) > 0 }

// gone waits until a process has ended.
func gone(t *testing.T, pid int, what string) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); alive(pid); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Errorf("%s, process %d, is still there", what, pid)
			return
		}
	}
}

func alive(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return syscall.Kill(pid, 0) == nil
	}
	_, state, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(state, "Z")
}

// When the server is killed, everything ends: the cell first as by the stop button, then GoNB and gopls; and nothing is left
// in any folder for temporary files.
func TestEverythingEndsWithTheServer(t *testing.T) {
	t.Parallel()
	k := startAs(t, true, "sh", "-c", `"$@" & wait`, "sh")
	mark := filepath.Join(t.TempDir(), "mark")
	cell := k.execute(fmt.Sprintf(`%%%%
stop := make(chan os.Signal, 1)
signal.Notify(stop, os.Interrupt)
exec.Command("sleep", "3600").Start()
os.MkdirTemp("", "left-by-the-cell-")
fmt.Println("runs")
<-stop
os.WriteFile(%q, []byte("stopped"), 0o644)
select {}`, mark))
	k.printed(cell, "runs")
	k.ask(k.client.Shell, "complete_request", map[string]any{"code": "%%\nstrings.Rep", "cursor_pos": 14})
	pids := below(k.cmd.Process.Pid)
	for _, name := range []string{"gonb", "gopls", "sleep", "kernel"} {
		if !strings.Contains(fmt.Sprint(pids), ":"+name) {
			t.Errorf("no %s runs; there are %v", name, pids)
		}
	}
	_ = k.cmd.Process.Kill()
	for pid, name := range pids {
		gone(t, pid, name)
	}
	if text, _ := os.ReadFile(mark); string(text) != "stopped" {
		t.Error("the cell had no time to end by itself")
	}
	nothingLeft(t, k, pids)
}

// The same when the kernel itself is killed, with its process group, as Jupyter kills one.
func TestEverythingEndsWithTheKernel(t *testing.T) {
	t.Parallel()
	k := start(t)
	cell := k.execute("%%\nexec.Command(\"sleep\", \"3600\").Start()\nfmt.Println(\"runs\")\nselect {}")
	k.printed(cell, "runs")
	pids := below(k.cmd.Process.Pid)
	_ = syscall.Kill(-k.cmd.Process.Pid, syscall.SIGKILL)
	for pid, name := range pids {
		gone(t, pid, name)
	}
}

// When the kernel alone is killed, also what its cells have moved into sessions of their own ends, gopls and all, and no file
// of theirs is left.
func TestNothingOutlivesTheKernel(t *testing.T) {
	t.Parallel()
	k := startAs(t, true)
	cell := k.execute("!setsid sleep 3600 & echo runs; setsid sleep 3600")
	k.printed(cell, "runs")
	k.ask(k.client.Shell, "complete_request", map[string]any{"code": "%%\nstrings.Rep", "cursor_pos": 14})
	pids := below(k.cmd.Process.Pid)
	for _, name := range []string{"sleep", "gopls"} {
		if !strings.Contains(fmt.Sprint(pids), ":"+name) {
			t.Errorf("no %s runs; there are %v", name, pids)
		}
	}
	_ = k.cmd.Process.Kill()
	for pid, name := range pids {
		gone(t, pid, name)
	}
	nothingLeft(t, k, map[int]string{k.cmd.Process.Pid: "kernel"})
}

// A run of the journal whose server is killed is interrupted, also of a cell that heeds no signal; and all processes end.
func TestTheRunIsInterruptedWithTheServer(t *testing.T) {
	for _, c := range []struct{ name, ends string }{
		{"the cell heeds the signal", "ctx, done := signal.NotifyContext(context.Background(), os.Interrupt)\ndefer done()"},
		{"the cell heeds nothing", "ctx := context.Background()\nsignal.Ignore(os.Interrupt)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			k := startAs(t, false, "sh", "-c", `"$@" & wait`, "sh")
			path := filepath.Join(t.TempDir(), "journal.db")
			cell := k.execute(fmt.Sprintf(`import "flowbook/journal"
import "github.com/janpfeifer/must"

func train(ctx context.Context, run *journal.Run) (err error) {
	defer run.Finish(&err)
	exec.Command("sleep", "3600").Start()
	for step := 1; ; step++ {
		must.M(run.Log(step, journal.Metrics{"loss": 1 / float64(step)}))
		fmt.Println("step", step)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

%%%%
%s
j := must.M1(journal.Open(%q))
run := must.M1(j.Begin(ctx, "killed", map[string]any{}))
fmt.Println(train(ctx, run))`, c.ends, path))
			k.printed(cell, "step 3")
			pids := below(k.cmd.Process.Pid)
			for _, name := range []string{"gonb", "sleep", "kernel"} {
				if !strings.Contains(fmt.Sprint(pids), ":"+name) {
					t.Errorf("no %s runs; there are %v", name, pids)
				}
			}
			_ = k.cmd.Process.Kill()
			for pid, name := range pids {
				gone(t, pid, name)
			}
			j, err := journal.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer j.Close()
			runs, err := j.Runs(t.Context(), journal.Query{Experiment: "killed"})
			if err != nil || len(runs) != 1 || runs[0].Status != journal.Interrupted {
				t.Errorf("the journal has %+v, %v; want one run, interrupted", runs, err)
			}
		})
	}
}

func TestShutDownLeavesNothing(t *testing.T) {
	t.Parallel()
	k := start(t)
	k.ok("%%\nos.MkdirTemp(\"\", \"left-by-the-cell-\")")
	k.ok("!sleep 3600 >/dev/null 2>&1 &") // holds no cell
	pids := below(k.cmd.Process.Pid)
	if !strings.Contains(fmt.Sprint(pids), ":sleep") {
		t.Errorf("the command in the background has ended; there are %v", pids)
	}
	k.end()
	for pid, name := range pids {
		gone(t, pid, name)
	}
	nothingLeft(t, k, map[int]string{k.cmd.Process.Pid: "kernel"})
}

// nothingLeft looks into the folders for temporary files, the system's and the kernels'.
func nothingLeft(t *testing.T, k *kernel, pids map[int]string) {
	t.Helper()
	if left, _ := filepath.Glob(filepath.Join(k.temp, "*")); len(left) > 0 {
		t.Errorf("left in the folder for temporary files: %v", left)
	}
	for pid := range pids {
		if left := filepath.Join(home(t), "kernels", fmt.Sprint(pid)); exists(left) {
			t.Errorf("left: %s", left)
		}
	}
}

func exists(path string) bool { _, err := os.Lstat(path); return err == nil }
