package front

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"flowbook/notebooks/kernel/internal/gotext"
	"flowbook/notebooks/kernel/internal/wire"
)

// beside is the second GoNB, which answers completion and help while the first runs a cell. It is told of every cell that
// has run, and with the programs of Config.Beside it builds and runs nothing of it.
type beside struct {
	front *front
	ctx   context.Context
	gonb  *gonb // nil when it has ended; the next question starts it anew

	learned []string // what to tell it
	asked   map[string]question
	waiting []question // for gopls, which reads the module first
	warm    bool
	warming time.Time
}

// question is a request under way.
type question struct {
	channel *wire.Channel
	request *wire.Message
	escaped *gotext.Escaped
}

const (
	// patienceForGopls is how long questions wait for gopls to have read the module.
	patienceForGopls = 5 * time.Minute
	// patienceForAnswer is how long one waits then: JupyterLab itself gives up sooner.
	patienceForAnswer = 30 * time.Second
)

func newBeside(ctx context.Context, f *front) *beside {
	return &beside{front: f, ctx: ctx, asked: map[string]question{}}
}

// start starts the second GoNB, if none runs and one can.
func (b *beside) start() {
	f := b.front
	if b.gonb != nil || f.config.Beside == "" || f.ending || f.broken != nil || b.lacks() != nil {
		return
	}
	path := "PATH=" + f.config.Beside + string(os.PathListSeparator) + os.Getenv("PATH")
	// The project comes into its module by the `go` of Config.Beside.
	command := slices.DeleteFunc(slices.Clone(f.config.GoNB), func(word string) bool { return strings.HasPrefix(word, goWork) })
	g, err := f.start(b.ctx, command, fmt.Sprintf("help-%d", time.Now().UnixNano()%1e6), []string{path})
	if err != nil {
		f.log(err)
		return
	}
	b.gonb, b.warm, b.warming = g, false, time.Now()
	g.shell = b.answer
	g.whenReady = func() {
		for _, code := range b.learned {
			g.execute(code, func() {})
		}
		b.warmUp()
	}
	g.died = func() {
		if b.gonb == g {
			b.gonb = nil
			b.refuse()
		}
	}
}

// lacks tells whether gopls is not there: on a new machine set-up builds it in the background.
func (b *beside) lacks() error {
	if _, err := exec.LookPath(filepath.Join(b.front.config.Home, "gopls", "gopls")); err != nil {
		return fmt.Errorf("gopls is not there yet; `make lab` builds it in the background and says how it goes in log/ahead.log of its state folder: %w", err)
	}
	return nil
}

// warmUp asks for names of the library until some come: then gopls has read the module, which takes it seconds.
func (b *beside) warmUp() {
	g := b.gonb
	if g == nil || b.warm {
		return
	}
	const code = "import \"flowbook/realnvp\"\n\n%%\nrealnvp."
	g.ask("complete_request", map[string]any{"code": code, "cursor_pos": len(code)}, func(m *wire.Message) {
		matches, _ := m.Fields()["matches"].([]any)
		if len(matches) == 0 && time.Since(b.warming) < patienceForGopls {
			b.front.after(300*time.Millisecond, b.warmUp)
			return
		}
		b.warm = true
		b.front.log(fmt.Errorf("gopls answers after %.1f s", time.Since(b.warming).Seconds()))
		waiting := b.waiting
		b.waiting = nil
		for _, q := range waiting {
			b.put(q)
		}
	})
}

// learn takes in a cell that has run.
func (b *beside) learn(code string) {
	if code = gotext.Definitions(code); code == "" {
		return
	}
	b.learned = append(b.learned, code)
	if b.gonb != nil && b.gonb.isReady {
		b.gonb.execute(code, func() {})
	}
}

// forward takes a question of a client's.
func (b *beside) forward(c *wire.Channel, m *wire.Message) {
	b.replaceDeaf()
	b.start()
	content := m.Fields()
	code, _ := content["code"].(string)
	cursor, _ := content["cursor_pos"].(float64)
	q := question{channel: c, escaped: gotext.Escape(code)}
	cursor = min(max(cursor, 0), float64(gotext.Units(code)))
	content["code"], content["cursor_pos"] = q.escaped.Code, q.escaped.Cursor(int(cursor))
	if _, ok := content["detail_level"].(float64); !ok {
		content["detail_level"] = 0
	}
	copied := *m
	copied.Set(content)
	q.request = &copied
	switch {
	case b.gonb == nil || strings.TrimSpace(code) == "":
		b.empty(q)
	case !b.warm:
		b.waiting = append(b.waiting, q)
	default:
		b.put(q)
	}
}

// replaceDeaf ends a second GoNB whose gopls has ended: it starts no other one.
func (b *beside) replaceDeaf() {
	g := b.gonb
	if g == nil || !b.warm || slices.ContainsFunc(processes()[g.pid()], func(p process) bool { return p.name == "gopls" && !p.ended }) {
		return
	}
	b.front.log(fmt.Errorf("gopls has ended; completion starts anew"))
	b.gonb = nil
	b.refuse()
	_ = g.cmd.Process.Kill()
}

// put asks GoNB, which at odd places has no answer for minutes, or none.
func (b *beside) put(q question) {
	b.asked[q.request.ID] = q
	b.front.after(patienceForAnswer, func() {
		if q, ok := b.asked[q.request.ID]; ok {
			delete(b.asked, q.request.ID)
			b.empty(q)
		}
	})
	b.front.send(b.gonb.client.Shell, q.request)
}

// answer passes an answer on, with places in the cell as its reader sees it.
func (b *beside) answer(m *wire.Message) {
	q, ok := b.asked[m.Parent.ID]
	if !ok {
		return
	}
	delete(b.asked, m.Parent.ID)
	content := m.Fields()
	for _, name := range []string{"cursor_start", "cursor_end"} {
		if at, ok := content[name].(float64); ok {
			content[name] = q.escaped.Original(int(at))
		}
	}
	b.front.answer(q.channel, q.request, m.Type, content)
}

// refuse answers everything under way with nothing: there is nobody to ask.
func (b *beside) refuse() {
	for id, q := range b.asked {
		delete(b.asked, id)
		b.empty(q)
	}
	for _, q := range b.waiting {
		b.empty(q)
	}
	b.waiting = nil
}

func (b *beside) empty(q question) {
	cursor, _ := q.request.Fields()["cursor_pos"].(float64)
	at := q.escaped.Original(int(cursor))
	msgType, content := "complete_reply", map[string]any{"status": "ok", "matches": []string{}, "cursor_start": at, "cursor_end": at, "metadata": map[string]any{}}
	if q.request.Type == "inspect_request" {
		msgType, content = "inspect_reply", map[string]any{"status": "ok", "found": false, "data": map[string]any{}, "metadata": map[string]any{}}
		if err := b.lacks(); err != nil {
			content["found"], content["data"] = true, map[string]any{"text/plain": err.Error()}
		}
	}
	b.front.answer(q.channel, q.request, msgType, content)
}
