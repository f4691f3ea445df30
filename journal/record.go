package journal

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// A Record is what the journal holds of a run.
type Record struct {
	ID         string             `json:"id"`
	Name       string             `json:"name,omitempty"` // what people call it; see [WithName]
	Experiment string             `json:"experiment"`
	Status     Status             `json:"status"`
	Error      string             `json:"error,omitempty"`
	Config     json.RawMessage    `json:"config"`
	Seed       *int64             `json:"seed,omitempty"`
	Parent     string             `json:"parent,omitempty"`
	ReplayOf   string             `json:"replay_of,omitempty"`
	Sweep      *Sweep             `json:"sweep,omitempty"`
	Backend    string             `json:"backend,omitempty"`
	Device     string             `json:"device,omitempty"`
	Started    time.Time          `json:"started"`
	Ended      *time.Time         `json:"ended,omitempty"` // of an interrupted run: its last sign of life
	Deleted    *time.Time         `json:"deleted,omitempty"`
	Tags       []string           `json:"tags,omitempty"`
	Data       map[string]string  `json:"data,omitempty"` // digest by name of the data set
	Metrics    map[string]Summary `json:"metrics,omitempty"`
	Better     map[string]Better  `json:"better,omitempty"` // what the program said of its metrics; see [Run.Metric]
	Code       Code               `json:"code"`
	Machine    Machine            `json:"machine"`

	// Only [Journal.Get] fills in what follows.
	Notes       []Note     `json:"notes,omitempty"`
	Figures     []Artifact `json:"figures,omitempty"`
	Artifacts   []Artifact `json:"artifacts,omitempty"`
	Checkpoints []Artifact `json:"checkpoints,omitempty"`
	Sources     []Artifact `json:"sources,omitempty"`
	Attempts    []Attempt  `json:"attempts,omitempty"`
	Superseded  []Artifact `json:"superseded,omitempty"` // figures, artifacts and checkpoints in whose place a later attempt put others
	Children    []string   `json:"children,omitempty"`   // runs that name this one as parent
	Entries     []string   `json:"entries,omitempty"`    // entries that link to it

	codeID string // of the code, while it is not filled in
}

// A Note is a dated remark on a run.
type Note struct {
	ID   string    `json:"id"`
	Time time.Time `json:"time"`
	Text string    `json:"text"` // Markdown
}

// An Attempt is one process that worked on a run.
type Attempt struct {
	Number    int       `json:"number"`
	FromStep  *int      `json:"from_step,omitempty"` // the checkpoint it began from; nil: the beginning
	Host      string    `json:"host"`
	PID       int       `json:"pid"`
	Started   time.Time `json:"started"`
	Heartbeat time.Time `json:"heartbeat"`      // its last sign of life
	Code      *Code     `json:"code,omitempty"` // which it ran; nil for the first, whose is the record's, and in records of older versions
}

// CodeChanges says of each resumed attempt whose code is not known to be that of the first what differs.
func (r *Record) CodeChanges() []string {
	var all []string
	for _, a := range r.Attempts {
		if a.Code == nil {
			continue
		}
		switch likeness, what := r.Code.Compare(*a.Code); likeness {
		case DifferentCode:
			all = append(all, fmt.Sprintf("attempt %d: the code differs: %s", a.Number, what))
		case CodeNotKnown:
			all = append(all, fmt.Sprintf("attempt %d: whether the code is the same is not known: %s", a.Number, what))
		}
	}
	return all
}

// Duration is how long the run took, or has taken so far.
func (r *Record) Duration() time.Duration {
	if r.Ended != nil {
		return r.Ended.Sub(r.Started)
	}
	return time.Since(r.Started)
}

// MetricNames lists the run's metrics, sorted.
func (r *Record) MetricNames() []string { return slices.Sorted(maps.Keys(r.Metrics)) }

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
				r.Metrics = make(map[string]Summary, 8)
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
		var a Attempt
		var from int64
		var started, beat sql.NullInt64
		var code sql.NullString
		err := rows.Scan(&a.Number, &from, &a.Host, &a.PID, &started, &beat, &code)
		if code.Valid && err == nil {
			a.Code = &Code{}
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
		var n Note
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
		if a.Kind == KindSource { // that of each attempt stands, but once where it is the same
			k.digest = a.Digest
		}
		if old, ok := latest[k]; ok && a.Kind == KindSource {
			a = old
		} else if ok {
			r.Superseded = append(r.Superseded, old)
		}
		latest[k] = a
		return err
	})
	for _, a := range latest {
		list := map[string]*[]Artifact{KindFigure: &r.Figures, KindCheckpoint: &r.Checkpoints, KindSource: &r.Sources}[a.Kind]
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
