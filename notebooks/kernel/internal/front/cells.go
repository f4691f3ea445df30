package front

import (
	"encoding/json"
	"regexp"
	"strings"
	"time"

	"flowbook/notebooks/kernel/internal/gotext"
	"flowbook/notebooks/kernel/internal/wire"
)

// running is the cell that GoNB runs now.
type running struct {
	request     *wire.Message
	code        string // as the reader wrote it
	number      int    // its execution count
	stopOnError bool
	silent      bool

	reply  *wire.Message
	idle   *wire.Message
	stop   stop
	failed bool // it has not compiled
}

// execute puts a cell into the queue.
func (f *front) execute(m *wire.Message) {
	f.queue = append(f.queue, m)
	if f.ending {
		f.abort()
	}
	f.next()
}

// next hands the next cell to GoNB, which has one at a time.
func (f *front) next() {
	if f.running != nil || f.ending || len(f.queue) == 0 || !f.isReady() {
		return
	}
	m := f.queue[0]
	f.queue = f.queue[1:]
	content := f.defaults(m.Fields())
	code := content["code"].(string)
	f.running = &running{request: m, code: code, stopOnError: content["stop_on_error"].(bool), silent: content["silent"].(bool)}
	if f.broken != nil {
		f.refuse(f.running)
		return
	}
	content["code"] = gotext.Escape(strings.ReplaceAll(code, "\r\n", "\n")).Code
	handed := *m
	handed.Set(content)
	f.send(f.runner.client.Shell, &handed)
}

// defaults fills in what a request may leave out and GoNB expects.
func (f *front) defaults(content map[string]any) map[string]any {
	if _, ok := content["code"].(string); !ok {
		content["code"] = ""
	}
	silent, _ := content["silent"].(bool)
	for name, value := range map[string]bool{"silent": false, "store_history": !silent, "allow_stdin": false, "stop_on_error": true} {
		if _, ok := content[name].(bool); !ok {
			content[name] = value
		}
	}
	if silent {
		content["store_history"] = false
	}
	return content
}

// replied takes an answer of GoNB's to a client's request.
func (f *front) replied(m *wire.Message) {
	if r := f.running; r != nil && m.Parent.ID == r.request.ID {
		r.reply = m
		f.finish()
		return
	}
	f.send(f.server.Shell, m)
}

// leftover is what GoNB itself says, besides its error, of a program that failed.
var leftover = regexp.MustCompile(`^(\^C\n)?(exit status \d+|signal: [a-z ]+)\n$`)

// published takes what GoNB publishes, and passes it on in the words that a reader wants.
func (f *front) published(m *wire.Message) {
	if len(m.Route) > 0 {
		m.Route = [][]byte{[]byte("kernel." + m.Type)} // GoNB names the client, to which nobody subscribes
	}
	r := f.running
	if r == nil || m.Parent.ID != r.request.ID {
		f.noteComm(m)
		f.send(f.server.IOPub, m)
		return
	}
	switch content := m.Fields(); m.Type {
	case "status":
		if content["execution_state"] == "idle" {
			r.idle = m
			f.finish()
			return
		}
	case "execute_input":
		if n, ok := content["execution_count"].(float64); ok {
			r.number = int(n)
		}
		f.cells[r.number] = r.code
		content["code"] = r.code
		m.Set(content)
	case "stream":
		text, _ := content["text"].(string)
		if content["name"] == "stderr" && leftover.MatchString(text) && !strings.HasPrefix(strings.TrimSpace(r.code), "!") {
			return
		}
		if clean := gotext.Clean(text); clean != text {
			content["text"] = clean
			m.Set(content)
		}
	case "error":
		m.Set(f.explain(m.Content))
	case "display_data":
		defer f.noteOrigin(r.request, m)
	}
	f.noteComm(m)
	f.send(f.server.IOPub, m)
}

// explain puts an error of the running cell into Go's words, and after a stop into ours.
func (f *front) explain(content json.RawMessage) gotext.Report {
	var report gotext.Report
	_ = json.Unmarshal(content, &report)
	r := f.running
	ran := strings.HasPrefix(report.Value, "exit status ") || strings.HasPrefix(report.Value, "signal: ")
	r.failed = !ran
	switch {
	case r.stop.asked == 0:
		return gotext.Explain(report, r.number, func(cell int) string { return f.cells[cell] })
	case ran:
		return gotext.Report{Name: "stopped", Value: "the cell was stopped", Traceback: []string{"stopped"}}
	}
	return gotext.Report{Name: "stopped", Value: "the cell was stopped before it ran", Traceback: []string{"stopped before it ran"}}
}

// linger is how long a failed cell's answer is held back, for the requests that are already on their way: those that come
// after the answer may have been sent because of it.
const linger = 20 * time.Millisecond

// finish ends the running cell when GoNB has both answered and said that it is idle.
func (f *front) finish() {
	r := f.running
	if r.reply == nil || r.idle == nil {
		return
	}
	content := r.reply.Fields()
	failed := content["status"] == "error"
	if failed {
		report := f.explain(r.reply.Content)
		content["ename"], content["evalue"], content["traceback"] = report.Name, report.Value, report.Traceback
		r.reply.Set(content)
	}
	end := func() {
		if !failed && r.stop.asked == 0 {
			f.noteChange(r)
		}
		f.send(f.server.Shell, r.reply)
		f.send(f.server.IOPub, r.idle)
		f.running = nil
		f.remember(r)
		if (failed || r.stop.asked > 0) && r.stopOnError {
			f.abort()
		}
		if !r.failed {
			f.beside.learn(r.code)
		}
		f.next()
	}
	if failed || r.stop.asked > 0 {
		f.after(linger, end)
		return
	}
	end()
}

// abort answers every cell that waits: it will not be run.
func (f *front) abort() {
	waiting := f.queue
	f.queue = nil
	for _, m := range waiting {
		f.status(m, "busy")
		reply := wire.New("execute_reply", m, map[string]any{"status": "aborted"})
		reply.Metadata = json.RawMessage(`{"status": "aborted"}`)
		f.send(f.server.Shell, reply)
		f.status(m, "idle")
	}
}
