package main

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"flowbook/notebooks/kernel/internal/wire"
)

// home is the folder of flowbook's state; without a set-up there the test is skipped, and says so.
func home(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("FLOWBOOK_HOME")
	if dir == "" {
		dir = "../../.flowbook"
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "stamps", "front")); err != nil {
		t.Skipf("no Jupyter kernel in %s: `make setup` installs it", dir)
	}
	return dir
}

// spec is what Jupyter reads of how to start the kernel.
type spec struct {
	Argv []string
	Env  map[string]string
}

// installed is the spec that set-up has written, with completion or without.
func installed(t testing.TB, completion bool) (s spec) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(home(t), "venv/share/jupyter/kernels/flowbook/kernel.json"))
	if err == nil {
		err = json.Unmarshal(text, &s)
	}
	if err != nil {
		t.Fatal(err)
	}
	if !completion {
		s.replace(filepath.Join(home(t), "kernel-bin", "beside"), "")
	}
	return s
}

// replace puts another text in the place of one, in every word of the command.
func (s spec) replace(old, other string) {
	for i, word := range s.Argv {
		s.Argv[i] = strings.ReplaceAll(word, old, other)
	}
}

// start starts a kernel as the kernel spec says, without completion, in a folder of the test's.
func start(t testing.TB) *kernel { t.Helper(); return startAs(t, false) }

// startAs starts a kernel, with completion or without. wrap, if any, is a command that it is run under.
func startAs(t testing.TB, completion bool, wrap ...string) *kernel {
	t.Helper()
	return installed(t, completion).start(t, newConnection(t), wrap...)
}

func newConnection(t testing.TB) wire.Connection {
	t.Helper()
	connection, err := wire.NewConnection()
	if err != nil {
		t.Fatal(err)
	}
	return connection
}

// start starts a kernel where its connection says, as Jupyter does when it starts one anew.
func (s spec) start(t testing.TB, connection wire.Connection, wrap ...string) *kernel {
	t.Helper()
	file := filepath.Join(t.TempDir(), "kernel-0123-abcd.json")
	if err := connection.Write(file); err != nil {
		t.Fatal(err)
	}
	k := &kernel{t: t, temp: t.TempDir(), exited: make(chan struct{})}
	k.arrived = sync.NewCond(&k.mu)
	s.replace("{connection_file}", file)
	argv := append(append([]string{}, wrap...), s.Argv...)
	k.cmd = exec.Command(argv[0], argv[1:]...)
	k.cmd.Dir = t.TempDir()
	k.cmd.Env = append(os.Environ(), "TMPDIR="+k.temp)
	for name, value := range s.Env {
		k.cmd.Env = append(k.cmd.Env, name+"="+strings.ReplaceAll(value, "${PATH}", os.Getenv("PATH")))
	}
	k.cmd.Stderr = os.Stderr
	k.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := k.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { k.cmd.Wait(); close(k.exited) }()
	t.Cleanup(k.end)
	client, err := wire.Dial(context.Background(), connection)
	if err != nil {
		t.Fatal(err)
	}
	k.client = client
	take := func(m *wire.Message) {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.messages = append(k.messages, m)
		k.arrived.Broadcast()
	}
	for _, c := range []*wire.Channel{k.client.Shell, k.client.Control, k.client.Stdin, k.client.IOPub} {
		go c.Receive(take, func(err error) { t.Error(err) })
	}
	for heard := false; !heard; { // the subscription takes its time
		info := k.ask(k.client.Shell, "kernel_info_request", nil)
		heard = k.find(200*time.Millisecond, info, func(m *wire.Message) bool { return m.Type == "status" }) != nil
	}
	return k
}

// end shuts the kernel down, if the test has not.
func (k *kernel) end() {
	select {
	case <-k.exited:
		return
	default:
	}
	if k.client != nil {
		_ = k.client.Control.Send(wire.New("shutdown_request", nil, map[string]any{"restart": false}))
	}
	select {
	case <-k.exited:
	case <-time.After(15 * time.Second):
		k.t.Error("the kernel does not end when it is asked to")
		for pid := range below(k.cmd.Process.Pid) {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
		_ = syscall.Kill(-k.cmd.Process.Pid, syscall.SIGKILL)
	}
	if k.client != nil {
		k.client.Close()
	}
}
