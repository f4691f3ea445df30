package front

import (
	"encoding/json"
	"regexp"
	"strings"

	"flowbook/notebooks/kernel/internal/gotext"
	"flowbook/notebooks/kernel/internal/wire"
)

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
		if content["name"] == "stderr" && leftover.MatchString(text) {
			if r.escaped.HasGo {
				r.held = m
				return
			}
			if r.stop.asked > 0 { // of a command that was stopped, which the error says
				return
			}
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
	case r.unknown != "" && !ran && r.stop.asked == 0: // what Go then says of the lines behind it is of no use
		return unknownCommand(r.unknown)
	case r.stop.asked == 0:
		return gotext.Explain(report, r.number, f.cells)
	case ran:
		return gotext.Report{Name: "stopped", Value: "the cell was stopped", Traceback: []string{"stopped"}}
	}
	return gotext.Report{Name: "stopped", Value: "the cell was stopped before it ran", Traceback: []string{"stopped before it ran"}}
}

// unknown is what GoNB says of a command that it does not know, and then goes on.
var unknown = regexp.MustCompile(`^"(%.*)" unknown or not implemented yet\.$`)

func unknownCommand(command string) gotext.Report {
	text := command + " is no command: %help lists those that there are"
	return gotext.Report{Name: "unknown command", Value: text, Traceback: []string{text}}
}

// release passes on what might have been a leftover and is not: something follows it.
func (f *front) release(r *running) {
	if r.held != nil {
		f.send(f.server.IOPub, r.held)
		r.held = nil
	}
}
