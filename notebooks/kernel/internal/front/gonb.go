package front

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"flowbook/notebooks/kernel/internal/wire"
)

// gonb is a GoNB that runs, and the sockets to it.
type gonb struct {
	front  *front
	cmd    *exec.Cmd
	client *wire.Client

	info    json.RawMessage // what it said of itself
	heard   bool            // what it publishes arrives
	isReady bool
	own     map[string]func(*wire.Message) // our own requests, by ID: what to do with the answer

	whenReady, died     func()
	shell, iopub, stdin func(*wire.Message)
}

// start starts GoNB by a command, with its files in a folder of the kernel's named so, and variables set in its environment.
func (f *front) start(ctx context.Context, command []string, name string, variables []string) (*gonb, error) {
	nothing := func(*wire.Message) {}
	g := &gonb{front: f, own: map[string]func(*wire.Message){}, whenReady: func() {}, died: func() {}, shell: nothing, iopub: nothing, stdin: nothing}
	files := filepath.Join(f.folder.path, name)
	if err := os.MkdirAll(files, 0o755); err != nil {
		return nil, fmt.Errorf("no room for the kernel's files: %w", err)
	}
	connection, err := wire.NewConnection()
	if err != nil {
		return nil, err
	}
	path := filepath.Join(files, filepath.Base(f.config.Connection)) // GoNB reads the kernel's ID out of the name
	if err := connection.Write(path); err != nil {
		return nil, fmt.Errorf("no connection file for GoNB: %w", err)
	}
	g.cmd = exec.Command(command[0], append(command[1:len(command):len(command)], "--kernel", path, "-raw_error", "-logtostderr")...)
	g.cmd.Env = append(append(environment(os.Environ()), "TMPDIR="+files), variables...)
	g.cmd.Stderr = f.folder.log
	endWithUs(g.cmd)
	if err := g.cmd.Start(); err != nil {
		return nil, fmt.Errorf("GoNB cannot be started: %w", err)
	}
	go func() {
		err := g.cmd.Wait()
		f.do <- func() {
			f.log(fmt.Errorf("GoNB (%s) ended: %v", name, err))
			g.isReady = false
			g.died()
		}
	}()
	go func() {
		client, err := wire.Dial(ctx, connection)
		f.do <- func() {
			if err != nil {
				f.log(fmt.Errorf("GoNB (%s) does not answer: %w", name, err))
				_ = g.cmd.Process.Kill()
				return
			}
			g.client = client
			g.listen()
			g.greet()
		}
	}()
	return g, nil
}

func (g *gonb) listen() {
	take := func(c *wire.Channel, handle func(*wire.Message)) {
		go c.Receive(func(m *wire.Message) { g.front.do <- func() { handle(m) } }, g.front.log)
	}
	take(g.client.Shell, func(m *wire.Message) {
		if answer, ours := g.own[m.Parent.ID]; ours {
			answer(m)
			return
		}
		g.shell(m)
	})
	take(g.client.IOPub, func(m *wire.Message) {
		if _, ours := g.own[m.Parent.ID]; ours {
			g.heard = true
			return
		}
		g.iopub(m)
	})
	take(g.client.Stdin, func(m *wire.Message) { g.stdin(m) })
}

// greet asks GoNB who it is until both its answer and what it publishes have arrived: a subscription takes its time.
func (g *gonb) greet() {
	if g.info != nil && g.heard {
		g.settle()
		return
	}
	g.ask("kernel_info_request", map[string]any{}, func(m *wire.Message) { g.info = m.Content })
	g.front.after(30*time.Millisecond, g.greet)
}

// settle says what is the same for all notebooks: what cells import is in the project's go.mod, and nothing is fetched; a
// cell's program has no symbol table, which halves the time to link it.
func (g *gonb) settle() {
	g.execute("%noautoget\n%goflags -ldflags=-s", func() {
		g.isReady = true
		g.whenReady()
	})
}

// ask sends a request of our own.
func (g *gonb) ask(msgType string, content any, answer func(*wire.Message)) {
	m := wire.New(msgType, nil, content)
	m.Session = "front"
	g.own[m.ID] = answer
	g.front.send(g.client.Shell, m)
}

// execute runs a cell of our own, which nobody sees.
func (g *gonb) execute(code string, then func()) {
	g.ask("execute_request", map[string]any{"code": code, "silent": true, "store_history": false, "allow_stdin": false, "user_expressions": map[string]any{}},
		func(*wire.Message) { then() })
}

// end ends GoNB, if there is one, as it wants to be ended.
func (g *gonb) end() {
	if g != nil {
		_ = g.cmd.Process.Signal(syscall.SIGTERM)
	}
}

// pid is GoNB's process; 0 for none.
func (g *gonb) pid() int {
	if g == nil {
		return 0
	}
	return g.cmd.Process.Pid
}

// gonbDied tells of a GoNB that ended by itself, and ends the kernel: Jupyter starts it anew. Of one that has never answered
// the next would fare no better.
func (f *front) gonbDied() {
	if f.ending {
		return
	}
	if f.runner.info == nil {
		f.giveIn(fmt.Errorf("GoNB, which runs the cells, has ended before it answered; the end of its log:\n%s", f.folder.logTail()))
		return
	}
	if r := f.running; r != nil {
		text := "GoNB, which runs the cells, has ended. The kernel starts anew.\n" + f.folder.logTail()
		f.publish(r.request, "stream", map[string]any{"name": "stderr", "text": text + "\n"})
		f.giveUp("kernel died", "GoNB has ended")
		time.Sleep(100 * time.Millisecond) // for the messages to leave
	}
	f.end(1)
}
