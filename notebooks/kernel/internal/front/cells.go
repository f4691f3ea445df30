package front

import (
	"encoding/json"
	"fmt"
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
	escaped     *gotext.Escaped
	number      int  // GoNB's
	count       int  // the execution count that the reader sees
	counted     bool // it has a count of its own, and is in the history
	stopOnError bool
	silent      bool
	answers     bool // its reader can be asked

	held    *wire.Message // what may be a leftover
	reply   *wire.Message
	idle    *wire.Message
	stop    stop
	failed  bool   // it has not compiled
	unknown string // a command that GoNB does not know
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
	r := &running{request: m, code: code, escaped: gotext.Escape(strings.ReplaceAll(code, "\r\n", "\n")), counted: content["store_history"].(bool),
		stopOnError: content["stop_on_error"].(bool), silent: content["silent"].(bool), answers: content["allow_stdin"].(bool)}
	f.running = r
	name := "[ ]"
	if r.counted {
		f.count++
		name = fmt.Sprintf("[%d]", f.count)
	}
	r.count = f.count
	if f.broken != nil {
		f.refuse(gotext.Report{Name: "no kernel", Value: f.broken.Error(), Traceback: []string{"the kernel is not whole: " + f.broken.Error(), remedy(f.broken)}})
		return
	}
	if fault := r.escaped.Fault; fault != "" {
		fault = "cell " + name + ":" + fault
		f.refuse(gotext.Report{Name: "compile error", Value: fault, Traceback: []string{fault}})
		return
	}
	f.folder.unmarkStopped()
	f.handed++
	r.number = f.handed
	f.cells[r.number] = gotext.Cell{Name: name, Text: code}
	content["code"], content["store_history"] = r.escaped.Code, true // so that every cell has a number in GoNB
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
	if m.Type != "error" && m.Type != "status" {
		f.release(r)
	}
	switch content := m.Fields(); m.Type {
	case "status":
		if content["execution_state"] == "idle" {
			r.idle = m
			f.finish()
			return
		}
	case "execute_input":
		content["code"], content["execution_count"] = r.code, r.count
		m.Set(content)
	case "stream":
		text, _ := content["text"].(string)
		if clean := gotext.Clean(text, f.cells); clean != text {
			content["text"] = clean
			m.Set(content)
		}
		if found := unknown.FindStringSubmatch(text); content["name"] == "stderr" && found != nil && strings.Contains(r.code, found[1]) {
			r.unknown = found[1]
			return
		}
		if content["name"] == "stderr" && leftover.MatchString(text) && r.escaped.HasGo {
			r.held = m
			return
		}
	case "error":
		r.held = nil
		m.Set(f.explain(m.Content))
	case "execute_result":
		content["execution_count"] = r.count
		m.Set(content)
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
		return gotext.Explain(report, r.number, f.cells)
	case ran:
		return gotext.Report{Name: "stopped", Value: "the cell was stopped", Traceback: []string{"stopped"}}
	}
	return gotext.Report{Name: "stopped", Value: "the cell was stopped before it ran", Traceback: []string{"stopped before it ran"}}
}

// unknown is what GoNB says of a command that it does not know, and then goes on.
var unknown = regexp.MustCompile(`^"(%.*)" unknown or not implemented yet\.$`)

// release passes on what might have been a leftover and is not: something follows it.
func (f *front) release(r *running) {
	if r.held != nil {
		f.send(f.server.IOPub, r.held)
		r.held = nil
	}
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
	f.release(r)
	content := r.reply.Fields()
	failed := content["status"] == "error"
	switch {
	case failed:
		fail(content, f.explain(r.reply.Content))
	case r.stop.asked > 0 && !r.escaped.HasGo: // GoNB does not look at how a command ended
		failed = true
		f.fail(content, f.explain(json.RawMessage(`{"evalue": "exit status 130"}`)))
	case r.unknown != "":
		failed = true
		text := r.unknown + " is no command: %help lists those that there are"
		f.fail(content, gotext.Report{Name: "unknown command", Value: text, Traceback: []string{text}})
	}
	content["execution_count"] = r.count
	r.reply.Set(content)
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

// fail says that the running cell failed where GoNB has not, and makes its answer one of that.
func (f *front) fail(content map[string]any, report gotext.Report) {
	f.publish(f.running.request, "error", report)
	fail(content, report)
}

// fail makes an answer that of a cell that failed.
func fail(content map[string]any, report gotext.Report) {
	content["status"], content["ename"], content["evalue"], content["traceback"] = "error", report.Name, report.Value, report.Traceback
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
