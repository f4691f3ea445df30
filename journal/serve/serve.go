// Package serve shows a journal as a live page on this machine: the page of [flowbook/journal/export], in which runs that train draw
// their curves as they go, by server-sent events.
//
// It listens on 127.0.0.1 only, and answers only those who have the token, which is in the address it prints: other users of the
// machine have not. A page elsewhere cannot reach it by a name of its own (DNS rebinding): requests for another host are refused.
package serve

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"flowbook/journal"
)

// Options say how a journal is served; the zero value serves all of it on a free port.
type Options struct {
	// Port to listen on; 0 takes a free one.
	Port int
	// Title is the heading of the page.
	Title string
	// Query chooses the runs.
	Query journal.Query
	// Token is asked of everybody; a random one when empty.
	Token string
	// Every is how often the journal is looked at for news, 1 s when 0.
	Every time.Duration
}

// Serve listens, calls ready with the address to open, token in it, and serves until the context ends.
func Serve(ctx context.Context, j *journal.Journal, o Options, ready func(url string)) error {
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", o.Port))
	if err != nil {
		return fmt.Errorf("serve: port %d cannot be had; choose another, or 0 for a free one (%w)", o.Port, err)
	}
	if o.Token == "" {
		o.Token = rand.Text()
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	port := listener.Addr().(*net.TCPAddr).Port
	server := &http.Server{
		Handler:           Handler(j, o, port),
		ReadHeaderTimeout: 10 * time.Second,
		BaseContext:       func(net.Listener) context.Context { return ctx }, // its end also ends the streams of events
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	ready(fmt.Sprintf("http://127.0.0.1:%d/?token=%s", port, o.Token))
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	if err := server.Shutdown(limit); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return server.Close()
}
