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
	if err := send(w, out, news{Runs: before.running}); err != nil {
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

// A state is what a page shows, as far as it may change: a fingerprint of each run and of the entries.
type state struct {
	runs    map[string]string
	entries string
	running []string
}

// recent is how long after its end a run is still looked at whole: figures and notes often come just then.
const recent = 10 * time.Minute

// look reads the state. Of runs that ended long ago only what lists show is compared; a note added to one shows after a reload.
func (h *handler) look(ctx context.Context) (state, error) {
	s := state{runs: map[string]string{}}
	headers, err := h.j.Runs(ctx, h.o.Query)
	if err != nil {
		return s, err
	}
	for _, r := range headers {
		if r.Status == journal.Running {
			s.running = append(s.running, r.ID)
		}
		if r.Ended == nil || time.Since(*r.Ended) < recent {
			if r, err = h.j.Get(ctx, r.ID); err != nil {
				return s, err
			}
		}
		s.runs[r.ID] = fingerprint(r)
	}
	entries, err := h.j.Entries(ctx)
	if err != nil {
		return s, err
	}
	for _, e := range entries {
		s.entries += e.ID + e.Updated.String()
	}
	return s, nil
}

// fingerprint is all of a run that the page shows and that changes.
func fingerprint(r *journal.Record) string {
	b, _ := json.Marshal([]any{r.Status, r.Error, r.Tags, r.Data, r.Metrics, len(r.Notes), len(r.Figures), len(r.Artifacts), len(r.Checkpoints), len(r.Attempts)})
	return string(b)
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
