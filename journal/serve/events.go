package serve

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"flowbook/journal"
)

// news is what changed since the last event.
type news struct {
	Runs []string `json:"runs,omitempty"` // runs to be drawn anew
	Page bool     `json:"page,omitempty"` // runs or entries came, went or changed their text
}

// events streams news to one page until it goes.
func (h *handler) events(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	out := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	before, err := h.look(ctx)
	if err != nil {
		fail(w, err)
		return
	}
	// The page was written a moment before this stream began: what runs now may have gone on meanwhile.
	if err := send(w, out, news{Runs: before.running()}); err != nil {
		return
	}
	quiet, wait := time.Now(), h.o.Every
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		began := time.Now()
		now, err := h.look(ctx)
		wait = max(h.o.Every, 10*time.Since(began)) // the training needs the processors
		if ctx.Err() != nil {
			return
		}
		if err != nil { // such as a busy database: the next look tells
			fmt.Fprintf(w, ": %q\n\n", err.Error())
			if out.Flush() != nil {
				return
			}
			continue
		}
		n := now.since(before)
		before = now
		switch {
		case n.Page || len(n.Runs) > 0:
			err = send(w, out, n)
			quiet = time.Now()
		case time.Since(quiet) > 15*time.Second: // finds out that a reader has gone
			_, err = fmt.Fprint(w, ":\n\n")
			if err == nil {
				err = out.Flush()
			}
			quiet = time.Now()
		}
		if err != nil {
			return
		}
	}
}

func send(w http.ResponseWriter, out *http.ResponseController, n news) error {
	b, err := json.Marshal(n)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w, "data: %s\n\n", b); err != nil {
		return err
	}
	return out.Flush()
}

// A state is what a page shows, as far as it may change.
type state struct {
	runs    map[string]journal.Fingerprint
	entries string
}

// look reads the state.
func (h *handler) look(ctx context.Context) (s state, err error) {
	q := h.o.Query
	if q.Limit == 0 {
		q.Limit = rows // what the page shows
	}
	if s.runs, err = h.j.Fingerprints(ctx, q); err != nil {
		return s, err
	}
	entries, err := h.j.Entries(ctx)
	for _, e := range entries {
		s.entries += e.ID + e.Updated.String()
	}
	return s, err
}

// running lists the runs that run.
func (s state) running() []string {
	var all []string
	for id, f := range s.runs {
		if f.Running {
			all = append(all, id)
		}
	}
	return all
}

// since says what is new.
func (s state) since(before state) news {
	n := news{Page: s.entries != before.entries || len(s.runs) != len(before.runs)}
	for id, print := range s.runs {
		old, ok := before.runs[id]
		if !ok {
			n.Page = true
		} else if old != print {
			n.Runs = append(n.Runs, id)
		}
	}
	slices.Sort(n.Runs)
	return n
}
