package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"flowbook/journal/fault"
	"flowbook/journal/internal/ids"
	"flowbook/journal/internal/plain"
	"flowbook/journal/internal/secret"
	"flowbook/journal/record"
	"flowbook/journal/store"
)

// fromStart is how the database writes that an attempt began at the beginning: before any step.
const fromStart = math.MinInt64

// stepOf is the step that an attempt began from, as a record has it.
func stepOf(from int64) int {
	if from == fromStart {
		return record.NoStep
	}
	return int(from)
}

// Insert is [store.Runs.Insert].
func (s *Store) Insert(ctx context.Context, r *record.Run) error {
	return s.update(ctx, func(t transaction) error { return s.insertNew(ctx, t, r) })
}

// insertNew writes a run that is not there yet, with its attempts.
func (s *Store) insertNew(ctx context.Context, t transaction, r *record.Run) error {
	var here int
	if err := t.row(ctx, "SELECT count(*) FROM run WHERE id = ?", r.ID).Scan(&here); err != nil {
		return err
	}
	if here > 0 {
		return fmt.Errorf("journal %s: run %s: %w", s.at.Name, r.ID, fault.ErrDuplicate)
	}
	if err := t.insert(ctx, r); err != nil {
		return err
	}
	for _, a := range r.Attempts {
		if err := t.insertAttempt(ctx, r.ID, a); err != nil {
			return err
		}
	}
	return nil
}

// insert writes the line of a run, and those of all that it has.
func (t transaction) insert(ctx context.Context, r *record.Run) error {
	code, err := json.Marshal(r.Code)
	if err != nil {
		return err
	}
	line := *r
	for _, id := range []*string{&line.Parent, &line.ReplayOf} {
		var n int
		if err := t.row(ctx, "SELECT count(*) FROM run WHERE id = ?", *id).Scan(&n); err != nil {
			return err
		}
		if n == 0 {
			*id = ""
		}
	}
	if line.CodeID, err = t.insertCode(ctx, code); err != nil {
		return err
	}
	if err := t.insertRun(ctx, &line); err != nil {
		return err
	}
	if err := t.addTags(ctx, store.RunKind, r.ID, r.Tags); err != nil {
		return err
	}
	for name, digest := range r.Data {
		if err := t.addData(ctx, r.ID, name, digest); err != nil {
			return err
		}
	}
	for name, better := range r.Better {
		if err := t.putBetter(ctx, r.ID, name, better); err != nil {
			return err
		}
	}
	for _, n := range r.Notes {
		if err := t.addNote(ctx, r.ID, n); err != nil {
			return err
		}
	}
	for _, a := range slices.Concat(r.Superseded, r.Figures, r.Artifacts, r.Checkpoints, r.Sources) {
		if err := t.putArtifact(ctx, r.ID, a); err != nil {
			return err
		}
	}
	return nil
}

func (t transaction) insertAttempt(ctx context.Context, run string, a record.Attempt) error {
	from := int64(fromStart)
	if a.FromStep != record.NoStep {
		from = int64(a.FromStep)
	}
	var code any
	if a.Code != nil {
		text, err := json.Marshal(a.Code)
		if err == nil {
			code, err = t.insertCode(ctx, text)
		}
		if err != nil {
			return err
		}
	}
	_, err := t.exec(ctx, "INSERT INTO attempt (run, number, from_step, host, boot, pid, pid_start, started, heartbeat, code_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		run, a.Number, from, plain.Clean(a.Host), a.Boot, a.PID, a.PIDStart, micros(a.Started), micros(a.Heartbeat), code)
	return err
}

func (t transaction) addTags(ctx context.Context, owner store.Kind, id string, tags []string) error {
	for _, tag := range slices.Compact(slices.Sorted(slices.Values(tags))) {
		tag = secret.Text(tag)
		if err := plain.CheckName("tag", tag); err != nil {
			return err
		}
		if _, err := t.exec(ctx, fmt.Sprintf("INSERT INTO %s_tag (%s, tag) VALUES (?, ?) ON CONFLICT DO NOTHING", owner, owner), id, tag); err != nil {
			return err
		}
	}
	return nil
}

func (t transaction) addData(ctx context.Context, run, name, digest string) error {
	if err := plain.CheckName("data set", name); err != nil {
		return err
	}
	_, err := t.exec(ctx, "INSERT INTO run_data (run, name, digest) VALUES (?, ?, ?) ON CONFLICT (run, name) DO UPDATE SET digest = excluded.digest", run, name, plain.Clean(secret.Prose(digest)))
	return err
}

func (t transaction) putBetter(ctx context.Context, run, metric string, better record.Better) error {
	if err := plain.CheckName("metric", metric); err != nil {
		return err
	}
	switch better {
	case record.Lower, record.Higher, record.None:
	default:
		return fault.Invalid("metric %q: %q is no direction; say Lower, Higher or None", metric, string(better))
	}
	_, err := t.exec(ctx, "INSERT INTO metric (run, name, better) VALUES (?, ?, ?) ON CONFLICT (run, name) DO UPDATE SET better = excluded.better", run, metric, string(better))
	return err
}

func (t transaction) addNote(ctx context.Context, run string, n record.Note) error {
	if n.ID == "" {
		n.ID = ids.New()
	}
	_, err := t.exec(ctx, "INSERT INTO run_note (run, id, at, text) VALUES (?, ?, ?, ?)", run, n.ID, micros(n.Time), plain.Clean(n.Text))
	return err
}
