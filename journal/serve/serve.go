// Package serve shows a journal as a live page on this machine: the page of [flowbook/journal/export], in which runs that train draw
// their curves as they go, by server-sent events.
//
// It listens on 127.0.0.1 unless it is told another address, and answers only those who have the token, which is in the address it prints:
// other users of the machine, or of the network, have not. On 127.0.0.1 a page elsewhere cannot reach it by a name of its own (DNS
// rebinding): requests for another host are refused. Elsewhere, and behind a proxy, the names it may be called by are not known, and the
// token alone decides. It speaks HTTP without encryption: on a network, an SSH tunnel or a proxy with TLS is the better way.
package serve

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"flowbook/journal"
)

// Options say how a journal is served; the zero value serves all of it on a free port.
type Options struct {
	// Host to listen on, 127.0.0.1 when empty; 0.0.0.0 is every network of the machine.
	Host string
	// Port to listen on; 0 takes a free one.
	Port int
	// BasePath is where a proxy shows the page, as /user/me/proxy/8080; with or without it in the requests that the proxy hands on.
	BasePath string
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
	if o.Host == "" {
		o.Host = local
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(o.Host, strconv.Itoa(o.Port)))
	if err != nil {
		return fmt.Errorf("serve: port %d of %s cannot be had; choose another, or 0 for a free one (%w)", o.Port, o.Host, err)
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
	ready(fmt.Sprintf("http://%s%s/?token=%s", net.JoinHostPort(shownHost(o.Host), strconv.Itoa(port)), escaped(o.BasePath), o.Token))
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

// local is the address that nobody else reaches.
const local = "127.0.0.1"

// shownHost is a host as a browser can open it: of every network, the machine's own name.
func shownHost(host string) string {
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		if name, err := os.Hostname(); err == nil {
			return name
		}
	}
	return host
}

// basePath is a path with a / before and none after it; "" for none.
func basePath(path string) string {
	if path = strings.Trim(path, "/"); path == "" {
		return ""
	}
	return "/" + path
}

// escaped is the base path as browsers write it.
func escaped(base string) string { return (&url.URL{Path: basePath(base)}).EscapedPath() }
