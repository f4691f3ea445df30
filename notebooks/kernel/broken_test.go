package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"flowbook/notebooks/kernel/internal/wire"
)

// While gopls is not there, which set-up builds in the background, completion offers nothing and help says why; cells run.
func TestAKernelWithoutGopls(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	if err := os.Symlink(filepath.Join(home(t), "kernel-bin"), filepath.Join(state, "kernel-bin")); err != nil {
		t.Fatal(err)
	}
	s := installed(t, true)
	s.Argv[3] = state
	k := s.start(t, newConnection(t))
	question := map[string]any{"code": "%%\nfmt.Print", "cursor_pos": 9, "detail_level": 0}
	if reply := k.ask(k.client.Shell, "complete_request", question); !strings.Contains(string(reply.Content), `"matches":[]`) {
		t.Errorf("completion says %s", reply.Content)
	}
	if reply := k.ask(k.client.Shell, "inspect_request", question); !strings.Contains(string(reply.Content), "ahead.log") {
		t.Errorf("help says %s", reply.Content)
	}
	if out := k.ok("%%\nfmt.Print(1)"); out != "1" {
		t.Errorf("a cell prints %q", out)
	}
}

// A kernel that lacks something of what set-up made, or the project, serves all the same, and each cell says what is not there
// and what to do.
func TestAKernelThatIsNotWholeSaysSo(t *testing.T) {
	t.Parallel()
	state := home(t)
	for _, c := range []struct {
		name  string
		lacks func(t *testing.T, s spec) (names string)
	}{
		{"project", func(t *testing.T, s spec) string {
			gone := filepath.Join(t.TempDir(), "moved away")
			s.Argv[len(s.Argv)-1] = "-go_work=" + gone
			return gone + "/go.mod"
		}},
		{"GoNB", func(t *testing.T, s spec) string {
			s.replace(filepath.Join(state, "bin", "gonb"), filepath.Join(state, "bin", "gonb-gone"))
			return "bin/gonb-gone"
		}},
		{"the kernel's programs", func(t *testing.T, s spec) string {
			s.Argv[3] = t.TempDir()
			return filepath.Join(s.Argv[3], "kernel-bin", "go")
		}},
		{"goimports", func(t *testing.T, s spec) string {
			path := strings.ReplaceAll(s.Env["PATH"], "${PATH}", os.Getenv("PATH"))
			s.Env["PATH"] = strings.Join(slices.DeleteFunc(filepath.SplitList(path), func(dir string) bool {
				_, err := os.Stat(filepath.Join(dir, "goimports"))
				return err == nil
			}), string(os.PathListSeparator))
			return "goimports"
		}},
		{"a GoNB that starts", func(t *testing.T, s spec) string {
			ends := filepath.Join(t.TempDir(), "gonb")
			if err := os.WriteFile(ends, []byte("#!/bin/sh\necho no kernel today >&2\nexit 1\n"), 0o755); err != nil {
				t.Fatal(err)
			}
			s.replace(filepath.Join(state, "bin", "gonb"), ends)
			return "no kernel today"
		}},
		{"a folder to write in", func(t *testing.T, s spec) string {
			file := filepath.Join(t.TempDir(), "a file")
			if err := os.WriteFile(file, nil, 0o644); err != nil {
				t.Fatal(err)
			}
			s.Argv[3] = file
			return file
		}},
		{"a Go that runs", func(t *testing.T, s spec) string {
			other := filepath.Join(t.TempDir(), "kernel-bin")
			if err := os.CopyFS(other, os.DirFS(filepath.Join(state, "kernel-bin"))); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(other, "go"), []byte("#!/bin/sh\nexec /usr/local/go-gone/bin/go\n"), 0o755); err != nil {
				t.Fatal(err)
			}
			s.Argv[3] = filepath.Dir(other)
			return "/usr/local/go-gone/bin/go"
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := installed(t, true)
			names := c.lacks(t, s)
			k := s.start(t, newConnection(t))
			first, second := k.execute("%%\nfmt.Println(1)"), k.execute("%%\nfmt.Println(2)")
			if r := k.result(first); r.status != "error" || !strings.Contains(r.err.Value, names) || !strings.Contains(strings.Join(r.err.Traceback, " "), "make lab") || r.code == "" {
				t.Errorf("the first cell is %+v; want an error that names %s", r, names)
			}
			if r := k.result(second); r.status != "aborted" {
				t.Errorf("the second cell is %+v", r)
			}
			k.stop()
			for _, request := range []string{"complete_request", "inspect_request"} {
				k.ask(k.client.Shell, request, map[string]any{"code": "%%\nfmt.Pr", "cursor_pos": 9})
			}
			comm := k.send(k.client.Shell, "comm_msg", map[string]any{"comm_id": "none"})
			if k.find(limit, comm, isStatus("idle")) == nil {
				t.Error("a comm_msg has no idle")
			}
			if err := k.client.Stdin.Send(wire.New("input_reply", nil, map[string]any{"value": "nobody asked"})); err != nil {
				t.Error(err)
			}
			if r := k.run("%%\nfmt.Println(3)"); r.status != "error" {
				t.Errorf("another cell is %+v", r)
			}
		})
	}
}
