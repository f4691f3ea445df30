package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"flowbook/journal/fault"
	"flowbook/journal/internal/plain"
	"flowbook/journal/record"
)

// A runColumn is a column of table run and its place in a record. All that writes or reads lines of the table walks runColumns, so that a
// new column is a migration and a line there; what is shown of a run, and asked for, is in [record.Fields].
type runColumn struct {
	name  string
	kind  columnKind
	write func(*record.Run) (any, error)
	read  func(*record.Run, cell) error
}

// A columnKind says what a column holds.
type columnKind int

const (
	texts columnKind = iota
	numbers
)

// A cell is what a line of the database has in a column: a text or a number.
type cell struct {
	text   sql.NullString
	number sql.NullInt64
}

var runColumns = []runColumn{
	textColumn("id", func(r *record.Run) *string { return &r.ID }),
	textColumn("name", func(r *record.Run) *string { return &r.Name }),
	textColumn("experiment", func(r *record.Run) *string { return &r.Experiment }),
	textColumn("status", func(r *record.Run) *string { return (*string)(&r.Status) }),
	textColumn("error", func(r *record.Run) *string { return &r.Error }),
	{"config", texts, func(r *record.Run) (any, error) { return string(r.Config), nil },
		func(r *record.Run, c cell) error { r.Config = json.RawMessage(c.text.String); return nil }},
	{"seed", numbers, func(r *record.Run) (any, error) {
		if r.Seed == nil {
			return nil, nil
		}
		return *r.Seed, nil
	}, func(r *record.Run, c cell) error {
		if c.number.Valid {
			r.Seed = &c.number.Int64
		}
		return nil
	}},
	nameColumn("parent", func(r *record.Run) *string { return &r.Parent }),
	nameColumn("replay_of", func(r *record.Run) *string { return &r.ReplayOf }),
	textColumn("backend", func(r *record.Run) *string { return &r.Backend }),
	textColumn("device", func(r *record.Run) *string { return &r.Device }),
	nameColumn("code_id", func(r *record.Run) *string { return &r.CodeID }),
	{"machine", texts, func(r *record.Run) (any, error) { return jsonText(r.Machine) },
		func(r *record.Run, c cell) error { return json.Unmarshal([]byte(c.text.String), &r.Machine) }},
	{"started", numbers, func(r *record.Run) (any, error) { return micros(r.Started), nil },
		func(r *record.Run, c cell) error { r.Started = fromMicros(c.number); return nil }},
	timeColumn("ended", func(r *record.Run) **time.Time { return &r.Ended }),
	timeColumn("deleted", func(r *record.Run) **time.Time { return &r.Deleted }),
	{"sweep", texts, func(r *record.Run) (any, error) {
		if r.Sweep == nil {
			return nil, nil
		}
		return r.Sweep.ID, nil
	}, func(*record.Run, cell) error { return nil }}, // for the index; the plan has it too
	{"sweep_plan", texts, func(r *record.Run) (any, error) {
		if r.Sweep == nil {
			return nil, nil
		}
		return jsonText(r.Sweep)
	}, func(r *record.Run, c cell) error {
		if !c.text.Valid {
			return nil
		}
		r.Sweep = &record.Sweep{}
		return json.Unmarshal([]byte(c.text.String), r.Sweep)
	}},
}

// textColumn is a column whose text is "" where there is none.
func textColumn(name string, of func(*record.Run) *string) runColumn {
	return runColumn{name, texts, func(r *record.Run) (any, error) { return plain.Clean(*of(r)), nil },
		func(r *record.Run, c cell) error { *of(r) = c.text.String; return nil }}
}

// nameColumn is a column that names a line of a table, NULL where it names none.
func nameColumn(name string, of func(*record.Run) *string) runColumn {
	return runColumn{name, texts, func(r *record.Run) (any, error) {
		if *of(r) == "" {
			return nil, nil
		}
		return *of(r), nil
	}, func(r *record.Run, c cell) error { *of(r) = c.text.String; return nil }}
}

// timeColumn is a column of a time that may not have come.
func timeColumn(name string, of func(*record.Run) **time.Time) runColumn {
	return runColumn{name, numbers, func(r *record.Run) (any, error) {
		if *of(r) == nil {
			return nil, nil
		}
		return micros(**of(r)), nil
	}, func(r *record.Run, c cell) error {
		if c.number.Valid {
			when := fromMicros(c.number)
			*of(r) = &when
		}
		return nil
	}}
}

func jsonText(v any) (any, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

// insertRun writes the line of a run.
func (t transaction) insertRun(ctx context.Context, r *record.Run) error {
	var names []string
	var values []any
	for _, c := range runColumns {
		v, err := c.write(r)
		if err != nil {
			return err
		}
		names, values = append(names, c.name), append(values, v)
	}
	_, err := t.exec(ctx, "INSERT INTO run ("+strings.Join(names, ", ")+") VALUES ("+marks(len(values))+")", values...)
	return err
}

// runsSelect reads lines of runs for [runScanner]; each run that nobody finished is joined with its latest attempt.
var runsSelect = func() string {
	var b strings.Builder
	b.WriteString("SELECT ")
	for _, c := range runColumns {
		b.WriteString("r." + c.name + ", ")
	}
	return b.String() + `a.number, a.host, a.boot, a.pid, a.pid_start, a.heartbeat
		FROM run r LEFT JOIN attempt a ON a.run = r.id AND r.status = 'running' AND a.number = (SELECT max(number) FROM attempt WHERE run = r.id)`
}()

// A runScanner reads lines of runsSelect.
type runScanner struct {
	cells                  []cell
	host, boot, pidStart   sql.NullString // of the attempt
	number, pid, heartbeat sql.NullInt64
	to                     []any
}

func newRunScanner() *runScanner {
	s := &runScanner{cells: make([]cell, len(runColumns))}
	for i, c := range runColumns {
		if c.kind == numbers {
			s.to = append(s.to, &s.cells[i].number)
		} else {
			s.to = append(s.to, &s.cells[i].text)
		}
	}
	s.to = append(s.to, &s.number, &s.host, &s.boot, &s.pid, &s.pidStart, &s.heartbeat)
	return s
}

func (s *runScanner) scan(rows *sql.Rows) (*record.Run, error) {
	if err := rows.Scan(s.to...); err != nil {
		return nil, err
	}
	r := &record.Run{}
	for i, c := range runColumns {
		if err := c.read(r, s.cells[i]); err != nil {
			return nil, fmt.Errorf("run %s: %w: column %s: %w", r.ID, fault.ErrCorrupt, c.name, err)
		}
	}
	if r.Status == record.Running {
		r.Attempts = []record.Attempt{{Number: int(s.number.Int64), Host: s.host.String, Boot: s.boot.String, PID: int(s.pid.Int64),
			PIDStart: s.pidStart.String, Heartbeat: fromMicros(s.heartbeat)}}
	}
	return r, nil
}
