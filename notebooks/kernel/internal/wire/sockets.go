package wire

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"time"

	"github.com/go-zeromq/zmq4"
)

// Connection is what a connection file says: where a kernel listens, and its key.
type Connection struct {
	Transport string `json:"transport"`
	IP        string `json:"ip"`
	Shell     int    `json:"shell_port"`
	IOPub     int    `json:"iopub_port"`
	Stdin     int    `json:"stdin_port"`
	Control   int    `json:"control_port"`
	Heartbeat int    `json:"hb_port"`
	Scheme    string `json:"signature_scheme"`
	Key       string `json:"key"`
}

// ReadConnection reads a connection file.
func ReadConnection(path string) (c Connection, err error) {
	file, err := os.ReadFile(path)
	if err != nil {
		return c, fmt.Errorf("wire: no connection file: %w", err)
	}
	if err := json.Unmarshal(file, &c); err != nil {
		return c, fmt.Errorf("wire: connection file %s cannot be read: %w", path, err)
	}
	return c, nil
}

// NewConnection finds five free ports of this machine and makes a key. Whoever is to listen does so only later: until then
// another program may take a port. So they come from below those that a system gives to outgoing connections (32768 and up on
// Linux, 49152 on others), and at random, since another NewConnection looks in the same place.
func NewConnection() (Connection, error) {
	const lowest, highest, tries = 20000, 32000, 1000
	c := Connection{Transport: "tcp", IP: "127.0.0.1", Scheme: "hmac-sha256", Key: NewID()}
	ports := []*int{&c.Shell, &c.IOPub, &c.Stdin, &c.Control, &c.Heartbeat}
	var taken error
	for range tries {
		port := lowest + rand.IntN(highest-lowest)
		l, err := net.Listen("tcp", fmt.Sprintf("%s:%d", c.IP, port))
		if err != nil {
			taken = err
			continue
		}
		defer l.Close() // together at the end, so that no port comes twice
		*ports[0] = port
		if ports = ports[1:]; len(ports) == 0 {
			return c, nil
		}
	}
	return c, fmt.Errorf("wire: no free port between %d and %d: %w", lowest, highest, taken)
}

// Write writes the connection file, for its owner alone.
func (c Connection) Write(path string) error { return os.WriteFile(path, encode(c), 0o600) }

func (c Connection) address(port int) string {
	if c.Transport == "ipc" {
		return fmt.Sprintf("ipc://%s-%d", c.IP, port)
	}
	return fmt.Sprintf("tcp://%s:%d", c.IP, port)
}

// Channel is a socket that carries messages.
type Channel struct {
	key    Key
	socket zmq4.Socket
}

// Send sends a message.
func (c *Channel) Send(m *Message) error {
	return c.socket.SendMulti(zmq4.NewMsgFrom(c.key.Frames(m)...))
}

// Receive gives each message that arrives to the function, until the socket is closed. What is no message of this kernel's
// is given to unfit, and the next one is read.
func (c *Channel) Receive(take func(*Message), unfit func(error)) {
	for {
		raw, err := c.socket.Recv()
		if err != nil {
			return
		}
		m, err := c.key.Parse(raw.Frames)
		if err != nil {
			unfit(err)
			continue
		}
		take(m)
	}
}

// Server is a kernel's side of its sockets.
type Server struct{ Shell, Control, Stdin, IOPub *Channel }

// Serve listens where the connection says, and answers heartbeats.
func Serve(ctx context.Context, c Connection) (*Server, error) {
	key := Key(c.Key)
	s := &Server{
		Shell:   &Channel{key, zmq4.NewRouter(ctx)},
		Control: &Channel{key, zmq4.NewRouter(ctx)},
		Stdin:   &Channel{key, zmq4.NewRouter(ctx)},
		IOPub:   &Channel{key, zmq4.NewPub(ctx)},
	}
	beat := zmq4.NewRep(ctx)
	for _, l := range []struct {
		socket zmq4.Socket
		port   int
	}{{s.Shell.socket, c.Shell}, {s.Control.socket, c.Control}, {s.Stdin.socket, c.Stdin}, {s.IOPub.socket, c.IOPub}, {beat, c.Heartbeat}} {
		if err := l.socket.Listen(c.address(l.port)); err != nil {
			return nil, fmt.Errorf("wire: cannot serve: %w", err)
		}
	}
	go func() {
		for {
			m, err := beat.Recv()
			if err != nil {
				if ctx.Err() != nil {
					return
				}
				time.Sleep(50 * time.Millisecond) // the one who asked has gone
				continue
			}
			_ = beat.Send(m)
		}
	}()
	return s, nil
}

// Client is the other side: what a front-end holds of a kernel.
type Client struct{ Shell, Control, Stdin, IOPub *Channel }

// Dial connects to a kernel that listens, or soon will.
func Dial(ctx context.Context, c Connection) (*Client, error) {
	key, id := Key(c.Key), zmq4.WithID(zmq4.SocketIdentity("front-"+NewID()[:8]))
	// A kernel listens soon after its start; a busy machine takes its time to start one.
	often, long := zmq4.WithDialerRetry(10*time.Millisecond), zmq4.WithDialerMaxRetries(10_000)
	k := &Client{
		Shell:   &Channel{key, zmq4.NewDealer(ctx, id, often, long)},
		Control: &Channel{key, zmq4.NewDealer(ctx, id, often, long)},
		Stdin:   &Channel{key, zmq4.NewDealer(ctx, id, often, long)},
		IOPub:   &Channel{key, zmq4.NewSub(ctx, often, long)},
	}
	for _, d := range []struct {
		socket zmq4.Socket
		port   int
	}{{k.IOPub.socket, c.IOPub}, {k.Shell.socket, c.Shell}, {k.Control.socket, c.Control}, {k.Stdin.socket, c.Stdin}} {
		if err := d.socket.Dial(c.address(d.port)); err != nil {
			return nil, fmt.Errorf("wire: cannot connect: %w", err)
		}
	}
	return k, k.IOPub.socket.SetOption(zmq4.OptionSubscribe, "")
}

// Close closes the sockets.
func (k *Client) Close() {
	for _, c := range []*Channel{k.Shell, k.Control, k.Stdin, k.IOPub} {
		_ = c.socket.Close()
	}
}
