package front

import (
	"encoding/json"

	"flowbook/notebooks/kernel/internal/gotext"
	"flowbook/notebooks/kernel/internal/wire"
)

// request does what a client asks for on one of its channels.
func (f *front) request(c *wire.Channel, m *wire.Message) {
	content := m.Fields()
	switch m.Type {
	case "execute_request":
		f.execute(m)
	case "complete_request", "inspect_request":
		f.beside.forward(c, m)
	case "interrupt_request":
		f.interrupt()
		f.answer(c, m, "interrupt_reply", map[string]any{"status": "ok"})
	case "shutdown_request":
		f.shutDown(c, m)
	case "kernel_info_request":
		f.whenReady(func() { f.answer(c, m, "kernel_info_reply", f.info()) })
	case "is_complete_request":
		code, _ := content["code"].(string)
		status, indent := gotext.Completeness(code)
		reply := map[string]any{"status": status}
		if status == "incomplete" {
			reply["indent"] = indent
		}
		f.answer(c, m, "is_complete_reply", reply)
	case "history_request":
		f.answer(c, m, "history_reply", map[string]any{"status": "ok", "history": f.history(content)})
	case "comm_info_request":
		f.answer(c, m, "comm_info_reply", map[string]any{"status": "ok", "comms": f.commInfo(content)})
	default: // messages of widgets, and what is not known here
		f.noteComm(m)
		f.whenReady(func() {
			f.status(m, "busy")
			if f.broken == nil {
				f.send(f.runner.client.Shell, m)
			}
			f.idle(m)
		})
	}
}

// answer answers a request beside the cells. A client takes it for answered when it has both the reply and the idle.
func (f *front) answer(c *wire.Channel, m *wire.Message, msgType string, content any) {
	f.status(m, "busy")
	f.send(c, wire.New(msgType, m, content))
	f.idle(m)
}

// idle says that a request beside the cells is done with, and then, if one runs, that the kernel is busy still.
func (f *front) idle(m *wire.Message) {
	f.status(m, "idle")
	if r := f.running; r != nil { // a failed one too whose answer is held back: what is sent now would be aborted with it
		f.status(r.request, "busy")
	}
}

// info is what GoNB says of itself, with what others need to show Go as Go: the name of its lexer, its mode of an editor.
func (f *front) info() map[string]any {
	info := map[string]any{}
	if f.broken == nil {
		_ = json.Unmarshal(f.runner.info, &info)
	} else {
		info["protocol_version"], info["implementation"], info["implementation_version"], info["banner"] = "5.3", "flowbook", "", f.broken.Error()
	}
	language, _ := info["language_info"].(map[string]any)
	if language == nil {
		language = map[string]any{"name": "go"}
	}
	language["pygments_lexer"], language["codemirror_mode"], language["nbconvert_exporter"] = "go", "go", "script"
	language["file_extension"], language["mimetype"] = ".go", "text/x-go"
	info["language_info"], info["status"] = language, "ok"
	return info
}

// noteComm keeps account of the comms that are open, from either side.
func (f *front) noteComm(m *wire.Message) {
	switch m.Type {
	case "comm_open", "comm_close":
	default:
		return
	}
	content := m.Fields()
	id, _ := content["comm_id"].(string)
	target, _ := content["target_name"].(string)
	if m.Type == "comm_close" {
		delete(f.comms, id)
	} else {
		f.comms[id] = target
	}
}

// commInfo lists the open comms, of one target if the request names one.
func (f *front) commInfo(request map[string]any) map[string]any {
	wanted, _ := request["target_name"].(string)
	open := map[string]any{}
	for id, target := range f.comms {
		if wanted == "" || target == wanted {
			open[id] = map[string]any{"target_name": target}
		}
	}
	return open
}
