//go:build unix

package journal

import (
	"errors"
	"io"
	"os"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

var capturing atomic.Bool

// captureOutput copies what the process writes to file descriptors 1 and 2, C libraries included, to the run. The trace of a crash,
// which nobody would be left to copy, is also written to the true standard error.
func captureOutput(r *Run) (stop func(), err error) {
	if !capturing.CompareAndSwap(false, true) {
		return nil, errors.New("another run of this process captures it")
	}
	var undo []func()
	var copies sync.WaitGroup
	stop = func() {
		for _, u := range undo {
			u()
		}
		waitAtMost(&copies, 2*time.Second) // a child process may hold the pipe longer
		capturing.Store(false)
	}
	for stream := 1; stream <= 2; stream++ {
		u, err := captureOne(r, stream, &copies)
		if err != nil {
			stop()
			return nil, err
		}
		undo = append(undo, u)
	}
	return stop, nil
}

func waitAtMost(group *sync.WaitGroup, d time.Duration) {
	done := make(chan struct{})
	go func() { group.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(d):
	}
}

func captureOne(r *Run, stream int, copies *sync.WaitGroup) (undo func(), err error) {
	fd, err := unix.FcntlInt(uintptr(stream), unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return nil, err
	}
	screen := os.NewFile(uintptr(fd), "screen")
	out, in, err := os.Pipe()
	if err != nil {
		screen.Close()
		return nil, err
	}
	if err := unix.Dup2(int(in.Fd()), stream); err != nil {
		return nil, errors.Join(err, screen.Close(), out.Close(), in.Close())
	}
	in.Close()
	if stream == 2 {
		debug.SetCrashOutput(screen, debug.CrashOptions{})
	}
	restored := make(chan bool) // closed when the stream goes to the screen again
	copies.Add(1)
	go func() {
		defer copies.Done()
		buf := make([]byte, 32<<10)
		for {
			n, err := out.Read(buf)
			if n > 0 {
				screen.Write(buf[:n])
				r.output(byte(stream), buf[:n])
			}
			if err != nil {
				if err != io.EOF {
					r.output(2, []byte("output capture ended: "+err.Error()+"\n"))
				}
				out.Close()
				<-restored
				screen.Close()
				return
			}
		}
	}()
	return func() {
		if stream == 2 {
			debug.SetCrashOutput(nil, debug.CrashOptions{})
		}
		unix.Dup2(fd, stream) // so the pipe ends with its last writer; what is still in it is copied
		close(restored)
	}, nil
}
