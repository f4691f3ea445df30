package cell

import (
	"encoding/gob"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"time"

	"github.com/janpfeifer/gonb/gonbui/protocol"
)

func init() { // the types that GoNB knows beside those of its protocol
	gob.Register(map[string]any{})
	gob.Register([]any{})
}

// display stands between the program's package gonbui and GoNB. GoNB drops what it has not read when the program ends, so
// the last picture may be lost; display asks at the end whether all has been read, and waits for the answer.
type display struct {
	toGoNB, fromGoNB string   // GoNB's named pipes; empty without GoNB
	out, back        *os.File // from the program, and to it
	theirs           []*os.File
	all              chan struct{} // closed when everything has been passed on

	mu      sync.Mutex
	encoder *gob.Encoder // to GoNB, once the program has shown something
	read    chan struct{}
}

const (
	// last is the number of the question that is asked at the end; gonbui counts its own from 0.
	last = -1
	// slow is how long GoNB may take to read what is on its way.
	slow = 10 * time.Second
)

// newDisplay gives a command pipes of its own in the place of GoNB's.
func newDisplay(cmd *exec.Cmd) (*display, error) {
	d := &display{toGoNB: os.Getenv(protocol.GONB_PIPE_ENV), fromGoNB: os.Getenv(protocol.GONB_PIPE_BACK_ENV), all: make(chan struct{}), read: make(chan struct{})}
	if d.toGoNB == "" || d.fromGoNB == "" {
		close(d.all)
		return d, nil
	}
	out, shows, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("no pipe for the cell's pictures: %w", err)
	}
	hears, back, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("no pipe for the cell's pictures: %w", err)
	}
	d.out, d.back, d.theirs = out, back, []*os.File{shows, hears}
	cmd.ExtraFiles = d.theirs
	cmd.Env = append(cmd.Environ(), protocol.GONB_PIPE_ENV+"=/dev/fd/3", protocol.GONB_PIPE_BACK_ENV+"=/dev/fd/4")
	return d, nil
}

// started passes on what the program shows, from now on.
func (d *display) started() {
	for _, f := range d.theirs {
		f.Close()
	}
	if d.out == nil {
		return
	}
	go func() {
		defer close(d.all)
		decoder := gob.NewDecoder(d.out)
		for {
			var shown protocol.DisplayData
			if decoder.Decode(&shown) != nil {
				return
			}
			if err := d.send(&shown); err != nil {
				fmt.Fprintln(os.Stderr, "what the cell shows does not reach the kernel:", err)
				return
			}
		}
	}()
}

// send passes one message on to GoNB.
func (d *display) send(m *protocol.DisplayData) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.encoder == nil {
		to, err := os.OpenFile(d.toGoNB, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		from, err := os.Open(d.fromGoNB)
		if err != nil {
			return err
		}
		d.encoder = gob.NewEncoder(to)
		go d.answers(from)
	}
	return d.encoder.Encode(m)
}

// answers passes on what GoNB says to the program, all but the answer to the last question.
func (d *display) answers(from *os.File) {
	decoder, encoder := gob.NewDecoder(from), gob.NewEncoder(d.back)
	for {
		var value protocol.CommValue
		if decoder.Decode(&value) != nil {
			return
		}
		if value.Address == protocol.GonbuiSyncAckAddress && value.Value == last {
			close(d.read)
			return
		}
		_ = encoder.Encode(&value) // a program that does not listen any more is no fault
	}
}

// finish waits, when the program has ended, until GoNB has read all that it showed.
func (d *display) finish() {
	select {
	case <-d.all:
	case <-time.After(time.Second): // something that the program left behind holds the pipe open
	}
	d.mu.Lock()
	shown := d.encoder != nil
	d.mu.Unlock()
	if !shown {
		return
	}
	question := protocol.CommValue{Address: protocol.GonbuiSyncAddress, Value: last}
	if d.send(&protocol.DisplayData{Data: map[protocol.MIMEType]any{protocol.MIMECommValue: question}}) != nil {
		return
	}
	select {
	case <-d.read:
	case <-time.After(slow):
		fmt.Fprintln(os.Stderr, "the kernel took no notice of what the cell showed: restart it")
	}
}
