package journal

import (
	"context"

	"flowbook/journal/record"
	"flowbook/journal/spool"
)

// mergeAfter is how many small chunks of a series may follow each other before they are merged into one.
const mergeAfter = 32

// A sink brings records of one attempt to the database: points as chunks, with the summary of each series.
type sink struct {
	run       string
	attempt   int
	summaries map[string]record.Summary
	tails     map[string]tail
}

// A tail is the end of a series in the database: the chunks that are still small enough to be merged.
type tail struct {
	next   int64          // how many points of the attempt are in the database
	chunks int            // how many small chunks end the series
	points []record.Point // what they hold
}

// A plan is what a batch of records changes; it is made before the transaction, which may run twice.
type plan struct {
	summaries map[string]record.Summary
	tails     map[string]tail
	cut       map[string]int64 // chunks that start here or later are replaced
	chunks    []chunk
	output    []spool.Record
	flushed   int64
}

type chunk struct {
	metric string
	start  int64
	count  int
	points []byte
}

// plan works out what the records change.
func (s *sink) plan(batch []spool.Record) plan {
	p := plan{summaries: map[string]record.Summary{}, tails: map[string]tail{}, cut: map[string]int64{}}
	added := map[string][]record.Point{}
	for _, r := range batch {
		p.flushed = max(p.flushed, r.Seq)
		if r.Stream != 0 {
			p.output = append(p.output, r)
			continue
		}
		for i, name := range r.Names {
			added[name] = append(added[name], record.Point{Step: r.Step, At: r.At, Value: r.Values[i]})
		}
	}
	for metric, points := range added {
		sum := s.summaries[metric]
		for _, pt := range points {
			sum.Add(pt)
		}
		p.summaries[metric] = sum
		p.extend(metric, s.tails[metric], points)
	}
	return p
}

// extend adds points after the tail of a series: as a small chunk of their own, or merged with the small chunks before them.
func (p *plan) extend(metric string, t tail, points []record.Point) {
	start := t.next
	if t.chunks+1 >= mergeAfter || len(t.points)+len(points) >= sealed {
		start -= int64(len(t.points))
		if t.chunks > 0 {
			p.cut[metric] = start
		}
		points = append(t.points[:len(t.points):len(t.points)], points...)
		t = tail{next: start}
	}
	for i := 0; i < len(points); i += maxChunk {
		part := points[i:min(i+maxChunk, len(points))]
		p.chunks = append(p.chunks, chunk{metric, start + int64(i), len(part), encodePoints(part)})
	}
	next := start + int64(len(points))
	if len(points) >= sealed {
		p.tails[metric] = tail{next: next}
		return
	}
	p.tails[metric] = tail{next, t.chunks + 1, append(t.points, points...)}
}

// store writes the plan.
func (s *sink) store(ctx context.Context, t transaction, p plan) error {
	for metric, start := range p.cut {
		if _, err := t.exec(ctx, "DELETE FROM chunk WHERE run = ? AND metric = ? AND attempt = ? AND start >= ?", s.run, metric, s.attempt, start); err != nil {
			return err
		}
	}
	for _, c := range p.chunks {
		if _, err := t.exec(ctx, "INSERT INTO chunk (run, metric, attempt, start, count, points) VALUES (?, ?, ?, ?, ?, ?)",
			s.run, c.metric, s.attempt, c.start, c.count, c.points); err != nil {
			return err
		}
	}
	for metric, sum := range p.summaries {
		if err := t.putSummary(ctx, s.run, metric, sum); err != nil {
			return err
		}
	}
	for _, r := range p.output {
		if _, err := t.exec(ctx, "INSERT INTO output (run, attempt, seq, at, stream, text) VALUES (?, ?, ?, ?, ?, ?)",
			s.run, s.attempt, r.Seq, r.At, int64(r.Stream), r.Text); err != nil {
			return err
		}
	}
	_, err := t.exec(ctx, "UPDATE attempt SET heartbeat = ?, flushed = CASE WHEN flushed < ? THEN ? ELSE flushed END WHERE run = ? AND number = ?",
		now(), p.flushed, p.flushed, s.run, s.attempt)
	return err
}

// done takes over the plan that was committed.
func (s *sink) done(p plan) {
	for metric, sum := range p.summaries {
		s.summaries[metric] = sum
	}
	for metric, t := range p.tails {
		s.tails[metric] = t
	}
}

// loadSink reads where an attempt stands in the database, and the last record that is there.
func loadSink(ctx context.Context, t transaction, run string, attempt int) (s *sink, flushed int64, err error) {
	s = &sink{run: run, attempt: attempt, tails: map[string]tail{}}
	if s.summaries, err = t.summaries(ctx, run); err != nil {
		return nil, 0, err
	}
	rows, err := t.query(ctx, "SELECT metric, max(start + count) FROM chunk WHERE run = ? AND attempt = ? GROUP BY metric", run, attempt)
	if err != nil {
		return nil, 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var metric string
		var next int64
		if err := rows.Scan(&metric, &next); err != nil {
			return nil, 0, err
		}
		s.tails[metric] = tail{next: next}
	}
	if err := rows.Err(); err != nil {
		return nil, 0, err
	}
	return s, flushed, t.row(ctx, "SELECT flushed FROM attempt WHERE run = ? AND number = ?", run, attempt).Scan(&flushed)
}
