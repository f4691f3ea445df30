package main

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"flowbook/notebooks/kernel/internal/wire"
)

// kernel is a kernel as Jupyter starts it, and a client that speaks to it.
type kernel struct {
	t      testing.TB
	cmd    *exec.Cmd
	client *wire.Client
	temp   string // its folder for temporary files

	mu       sync.Mutex
	arrived  *sync.Cond
	messages []*wire.Message
	exited   chan struct{}
}

// limit is how long a test waits for an answer, on a busy machine too.
const limit = 5 * time.Minute

// send sends a request and returns it.
func (k *kernel) send(c *wire.Channel, msgType string, content any) *wire.Message {
	k.t.Helper()
	if content == nil {
		content = map[string]any{}
	}
	m := wire.New(msgType, nil, content)
	if err := c.Send(m); err != nil {
		k.t.Fatal(err)
	}
	return m
}

// ask sends a request and waits for its answer.
func (k *kernel) ask(c *wire.Channel, msgType string, content any) *wire.Message {
	k.t.Helper()
	return k.reply(k.send(c, msgType, content))
}

// reply waits for the answer to a request.
func (k *kernel) reply(request *wire.Message) *wire.Message {
	k.t.Helper()
	want := strings.TrimSuffix(request.Type, "request") + "reply"
	m := k.find(limit, request, func(m *wire.Message) bool { return m.Type == want })
	if m == nil {
		k.t.Fatalf("no %s within %v", want, limit)
	}
	return m
}

// find waits for a message that answers a request, or belongs to it, and is what the test looks for; nil in time for none.
// For a request that came as an answer, what belongs to the same one is found.
func (k *kernel) find(wait time.Duration, request *wire.Message, fits func(*wire.Message) bool) *wire.Message {
	id := request.ID
	if request.Parent.ID != "" {
		id = request.Parent.ID
	}
	return k.first(wait, nil, func(m *wire.Message) bool { return m.Parent.ID == id && fits(m) })
}

// after waits for a message that belongs to a request, is what the test looks for, and arrives after another one.
func (k *kernel) after(earlier, request *wire.Message, fits func(*wire.Message) bool) *wire.Message {
	return k.first(limit, earlier, func(m *wire.Message) bool { return m.Parent.ID == request.ID && fits(m) })
}

// first waits for the first message that fits; with earlier, of those that arrive after it.
func (k *kernel) first(wait time.Duration, earlier *wire.Message, fits func(*wire.Message) bool) *wire.Message {
	over, open := false, earlier == nil
	timer := time.AfterFunc(wait, func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		over = true
		k.arrived.Broadcast()
	})
	defer timer.Stop()
	k.mu.Lock()
	defer k.mu.Unlock()
	for seen := 0; ; k.arrived.Wait() {
		for ; seen < len(k.messages); seen++ {
			m := k.messages[seen]
			if open && fits(m) {
				return m
			}
			open = open || m == earlier
		}
		if over {
			return nil
		}
	}
}

// execute sends a cell and does not wait for it.
func (k *kernel) execute(code string) *wire.Message {
	k.t.Helper()
	return k.send(k.client.Shell, "execute_request", map[string]any{"code": code, "silent": false, "store_history": true, "allow_stdin": false, "stop_on_error": true})
}

// result is what became of a cell.
type result struct {
	status         string
	count          float64
	stdout, stderr string
	err            struct {
		Name      string   `json:"ename"`
		Value     string   `json:"evalue"`
		Traceback []string `json:"traceback"`
	}
	shown []map[string]any // data of each display
	code  string           // as the kernel tells others what it runs
}

// result waits for a cell to end and gathers what it said.
func (k *kernel) result(request *wire.Message) (r result) {
	k.t.Helper()
	reply := k.reply(request)
	k.find(limit, request, func(m *wire.Message) bool { return m.Type == "status" && strings.Contains(string(m.Content), "idle") })
	fields := reply.Fields()
	r.status, _ = fields["status"].(string)
	r.count, _ = fields["execution_count"].(float64)
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, m := range k.messages {
		if m.Parent.ID != request.ID {
			continue
		}
		switch content := m.Fields(); m.Type {
		case "stream":
			if content["name"] == "stdout" {
				r.stdout += content["text"].(string)
			} else {
				r.stderr += content["text"].(string)
			}
		case "error":
			_ = json.Unmarshal(m.Content, &r.err)
		case "display_data", "update_display_data":
			r.shown = append(r.shown, content["data"].(map[string]any))
		case "execute_input":
			r.code, _ = content["code"].(string)
		}
	}
	return r
}

// run runs a cell to its end.
func (k *kernel) run(code string) result {
	k.t.Helper()
	return k.result(k.execute(code))
}

// ok runs a cell that must go well, and returns what it printed.
func (k *kernel) ok(code string) string {
	k.t.Helper()
	r := k.run(code)
	if r.status != "ok" {
		k.t.Fatalf("the cell\n%s\nis %q: %v\n%s", code, r.status, r.err, r.stderr)
	}
	return r.stdout
}

// printed waits until a cell has printed a text.
func (k *kernel) printed(request *wire.Message, text string) {
	k.t.Helper()
	all := ""
	if k.find(limit, request, func(m *wire.Message) bool {
		if m.Type == "stream" {
			all += fmt.Sprint(m.Fields()["text"])
		}
		return strings.Contains(all, text)
	}) == nil {
		k.t.Fatalf("the cell has not printed %q, but %q", text, all)
	}
}

// stop presses the stop button.
func (k *kernel) stop() { k.t.Helper(); k.ask(k.client.Control, "interrupt_request", nil) }
