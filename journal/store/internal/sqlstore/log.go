package sqlstore

import (
	"context"
	"slices"
	"sync"

	"flowbook/journal/record"
	"flowbook/journal/spool"
	"flowbook/journal/store"
)

// sealed is how many points a chunk holds before it is left as it is; maxChunk is the most it ever holds.
const (
	sealed   = 4096
	maxChunk = 4 * sealed
)

// mergeAfter is how many small chunks of a series may follow each other before they are merged into one.
const mergeAfter = 32

// A log brings the records of one attempt to the database: points as chunks, with the summary of each series. It remembers where the attempt
// stands there, and finds it anew where another process has written too.
type log struct {
	s         *Store
	mu        sync.Mutex
	flushed   int64 // the last record that is in the database; -1: not known
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
	beat      int64 // when the last of the records was logged
}

type chunk struct {
	metric string
	start  int64
	count  int
	points []byte
}

// plan works out what the records change.
func (l *log) plan(batch []spool.Record) plan {
	p := plan{summaries: map[string]record.Summary{}, tails: map[string]tail{}, cut: map[string]int64{}}
	added := map[string][]record.Point{}
	for _, r := range batch {
		p.flushed, p.beat = max(p.flushed, r.Seq), max(p.beat, r.At)
		if r.Stream != 0 {
			p.output = append(p.output, r)
			continue
		}
		for i, name := range r.Names {
			added[name] = append(added[name], record.Point{Step: r.Step, At: r.At, Value: r.Values[i]})
		}
	}
	for metric, points := range added {
		sum := l.summaries[metric]
		for _, pt := range points {
			sum.Add(pt)
		}
		p.summaries[metric] = sum
		p.extend(metric, l.tails[metric], points)
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
		p.chunks = append(p.chunks, chunk{metric, start + int64(i), len(part), store.Pack(part)})
	}
	next := start + int64(len(points))
	if len(points) >= sealed {
		p.tails[metric] = tail{next: next}
		return
	}
	p.tails[metric] = tail{next, t.chunks + 1, append(t.points, points...)}
}

// write writes the plan.
func (l *log) write(ctx context.Context, t transaction, p plan) error {
	for metric, start := range p.cut {
		if _, err := t.exec(ctx, "DELETE FROM chunk WHERE run = ? AND metric = ? AND attempt = ? AND start >= ?", l.run, metric, l.attempt, start); err != nil {
			return err
		}
	}
	for _, c := range p.chunks {
		if _, err := t.exec(ctx, "INSERT INTO chunk (run, metric, attempt, start, count, points) VALUES (?, ?, ?, ?, ?, ?)",
			l.run, c.metric, l.attempt, c.start, c.count, c.points); err != nil {
			return err
		}
	}
	for metric, sum := range p.summaries {
		if err := t.putSummary(ctx, l.run, metric, sum); err != nil {
			return err
		}
	}
	for _, r := range p.output {
		if _, err := t.exec(ctx, "INSERT INTO output (run, attempt, seq, at, stream, text) VALUES (?, ?, ?, ?, ?, ?)",
			l.run, l.attempt, r.Seq, r.At, int64(r.Stream), r.Text); err != nil {
			return err
		}
	}
	_, err := t.exec(ctx, "UPDATE attempt SET heartbeat = ?, flushed = CASE WHEN flushed < ? THEN ? ELSE flushed END WHERE run = ? AND number = ?",
		p.beat, p.flushed, p.flushed, l.run, l.attempt)
	return err
}

// done takes over the plan that was committed.
func (l *log) done(p plan) {
	for metric, sum := range p.summaries {
		l.summaries[metric] = sum
	}
	for metric, t := range p.tails {
		l.tails[metric] = t
	}
	l.flushed = p.flushed
}

// Append is [store.Log.Append].
func (l *log) Append(ctx context.Context, records []spool.Record) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	var p plan
	at := l
	err := l.s.update(ctx, func(t transaction) error {
		var err error
		at, p, err = l.append(ctx, t, records)
		return err
	})
	if err != nil {
		return err
	}
	l.summaries, l.tails = at.summaries, at.tails
	l.done(p)
	return nil
}

// append writes records within a transaction, and returns what it went on from and what it did, for [log.done] once that is committed.
func (l *log) append(ctx context.Context, t transaction, records []spool.Record) (from *log, p plan, err error) {
	// Touching the line first keeps another process that writes the same attempt waiting.
	if _, err := t.exec(ctx, "UPDATE attempt SET heartbeat = heartbeat WHERE run = ? AND number = ?", l.run, l.attempt); err != nil {
		return l, p, err
	}
	var flushed int64
	if err := t.row(ctx, "SELECT flushed FROM attempt WHERE run = ? AND number = ?", l.run, l.attempt).Scan(&flushed); err != nil {
		return l, p, err
	}
	from = l
	if flushed != l.flushed { // another process took this one for dead and brought records in, or a commit was not answered
		if from, err = l.s.loadLog(ctx, t, l.run, l.attempt); err != nil {
			return l, p, err
		}
		records = slices.DeleteFunc(slices.Clone(records), func(r spool.Record) bool { return r.Seq <= flushed })
	}
	if len(records) == 0 {
		return from, plan{flushed: flushed}, nil
	}
	p = from.plan(records)
	p.flushed = max(p.flushed, flushed)
	return from, p, from.write(ctx, t, p)
}

// Beat is [store.Log.Beat].
func (l *log) Beat(ctx context.Context) error {
	return l.s.update(ctx, func(t transaction) error {
		_, err := t.exec(ctx, "UPDATE attempt SET heartbeat = ? WHERE run = ? AND number = ?", now(), l.run, l.attempt)
		return err
	})
}

// Log is [store.Runs.Log].
func (s *Store) Log(_ context.Context, run string, attempt int) (store.Log, error) {
	return &log{s: s, run: run, attempt: attempt, flushed: -1, summaries: map[string]record.Summary{}, tails: map[string]tail{}}, nil
}

// loadLog reads where an attempt stands in the database.
func (s *Store) loadLog(ctx context.Context, t transaction, run string, attempt int) (l *log, err error) {
	l = &log{s: s, run: run, attempt: attempt, tails: map[string]tail{}}
	if l.summaries, err = t.summaries(ctx, run); err != nil {
		return nil, err
	}
	rows, err := t.query(ctx, "SELECT metric, max(start + count) FROM chunk WHERE run = ? AND attempt = ? GROUP BY metric", run, attempt)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var metric string
		var next int64
		if err := rows.Scan(&metric, &next); err != nil {
			return nil, err
		}
		l.tails[metric] = tail{next: next}
	}
	return l, rows.Err()
}
