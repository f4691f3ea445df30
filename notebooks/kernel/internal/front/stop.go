package front

import (
	"syscall"
	"time"

	"flowbook/notebooks/kernel/internal/wire"
)

// stop is how far the stopping of a cell has come.
type stop struct {
	asked int          // how often the reader asked for it
	told  map[int]bool // who has had the interrupt
	since time.Time
	said  bool
}

const (
	// heed is when a cell that has not stopped is said to go on, and what to do.
	heed = 10 * time.Second
	// give is when it is killed without being asked again.
	give = time.Minute
)

// interrupt stops the running cell: every program that runs for it gets the interrupt, the compiler and the programs that a
// program started among them. Asked again, it kills them.
func (f *front) interrupt() {
	r := f.running
	if r == nil {
		return
	}
	r.stop.asked++
	if r.stop.asked == 1 {
		f.folder.markStopped()
		r.stop.since, r.stop.told = time.Now(), map[int]bool{}
		f.sweep(r)
		return
	}
	f.signal(syscall.SIGKILL, r.before, nil)
}

// asked takes a question of the running cell's to its reader. One that nobody can be asked is stopped: it would wait for ever.
func (f *front) asked(m *wire.Message) {
	r := f.running
	if r == nil || r.answers {
		f.send(f.server.Stdin, m)
		return
	}
	if r.stop.asked == 0 {
		f.publish(r.request, "stream", map[string]any{"name": "stderr", "text": "The cell asks for input, and who runs it takes no questions (allow_stdin is false).\n"})
		f.interrupt()
	}
}

// sweep goes on until the cell has ended: what it starts after the stop is stopped too.
func (f *front) sweep(r *running) {
	if f.running != r || r.idle != nil {
		return
	}
	f.signal(syscall.SIGINT, r.before, r.stop.told)
	switch since := time.Since(r.stop.since); {
	case since > give:
		f.signal(syscall.SIGKILL, r.before, nil)
	case since > heed && !r.stop.said:
		r.stop.said = true
		f.publish(r.request, "stream", map[string]any{"name": "stderr",
			"text": "The cell has not stopped yet: it may be at the end of a long step. Stop again ends it at once, without its last checkpoint; else it is ended after a minute.\n"})
	}
	f.after(50*time.Millisecond, func() { f.sweep(r) })
}

// signal sends a signal to every process of the cells that has not had it yet, save some and what they started. One that
// ignores interrupts, as what a shell has in the background, is told to end in another way.
func (f *front) signal(s syscall.Signal, save, told map[int]bool) {
	for _, pid := range f.cellProcesses(save) {
		if !told[pid] {
			_ = syscall.Kill(pid, s)
			if s == syscall.SIGINT && ignoresInterrupts(pid) {
				_ = syscall.Kill(pid, syscall.SIGTERM)
			}
		}
		if told != nil {
			told[pid] = true
		}
	}
}

// shutDown ends the kernel because a client asks for it.
func (f *front) shutDown(c *wire.Channel, m *wire.Message) {
	restart, _ := m.Fields()["restart"].(bool)
	content := map[string]any{"status": "ok", "restart": restart}
	f.status(m, "busy")
	f.send(c, wire.New("shutdown_reply", m, content))
	f.publish(m, "shutdown_reply", content)
	f.status(m, "idle")
	f.end(0)
}

// patience is how long a cell that is interrupted because its kernel ends may take: for a training's checkpoint. Jupyter
// itself kills a kernel after five seconds.
const patience = 4 * time.Second

// end ends the cell, GoNB and all that they left running, and then the kernel.
func (f *front) end(code int) {
	if f.ending {
		return
	}
	f.ending = true
	f.abort()
	if f.running == nil {
		f.signal(syscall.SIGINT, nil, nil) // what earlier cells left running
	} else {
		f.running.before = nil
		if f.running.stop.asked == 0 { // a second interrupt would cost a training its checkpoint
			f.interrupt()
		}
	}
	begin := time.Now()
	var wait func()
	wait = func() {
		if (f.running != nil || len(f.cellProcesses(nil)) > 0) && time.Since(begin) < patience {
			f.after(50*time.Millisecond, wait)
			return
		}
		f.signal(syscall.SIGKILL, nil, nil)
		f.giveUp("stopped", "the kernel has ended")
		f.runner.end()
		f.beside.gonb.end()
		f.finally(code, time.Now())
	}
	wait()
}

// giveUp answers the running cell in GoNB's place, which will not.
func (f *front) giveUp(name, value string) {
	r := f.running
	if r == nil {
		return
	}
	f.running = nil
	f.send(f.server.Shell, wire.New("execute_reply", r.request, map[string]any{"status": "error", "ename": name, "evalue": value, "traceback": []string{value}}))
	f.status(r.request, "idle")
}

// finally waits a moment for GoNB to clear up, and kills what is left.
func (f *front) finally(code int, begin time.Time) {
	f.reap()
	if len(f.descendants()) > 0 && time.Since(begin) < time.Second {
		f.after(20*time.Millisecond, func() { f.finally(code, begin) })
		return
	}
	for _, pid := range f.descendants() {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
	f.done <- code
}
