package formats

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"flowbook/journal"
	"flowbook/journal/record"
)

// A line of a JSON lines file is one of these; Type says which.
type line struct {
	Type    string          `json:"type"` // artifact, run, points, output or entry
	Digest  string          `json:"digest,omitempty"`
	Data    []byte          `json:"data,omitempty"` // base64
	More    string          `json:"more,omitempty"` // "yes": the next line goes on with this artifact
	Record  *journal.Record `json:"record,omitempty"`
	Run     string          `json:"run,omitempty"`
	Attempt int             `json:"attempt,omitempty"`
	Metric  string          `json:"metric,omitempty"`
	Steps   []int           `json:"steps,omitempty"`
	Values  []record.Number `json:"values,omitempty"`
	Times   []int64         `json:"times,omitempty"` // microseconds since 1970
	Stream  int             `json:"stream,omitempty"`
	Time    *time.Time      `json:"time,omitempty"`
	Entry   *journal.Entry  `json:"entry,omitempty"`
}

// pointsPerLine keeps lines short enough to look at.
const pointsPerLine = 1000

// artifactPerLine is how many bytes of an artifact a line holds, so that neither who writes nor who reads needs it whole in memory.
const artifactPerLine = 1 << 20

// WriteJSONLines writes runs, whole, and the entries that link to one of them; [ReadJSONLines] reads them back, so that the journal there
// holds of them what this one does. A run is written after its parent: first the bytes of its artifacts, then the record, all its points
// by attempt, and its output.
func WriteJSONLines(ctx context.Context, j *journal.Journal, w io.Writer, runs ...string) error {
	out := newLines(ctx, j, w)
	entries := map[string]bool{}
	for _, id := range runs {
		r, err := out.choose(id)
		if err != nil {
			return err
		}
		for _, e := range r.Entries {
			entries[e] = true
		}
	}
	return out.write(func(e journal.Entry) bool { return entries[e.ID] })
}

// WriteJournal is [WriteJSONLines] for all runs and all entries that are not in the trash.
func WriteJournal(ctx context.Context, j *journal.Journal, w io.Writer) error {
	out := newLines(ctx, j, w)
	headers, err := j.Runs(ctx, journal.Query{})
	if err != nil {
		return err
	}
	for _, h := range headers {
		if _, err := out.choose(h.ID); err != nil {
			return err
		}
	}
	return out.write(func(journal.Entry) bool { return true })
}

// lines writes a JSON lines file.
type lines struct {
	*json.Encoder
	ctx    context.Context
	j      *journal.Journal
	buf    *bufio.Writer
	order  []string // ids of the runs
	chosen map[string]*journal.Record
	done   map[string]bool // ids of runs and digests of artifacts that are written
}

func newLines(ctx context.Context, j *journal.Journal, w io.Writer) *lines {
	buf := bufio.NewWriter(w)
	out := &lines{Encoder: json.NewEncoder(buf), ctx: ctx, j: j, buf: buf, chosen: map[string]*journal.Record{}, done: map[string]bool{}}
	out.SetEscapeHTML(false)
	return out
}

func (out *lines) choose(id string) (*journal.Record, error) {
	r, err := out.j.Get(out.ctx, id)
	if err == nil {
		out.order = append(out.order, r.ID)
		out.chosen[r.ID] = r
	}
	return r, err
}

// write writes the chosen runs and entries.
func (out *lines) write(chosen func(journal.Entry) bool) error {
	for _, id := range out.order {
		if err := out.run(out.chosen[id]); err != nil {
			return fmt.Errorf("run %s: %w", id, err)
		}
	}
	entries, err := out.j.Entries(out.ctx)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !chosen(e) {
			continue
		}
		if err := out.Encode(line{Type: "entry", Entry: &e}); err != nil {
			return err
		}
	}
	return out.buf.Flush()
}

// run writes a run that is not written yet; before it those it comes from, so that they are there when it is read.
func (out *lines) run(r *journal.Record) error {
	if out.done[r.ID] {
		return nil
	}
	out.done[r.ID] = true
	for _, id := range []string{r.Parent, r.ReplayOf} {
		if from := out.chosen[id]; from != nil {
			if err := out.run(from); err != nil {
				return err
			}
		}
	}
	for _, list := range [][]journal.Artifact{r.Sources, r.Figures, r.Artifacts, r.Checkpoints, r.Superseded} {
		for _, a := range list {
			if err := out.artifact(a); err != nil {
				return err
			}
		}
	}
	if err := out.Encode(line{Type: "run", Record: r}); err != nil {
		return err
	}
	if err := out.logged(r.ID); err != nil {
		return err
	}
	return out.j.EachOutput(out.ctx, r.ID, func(o record.OutputLine) error {
		return out.Encode(line{Type: "output", Run: r.ID, Attempt: o.Attempt, Stream: o.Stream, Time: &o.Time, Data: o.Text})
	})
}

func (out *lines) artifact(a journal.Artifact) error {
	if out.done[a.Digest] {
		return nil
	}
	out.done[a.Digest] = true
	in, err := out.j.OpenArtifact(out.ctx, a.Digest)
	if err != nil {
		return err
	}
	defer in.Close()
	sum := sha256.New()
	for buf := make([]byte, artifactPerLine); ; {
		n, err := io.ReadFull(in, buf)
		sum.Write(buf[:n])
		l := line{Type: "artifact", Digest: a.Digest, Data: buf[:n]}
		switch {
		case err == nil:
			l.More = "yes"
		case err != io.EOF && err != io.ErrUnexpectedEOF:
			return err
		case hex.EncodeToString(sum.Sum(nil)) != a.Digest:
			return fmt.Errorf("artifact %s: %w: its bytes have another digest", a.Digest, journal.ErrCorrupt)
		}
		if err := out.Encode(l); err != nil || l.More == "" {
			return err
		}
	}
}

// logged writes all points of a run. How they are split into lines depends on their number alone, not on how the database keeps them.
func (out *lines) logged(run string) error {
	var waiting journal.Series
	err := out.j.EachLogged(out.ctx, run, func(part journal.Series) error {
		if part.Metric != waiting.Metric || part.Attempt != waiting.Attempt {
			if err := out.points(run, waiting); err != nil {
				return err
			}
			waiting = journal.Series{Metric: part.Metric, Attempt: part.Attempt}
		}
		waiting.Steps, waiting.Values, waiting.Times = append(waiting.Steps, part.Steps...), append(waiting.Values, part.Values...), append(waiting.Times, part.Times...)
		full := waiting.Len() / pointsPerLine * pointsPerLine
		lines, rest := waiting, waiting
		lines.Steps, lines.Values, lines.Times = waiting.Steps[:full], waiting.Values[:full], waiting.Times[:full]
		rest.Steps, rest.Values, rest.Times = slices.Clone(waiting.Steps[full:]), slices.Clone(waiting.Values[full:]), slices.Clone(waiting.Times[full:])
		waiting = rest
		return out.points(run, lines)
	})
	if err != nil {
		return err
	}
	return out.points(run, waiting)
}

func (out *lines) points(run string, s journal.Series) error {
	for i := 0; i < s.Len(); i += pointsPerLine {
		end := min(i+pointsPerLine, s.Len())
		values := make([]record.Number, end-i)
		for k, v := range s.Values[i:end] {
			values[k] = record.Number(v)
		}
		if err := out.Encode(line{Type: "points", Run: run, Attempt: s.Attempt, Metric: s.Metric, Steps: s.Steps[i:end], Values: values, Times: s.Times[i:end]}); err != nil {
			return err
		}
	}
	return nil
}
