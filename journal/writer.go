package journal

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	"flowbook/journal/internal/lock"
	"flowbook/journal/spool"
	"flowbook/journal/store"
)

// The writer's timing and bounds.
const (
	flushEvery = 400 * time.Millisecond // so that a record is in the database within a second
	beatEvery  = 10 * time.Second       // a sign of life when nothing is logged
	maxPending = 1 << 16                // records that may wait; then Log waits for the database
)

// A writer takes the records of a run and brings them to the database from a goroutine of its own.
type writer struct {
	j   *Journal
	run string
	log store.Log

	mu      sync.Mutex // guards what follows
	room    *sync.Cond // signalled after each flush
	spool   *spool.File
	seq     int64
	pending []spool.Record
	failed  error // of the last flush
	closed  bool

	flushing sync.Mutex     // one flush at a time
	spare    []spool.Record // the room of a batch that is in the database
	dropped  int            // spool files up to this number are in the database
	lastBeat time.Time
	quit     chan struct{}
	stopped  sync.WaitGroup
	release  func() // gives up the lock that says that this process lives
	wake     chan struct{}
}

func newWriter(j *Journal, run string, attempt int, log store.Log) *writer {
	w := &writer{j: j, run: run, log: log, quit: make(chan struct{}), wake: make(chan struct{}, 1), lastBeat: time.Now()}
	w.room = sync.NewCond(&w.mu)
	w.spool = spool.New(j.at.Spool, run, attempt)
	if err := os.MkdirAll(j.at.Spool, 0o755); err == nil {
		w.release, _ = lock.Hold(spool.LifeFile(j.at.Spool, run, attempt), j.self.String()) // without locks, signs of life must do
	}
	w.stopped.Add(1)
	go w.loop()
	return w
}

// put takes one record. It returns an error only when the record is not kept.
func (w *writer) put(r spool.Record) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.pending) >= maxPending && w.failed == nil && !w.closed {
		w.nudge()
		w.room.Wait()
	}
	if w.closed {
		return fmt.Errorf("journal: run %s: %w", w.run, ErrFinished)
	}
	if len(w.pending) >= maxPending {
		return fmt.Errorf("journal: run %s: step %d is not kept: %d records wait for the journal, which fails: %w", w.run, r.Step, len(w.pending), w.failed)
	}
	w.seq++
	r.Seq, r.At = w.seq, time.Now().UnixMicro()
	if err := w.spool.Append(&r); err != nil {
		w.seq--
		return fmt.Errorf("journal: run %s: step %d is not kept: %w", w.run, r.Step, w.j.store.Explain(asDiskError(err)))
	}
	w.pending = append(w.pending, r)
	return nil
}

func (w *writer) nudge() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

func (w *writer) loop() {
	defer w.stopped.Done()
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	for {
		select {
		case <-w.quit:
			return
		case <-tick.C:
		case <-w.wake:
		}
		w.report(w.flush(context.Background()))
	}
}

// report says on standard error when the database begins to fail and when it works again. It does not wait for standard error, which may
// be a pipe that waits for this writer.
func (w *writer) report(err error) {
	w.mu.Lock()
	before := w.failed
	w.failed = err
	w.room.Broadcast()
	w.mu.Unlock()
	if err != nil && before == nil {
		go fmt.Fprintf(os.Stderr, "run %s: steps wait in %s: %v\n", w.run, w.j.at.Spool, err)
	}
	if err == nil && before != nil {
		go fmt.Fprintf(os.Stderr, "run %s: the journal works again\n", w.run)
	}
}

// flush brings all records so far to the database. When that fails they stay pending, and in the spool.
func (w *writer) flush(ctx context.Context) error {
	w.flushing.Lock()
	defer w.flushing.Unlock()
	w.mu.Lock()
	batch, files := w.pending, 0
	if len(batch) > 0 {
		w.pending, w.spare = w.spare, nil
		files = w.spool.Rotate()
	}
	w.mu.Unlock()
	if len(batch) == 0 && time.Since(w.lastBeat) < beatEvery {
		return nil
	}
	var err error
	if len(batch) > 0 {
		err = w.log.Append(ctx, batch)
	} else {
		err = w.log.Beat(ctx)
	}
	if err != nil {
		w.mu.Lock()
		w.pending = append(batch, w.pending...)
		w.mu.Unlock()
		return err
	}
	w.lastBeat = time.Now()
	if len(batch) > 0 {
		w.spool.Drop(w.dropped+1, files)
		w.dropped = files
		clear(batch)
		w.spare = batch[:0]
	}
	w.mu.Lock()
	w.room.Broadcast()
	w.mu.Unlock()
	return nil
}

// close flushes and ends the writer. The spool stays when the last flush fails, for the next Open to bring in.
func (w *writer) close() error {
	w.mu.Lock()
	was := w.closed
	w.closed = true
	w.room.Broadcast()
	w.mu.Unlock()
	if was {
		return nil
	}
	close(w.quit)
	w.stopped.Wait()
	err := w.flush(context.Background())
	w.mu.Lock()
	w.spool.Close()
	w.mu.Unlock()
	if w.release != nil {
		w.release()
	}
	return err
}
