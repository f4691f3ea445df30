package journal

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"flowbook/journal/provenance"
	"flowbook/journal/record"
)

// attach adds code, tags, data sets and summaries to runs; args restrict them to one run when where is "run = ?".
func (j *Journal) attach(ctx context.Context, runs []*Record, where string, args ...any) error {
	byID := make(map[string]*Record, len(runs))
	for _, r := range runs {
		byID[r.ID] = r
	}
	if err := j.readCodes(ctx, runs); err != nil {
		return err
	}
	var id, key, value string
	err := j.rows(ctx, "SELECT run, tag FROM run_tag WHERE "+where+" ORDER BY tag", args, func(rows *sql.Rows) error {
		err := rows.Scan(&id, &key)
		if r := byID[id]; r != nil {
			r.Tags = append(r.Tags, key)
		}
		return err
	})
	if err != nil {
		return err
	}
	err = j.rows(ctx, "SELECT run, name, digest FROM run_data WHERE "+where, args, func(rows *sql.Rows) error {
		err := rows.Scan(&id, &key, &value)
		if r := byID[id]; r != nil {
			if r.Data == nil {
				r.Data = map[string]string{}
			}
			r.Data[key] = value
		}
		return err
	})
	if err != nil {
		return err
	}
	err = j.rows(ctx, "SELECT run, name, better FROM metric WHERE "+where, args, func(rows *sql.Rows) error {
		err := rows.Scan(&id, &key, &value)
		if r := byID[id]; r != nil {
			if r.Better == nil {
				r.Better = map[string]Better{}
			}
			r.Better[key] = Better(value)
		}
		return err
	})
	if err != nil {
		return err
	}
	err = j.rows(ctx, "SELECT run, metric, "+summaryColumns+" FROM series WHERE "+where, args, func(rows *sql.Rows) error {
		id, key, s, err := scanSummary(rows)
		if r := byID[id]; r != nil {
			if r.Metrics == nil {
				r.Metrics = make(map[string]record.Summary, 8)
			}
			s.Better = r.Better[key]
			r.Metrics[key] = s
		}
		return err
	})
	if err != nil {
		return err
	}
	return j.renew(ctx, runs)
}

// Get reads a run by its id or a prefix of it, from the bin too.
func (j *Journal) Get(ctx context.Context, run string) (*Record, error) {
	id, err := j.Resolve(ctx, run)
	if err != nil {
		return nil, err
	}
	var r *Record
	err = j.rows(ctx, runsSelect+" WHERE r.id = ?", []any{id}, func(rows *sql.Rows) (err error) {
		r, err = j.scanRun(rows)
		return err
	})
	if err != nil {
		return nil, err
	}
	if r == nil {
		return nil, fmt.Errorf("journal %s: run %q: %w", j.at.Name, run, ErrNotFound)
	}
	if r.Status == Interrupted { // its process may have died since the journal was opened
		if err := j.recoverSpool(ctx, r.ID); err != nil {
			return nil, err
		}
	}
	if err := j.attach(ctx, []*Record{r}, "run = ?", r.ID); err != nil {
		return nil, err
	}
	return r, errors.Join(j.readAttempts(ctx, r), j.readNotes(ctx, r), j.readArtifacts(ctx, r), j.readLinks(ctx, r))
}

func (j *Journal) readAttempts(ctx context.Context, r *Record) error {
	return j.rows(ctx, "SELECT a.number, a.from_step, a.host, a.pid, a.started, a.heartbeat, c.text FROM attempt a LEFT JOIN code c ON c.id = a.code_id WHERE a.run = ? ORDER BY a.number", []any{r.ID}, func(rows *sql.Rows) error {
		var a record.Attempt
		var from int64
		var started, beat sql.NullInt64
		var code sql.NullString
		err := rows.Scan(&a.Number, &from, &a.Host, &a.PID, &started, &beat, &code)
		if code.Valid && err == nil {
			a.Code = &provenance.Code{}
			if bad := json.Unmarshal([]byte(code.String), a.Code); bad != nil {
				err = fmt.Errorf("the code of attempt %d of run %s: %w: %w", a.Number, r.ID, ErrCorrupt, bad)
			}
		}
		if from != fromStart {
			step := int(from)
			a.FromStep = &step
		}
		a.Started, a.Heartbeat = fromMicros(started), fromMicros(beat)
		r.Attempts = append(r.Attempts, a)
		return err
	})
}

func (j *Journal) readNotes(ctx context.Context, r *Record) error {
	return j.rows(ctx, "SELECT id, at, text FROM run_note WHERE run = ? ORDER BY at, id", []any{r.ID}, func(rows *sql.Rows) error {
		var n record.Note
		var at sql.NullInt64
		err := rows.Scan(&n.ID, &at, &n.Text)
		n.Time = fromMicros(at)
		r.Notes = append(r.Notes, n)
		return err
	})
}

// readArtifacts sets apart what a later attempt superseded: figures and checkpoints after the step it began from, and of the same
// name and step all but the latest.
func (j *Journal) readArtifacts(ctx context.Context, r *Record) error {
	horizon, err := j.horizons(ctx, r.ID)
	if err != nil {
		return err
	}
	type key struct {
		kind, name string
		step       int
		digest     string
	}
	latest := map[key]Artifact{}
	err = j.rows(ctx, "SELECT kind, name, step, attempt, digest, size, mime, at FROM artifact WHERE run = ? ORDER BY attempt", []any{r.ID}, func(rows *sql.Rows) error {
		var a Artifact
		var at sql.NullInt64
		err := rows.Scan(&a.Kind, &a.Name, &a.Step, &a.Attempt, &a.Digest, &a.Size, &a.MIME, &at)
		a.Time = fromMicros(at)
		if int64(a.Step) > horizon.of(a.Attempt) && a.Step >= 0 {
			r.Superseded = append(r.Superseded, a)
			return err
		}
		k := key{kind: a.Kind, name: a.Name, step: a.Step}
		if a.Kind == record.KindSource { // that of each attempt stands, but once where it is the same
			k.digest = a.Digest
		}
		if old, ok := latest[k]; ok && a.Kind == record.KindSource {
			a = old
		} else if ok {
			r.Superseded = append(r.Superseded, old)
		}
		latest[k] = a
		return err
	})
	for _, a := range latest {
		list := map[string]*[]Artifact{record.KindFigure: &r.Figures, record.KindCheckpoint: &r.Checkpoints, record.KindSource: &r.Sources}[a.Kind]
		if list == nil {
			list = &r.Artifacts
		}
		*list = append(*list, a)
	}
	for _, list := range [][]Artifact{r.Figures, r.Artifacts, r.Checkpoints, r.Sources, r.Superseded} {
		slices.SortFunc(list, func(a, b Artifact) int {
			if a.Step != b.Step {
				return a.Step - b.Step
			}
			if c := a.Time.Compare(b.Time); c != 0 {
				return c
			}
			return cmp.Or(strings.Compare(a.Name, b.Name), a.Attempt-b.Attempt)
		})
	}
	return err
}

func (j *Journal) readLinks(ctx context.Context, r *Record) error {
	list := func(query string, to *[]string) error {
		return j.rows(ctx, query, []any{r.ID}, func(rows *sql.Rows) error {
			var id string
			err := rows.Scan(&id)
			*to = append(*to, id)
			return err
		})
	}
	return errors.Join(list("SELECT id FROM run WHERE parent = ? AND deleted IS NULL ORDER BY started", &r.Children),
		list("SELECT e.id FROM entry e JOIN entry_run l ON l.entry = e.id WHERE l.run = ? AND e.deleted IS NULL ORDER BY e.dated DESC", &r.Entries))
}
