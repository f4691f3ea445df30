// Package front is the process between Jupyter and GoNB, the Go kernel. It speaks Jupyter's protocol to both sides, passes
// everything through, and adds what Jupyter expects and GoNB leaves out: an error or a stop ends the queue, a stop ends
// what runs at once, also a compiler, nothing is left running when the server is gone, and every request has an answer.
//
// GoNB runs twice. The first runs the cells; the second, which builds nothing, is told of every cell that has run and
// answers completion and help beside a running one.
package front

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"flowbook/notebooks/kernel/internal/gotext"
	"flowbook/notebooks/kernel/internal/wire"
)

// Config says what to run and where.
type Config struct {
	// Connection is the connection file that Jupyter wrote.
	Connection string
	// GoNB is the command that starts GoNB, without its connection file.
	GoNB []string
	// Home is the folder of flowbook's state.
	Home string
	// Beside is a folder of programs that the second GoNB finds before others; empty for no second one, and no completion.
	Beside string
}

// front is one kernel. Its fields belong to the goroutine of Run: everything else reaches it through do.
type front struct {
	config Config
	server *wire.Server
	folder *folder
	do     chan func()
	done   chan int

	runner *gonb // nil where it could not be started
	beside *beside
	early  []func() // what waits until the runner is ready
	broken error    // why there is no runner

	queue   []*wire.Message // cells that wait
	running *running        // the cell that runs; nil for none
	cells   gotext.Cells    // the cells that were run
	count   int             // the execution count: how many cells were counted
	handed  int             // how many GoNB was given
	lines   []line          // the history
	comms   map[string]string
	program *program                     // what has run, to tell what is stale
	origins map[string]map[string]origin // what outputs come from, by experiment and display
	ending  bool

	survivor int // the process that clears up when this one is killed
}

// Run serves until the kernel is shut down or its parent is gone, and returns the exit code.
func Run(config Config) (int, error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	connection, err := wire.ReadConnection(config.Connection)
	if err != nil {
		return 1, err
	}
	f := &front{config: config, do: make(chan func(), 1000), done: make(chan int, 1), cells: gotext.Cells{}, comms: map[string]string{}, program: newProgram(), origins: map[string]map[string]origin{}}
	if f.server, err = wire.Serve(ctx, connection); err != nil {
		return 1, err
	}
	adoptOrphans()
	f.beside = newBeside(ctx, f)
	if err := f.run(ctx); err != nil {
		f.giveIn(err)
	}
	defer f.folder.remove()
	f.listen()
	f.watch(ctx)
	for {
		select {
		case act := <-f.do:
			act()
		case code := <-f.done:
			return code, nil
		}
	}
}

// run starts the GoNB that runs the cells. The error says what is missing.
func (f *front) run(ctx context.Context) (err error) {
	if f.folder, err = newFolder(f.config.Home); err != nil {
		return err
	}
	if err := f.config.missing(); err != nil {
		return err
	}
	if f.runner, err = f.start(ctx, f.config.GoNB, cells, nil); err != nil {
		return err
	}
	f.survivor = f.folder.survivor()
	f.runner.whenReady = f.ready
	f.runner.shell, f.runner.iopub = f.replied, f.published
	f.runner.stdin = f.asked
	f.runner.died = f.gonbDied
	return nil
}

// listen takes what clients send into the loop of Run.
func (f *front) listen() {
	take := func(c *wire.Channel, handle func(*wire.Message)) {
		go c.Receive(func(m *wire.Message) { f.do <- func() { handle(m) } }, func(err error) { f.log(err) })
	}
	take(f.server.Shell, func(m *wire.Message) { f.request(f.server.Shell, m) })
	take(f.server.Control, func(m *wire.Message) { f.request(f.server.Control, m) })
	take(f.server.Stdin, func(m *wire.Message) {
		if f.running != nil && f.broken == nil { // else nothing has asked
			value, _ := m.Fields()["value"].(string) // a reader who gives up may send none, of which GoNB would die
			m.Set(map[string]any{"status": "ok", "value": value})
			f.send(f.runner.client.Stdin, m)
		}
	})
}

// watch looks twice a second whether the server that started the kernel is still there, and clears away what has ended.
func (f *front) watch(ctx context.Context) {
	parent := os.Getppid()
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		<-ended
		f.do <- func() { f.end(0) }
	}()
	go func() {
		for ctx.Err() == nil {
			time.Sleep(500 * time.Millisecond)
			f.do <- func() {
				if os.Getppid() != parent {
					f.log(fmt.Errorf("the Jupyter server is gone"))
					f.end(0)
				}
				f.reap()
			}
		}
	}()
}

// ready comes when GoNB has answered for the first time, or will not.
func (f *front) ready() {
	for _, act := range f.early {
		act()
	}
	f.early = nil
	f.beside.start() // not before: both start at the cost of the first cell
	f.next()
}

func (f *front) isReady() bool { return f.broken != nil || f.runner.isReady }

// whenReady does something at once, or when GoNB is there.
func (f *front) whenReady(act func()) {
	if f.isReady() {
		act()
		return
	}
	f.early = append(f.early, act)
}

// after does something in the loop of Run, some time from now.
func (f *front) after(wait time.Duration, act func()) {
	time.AfterFunc(wait, func() { f.do <- act })
}

func (f *front) send(c *wire.Channel, m *wire.Message) {
	if err := c.Send(m); err != nil {
		f.log(fmt.Errorf("a %s was not delivered: %w", m.Type, err))
	}
}

// publish tells every client of something that belongs to a request.
func (f *front) publish(parent *wire.Message, msgType string, content any) {
	m := wire.New(msgType, parent, content)
	m.Route = [][]byte{[]byte("kernel." + msgType)}
	f.send(f.server.IOPub, m)
}

func (f *front) status(parent *wire.Message, state string) {
	f.publish(parent, "status", map[string]any{"execution_state": state})
}

// log writes a line into the kernel's log.
func (f *front) log(err error) {
	if f.folder == nil {
		return
	}
	fmt.Fprintf(f.folder.log, "%s flowbook kernel %d: %v\n", time.Now().Format(time.DateTime), os.Getpid(), err)
}
