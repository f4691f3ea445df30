package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

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

// gopls reads the module once before it answers, and of the project only what cells import: a go.work would have it read all.
func TestGoplsReadsOnceAndLittle(t *testing.T) {
	t.Parallel()
	s := installed(t, true)
	programs, asked := filepath.Join(t.TempDir(), "beside"), filepath.Join(t.TempDir(), "asked")
	if err := os.CopyFS(programs, os.DirFS(s.Argv[4])); err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf("#!/bin/sh\ncase \"$*\" in *-deps=true*) echo \"$*\" >>%q ;; esac\nexec %q \"$@\"\n", asked, filepath.Join(s.Argv[4], "go"))
	if err := os.WriteFile(filepath.Join(programs, "go"), []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	s.Argv[4] = programs
	k := s.start(t, newConnection(t))
	code := "import \"flowbook/realnvp\"\n\n%%\nrealnvp."
	for range 2 {
		if reply := k.ask(k.client.Shell, "complete_request", map[string]any{"code": code, "cursor_pos": len(code)}); !strings.Contains(string(reply.Content), "SampleConfig") {
			t.Errorf("completion says %s", reply.Content)
		}
	}
	out, err := os.ReadFile(asked)
	if err != nil {
		t.Fatal(err)
	}
	lists := strings.Split(strings.TrimSpace(string(out)), "\n")
	for _, list := range lists {
		_, patterns, _ := strings.Cut(list, " -- ")
		if len(lists) != 1 || strings.Count(patterns, "/...") != 1 || !strings.Contains(patterns, "/gonb_") {
			t.Errorf("gopls asks %d times what packages there are, for %s", len(lists), patterns)
		}
	}
}

// When gopls has ended, which may be for want of memory, the next question has another one started.
func TestGoplsComesAgain(t *testing.T) {
	t.Parallel()
	k := startAs(t, true)
	k.ok("type Flow struct{ Couplings int }\n\n%%\n")
	code := "%%\nFlow{}."
	for round := range 2 {
		reply := k.ask(k.client.Shell, "complete_request", map[string]any{"code": code, "cursor_pos": len(code)})
		if !strings.Contains(string(reply.Content), "Couplings") {
			t.Errorf("round %d: completion says %s", round, reply.Content)
		}
		for _, pid := range named(k.cmd.Process.Pid, "gopls") {
			_ = syscall.Kill(pid, syscall.SIGKILL)
			gone(t, pid, "gopls")
		}
	}
}

// BenchmarkFirstTab measures how long after the start of a kernel completion of a name of the library is there.
func BenchmarkFirstTab(b *testing.B) {
	for b.Loop() {
		k := startAs(b, true)
		tab(b, k)
		k.end()
	}
}

// tab asks for the names of the library.
func tab(b *testing.B, k *kernel) {
	code := "import \"flowbook/realnvp\"\n\n%%\nrealnvp."
	if reply := k.ask(k.client.Shell, "complete_request", map[string]any{"code": code, "cursor_pos": len(code)}); !strings.Contains(string(reply.Content), "SampleConfig") {
		b.Fatalf("completion says %s", reply.Content)
	}
}

// BenchmarkTabBesideARunningCell measures the same while a cell runs, when gopls has read the library.
func BenchmarkTabBesideARunningCell(b *testing.B) {
	k := startAs(b, true)
	cell := k.execute("%%\nfmt.Println(\"runs\")\ntime.Sleep(time.Hour)")
	k.printed(cell, "runs")
	tab(b, k)
	for b.Loop() {
		tab(b, k)
	}
	k.stop()
	k.result(cell)
}
