package main

import (
	"strings"
	"testing"

	"flowbook/notebooks/kernel/internal/wire"
)

// Every request has an answer.
func TestEveryRequestHasAnAnswer(t *testing.T) {
	t.Parallel()
	k := start(t)
	info := k.ask(k.client.Shell, "kernel_info_request", nil).Fields()["language_info"].(map[string]any)
	if info["pygments_lexer"] != "go" || info["file_extension"] != ".go" || info["codemirror_mode"] != "go" {
		t.Errorf("the language is %v", info)
	}
	k.ok("%%\nfmt.Println(1)")
	k.ok("%%\nfmt.Println(1)")
	for _, c := range []struct {
		request string
		content map[string]any
		want    string
	}{
		{"is_complete_request", map[string]any{"code": "func f() {"}, `"status":"incomplete"`},
		{"is_complete_request", map[string]any{"code": "%%\nf()"}, `"status":"complete"`},
		{"is_complete_request", map[string]any{"code": "%%\nf())"}, `"status":"invalid"`},
		{"history_request", map[string]any{"hist_access_type": "tail", "n": 1}, `"history":[[0,2,"%%\nfmt.Println(1)"]]`},
		{"history_request", map[string]any{"hist_access_type": "range", "start": 1, "stop": 2, "output": true}, `[[0,1,["%%\nfmt.Println(1)",null]]]`},
		{"history_request", map[string]any{"hist_access_type": "search", "pattern": "*nothing*"}, `"history":[]`},
		{"history_request", map[string]any{"hist_access_type": "search", "pattern": "*Println(1)"}, `[[0,1,"%%\nfmt.Println(1)"],[0,2,"%%\nfmt.Println(1)"]]`},
		{"history_request", map[string]any{"hist_access_type": "search", "pattern": "*Println(1)", "unique": true}, `"history":[[0,2,"%%\nfmt.Println(1)"]]`},
		{"history_request", map[string]any{"hist_access_type": "range", "session": -1}, `"history":[]`},
		{"history_request", map[string]any{"hist_access_type": "tail", "n": 0}, `"history":[]`},
		{"comm_info_request", nil, `"comms":{}`},
	} {
		reply := k.ask(k.client.Shell, c.request, c.content)
		if !strings.Contains(string(reply.Content), c.want) {
			t.Errorf("%s %v: %s has no %s", c.request, c.content, reply.Content, c.want)
		}
	}
}

// JupyterLab takes a request for answered when it has both its reply and its idle, so each has both, also beside a running
// cell; after such an idle the kernel says again that the cell runs.
func TestEveryAnswerIsFollowedByItsIdle(t *testing.T) {
	t.Parallel()
	k := startAs(t, true)
	cell := k.execute("%%\nfmt.Println(\"runs\")\ntime.Sleep(time.Hour)")
	k.printed(cell, "runs")
	question := map[string]any{"code": "%%\nfmt.Print", "cursor_pos": 9, "detail_level": 0}
	for _, c := range []struct {
		request string
		content map[string]any
	}{
		{"complete_request", question}, {"inspect_request", question}, {"kernel_info_request", nil}, {"is_complete_request", question},
		{"history_request", nil}, {"comm_info_request", nil}, {"comm_msg", map[string]any{"comm_id": "none", "data": map[string]any{}}},
	} {
		request := k.send(k.client.Shell, c.request, c.content)
		if c.request != "comm_msg" { // which has no reply
			k.reply(request)
		}
		idle := k.find(limit, request, isStatus("idle"))
		if idle == nil {
			t.Errorf("%s has no idle", c.request)
			continue
		}
		if k.after(idle, cell, isStatus("busy")) == nil {
			t.Errorf("after the idle of a %s the kernel does not say that a cell runs", c.request)
		}
	}
	k.stop()
	k.result(cell)
	if k.find(limit, cell, isStatus("idle")) == nil {
		t.Error("the cell has no idle")
	}
}

func isStatus(state string) func(*wire.Message) bool {
	return func(m *wire.Message) bool { return m.Type == "status" && m.Fields()["execution_state"] == state }
}

// What a stopped training says to do can be done where it is said.
func TestJournalInACell(t *testing.T) {
	t.Parallel()
	k := start(t)
	if out := k.ok("!journal resume --help"); !strings.Contains(out, "journal resume") {
		t.Errorf("the command says %q", out)
	}
}
