package serve

import (
	"bytes"
	"crypto/subtle"
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"path"
	"strings"
	"time"

	"flowbook/journal"
	"flowbook/journal/export"
	"flowbook/journal/query"
)

//go:embed live.js
var script string

// A handler answers for one journal.
type handler struct {
	j      *journal.Journal
	o      Options
	port   int
	cookie string
}

// Rows and cards are how many runs the page has in its table, and whole: a page of thousands would take seconds.
const (
	rows  = 500
	cards = 30
)

// Handler answers what [Serve] serves, for requests to 127.0.0.1 or localhost at the port unless the options name another host or a path:
//
//	/            the page of the newest runs; ?where= filters them, ?run= shows one
//	/run/ID      one run of it
//	/figure/…    the bytes of a figure
//	/events      what changes, as server-sent events
func Handler(j *journal.Journal, o Options, port int) http.Handler {
	if o.Every <= 0 {
		o.Every = time.Second
	}
	h := &handler{j: j, o: o, port: port, cookie: fmt.Sprintf("flowbook-journal-%d", port)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", h.page)
	mux.HandleFunc("GET /run/{id}", h.run)
	mux.HandleFunc("GET /figure/{name}", h.figure)
	mux.HandleFunc("GET /events", h.events)
	if base := basePath(o.BasePath); base != "" {
		bare := http.Handler(mux)
		strip := http.StripPrefix(base, bare)
		return h.guard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, base+"/") {
				strip.ServeHTTP(w, r)
				return
			}
			bare.ServeHTTP(w, r)
		}))
	}
	return h.guard(mux)
}

// anyHost tells that the names by which the server is called are not known.
func (h *handler) anyHost() bool {
	return h.o.BasePath != "" || h.o.Host != "" && h.o.Host != local && h.o.Host != "localhost"
}

// guard lets through who has the token. The address with the token sets a cookie and leads on to the page, so that the token does not
// stand in the browser's address bar.
func (h *handler) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		head := w.Header()
		head.Set("Cache-Control", "no-store")
		head.Set("Referrer-Policy", "no-referrer")
		head.Set("X-Content-Type-Options", "nosniff")
		head.Set("X-Frame-Options", "DENY")
		head.Set("Cross-Origin-Resource-Policy", "same-origin")
		if !h.anyHost() && r.Host != fmt.Sprintf("127.0.0.1:%d", h.port) && r.Host != fmt.Sprintf("localhost:%d", h.port) {
			http.Error(w, "journal: this server answers for 127.0.0.1 only", http.StatusForbidden)
			return
		}
		if given := r.URL.Query().Get("token"); given != "" && h.knows(given) {
			http.SetCookie(w, &http.Cookie{Name: h.cookie, Value: h.o.Token, Path: escaped(h.o.BasePath) + "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
			rest := r.URL.Query()
			rest.Del("token")
			to := "./"
			if at := path.Base(r.URL.Path); !strings.HasSuffix(r.URL.Path, "/") {
				to += at
			}
			if len(rest) > 0 {
				to += "?" + rest.Encode()
			}
			head.Set("Location", to) // as it is: behind a proxy the path is not the one that the browser knows
			w.WriteHeader(http.StatusSeeOther)
			return
		}
		if c, err := r.Cookie(h.cookie); err != nil || !h.knows(c.Value) {
			http.Error(w, "journal: open the address that journal serve printed; it holds the token", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (h *handler) knows(token string) bool {
	return subtle.ConstantTimeCompare([]byte(token), []byte(h.o.Token)) == 1
}

func (h *handler) options() export.Options {
	return export.Options{Title: h.o.Title, Query: h.o.Query, Script: template.JS(script), FigureURL: figureURL, Rows: rows, Cards: cards,
		RunURL: func(id string) string { return "./?run=" + id }}
}

func (h *handler) page(w http.ResponseWriter, r *http.Request) {
	o := h.options()
	if id := r.FormValue("run"); id != "" {
		if err := h.j.Has(r.Context(), id); err != nil {
			fail(w, err)
			return
		}
		o.Query = journal.Query{Where: "id='" + id + "'"}
	} else if o.Where = strings.TrimSpace(r.FormValue("where")); o.Where != "" {
		if _, err := query.ParseFilter(o.Where); err != nil {
			fail(w, err)
			return
		}
		if o.Query.Where == "" {
			o.Query.Where = o.Where
		} else {
			o.Query.Where = "(" + o.Query.Where + ") and (" + o.Where + ")"
		}
	}
	h.html(w, func(b *bytes.Buffer) error { return export.HTML(r.Context(), h.j, b, o) })
}

func (h *handler) run(w http.ResponseWriter, r *http.Request) {
	h.html(w, func(b *bytes.Buffer) error { return export.Run(r.Context(), h.j, b, r.PathValue("id"), h.options()) })
}

// html answers whole or with an error.
func (h *handler) html(w http.ResponseWriter, write func(*bytes.Buffer) error) {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		fail(w, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(b.Bytes()) // the reader may have gone
}

func fail(w http.ResponseWriter, err error) {
	code := http.StatusInternalServerError
	if errors.Is(err, journal.ErrNotFound) || errors.Is(err, journal.ErrAmbiguous) {
		code = http.StatusNotFound
	} else if errors.Is(err, journal.ErrInvalid) {
		code = http.StatusBadRequest
	}
	http.Error(w, err.Error(), code)
}

// imageTypes are the figures a browser shows by their address, by the ending it has.
var imageTypes = map[string]string{"png": "image/png", "jpg": "image/jpeg", "gif": "image/gif", "webp": "image/webp", "svg": "image/svg+xml", "avif": "image/avif"}

func figureURL(a journal.Artifact) string {
	for ending, mime := range imageTypes {
		if mime == a.MIME {
			return "figure/" + a.Digest + "." + ending
		}
	}
	return "figure/" + a.Digest + ".png"
}

func (h *handler) figure(w http.ResponseWriter, r *http.Request) {
	digest, ending, _ := strings.Cut(r.PathValue("name"), ".")
	mime, ok := imageTypes[ending]
	if !ok || len(digest) != 64 || strings.Trim(digest, "0123456789abcdef") != "" {
		http.NotFound(w, r)
		return
	}
	data, err := h.j.ReadArtifact(r.Context(), digest)
	if err != nil {
		fail(w, err)
		return
	}
	head := w.Header()
	head.Set("Content-Type", mime)
	head.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox") // an SVG opened by itself runs nothing
	head.Set("Cache-Control", "private, max-age=31536000, immutable")
	_, _ = w.Write(data)
}
