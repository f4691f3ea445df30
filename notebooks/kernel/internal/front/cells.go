package front

import (
	"encoding/json"
	"fmt"
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
	answers     bool         // its reader can be asked
	before      map[int]bool // what earlier cells left running, which a stop of this one leaves alone

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
	r.before = map[int]bool{}
	for _, pid := range f.cellProcesses(nil) {
		r.before[pid] = true
	}
	f.handed++
	r.number = f.handed
	f.cells[r.number] = gotext.Cell{Name: name, Text: code}
	content["code"], content["store_history"] = r.escaped.Code, true // so that every cell has a number in GoNB
	handed := *m
	handed.Set(content)
	f.send(f.runner.client.Shell, &handed)
}

// byteOrderMark begins a text that comes from a file of Windows; within a Go file it is an error.
const byteOrderMark = "\ufeff"

// defaults fills in what a request may leave out and GoNB expects.
func (f *front) defaults(content map[string]any) map[string]any {
	code, _ := content["code"].(string)
	content["code"] = strings.TrimPrefix(code, byteOrderMark)
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
		f.fail(content, unknownCommand(r.unknown))
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
