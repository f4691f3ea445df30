package record

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"flowbook/journal/fault"
	"flowbook/journal/internal/ids"
	"flowbook/journal/internal/plain"
	"flowbook/journal/provenance"
)

// Check refuses a record that this journal could not have written.
func (r *Run) Check() error {
	if err := ids.Check(r.ID); err != nil {
		return err
	}
	if r.Started.IsZero() {
		return fault.Invalid("run %s has no start time", r.ID)
	}
	if len(r.Config) == 0 {
		r.Config = json.RawMessage("{}")
	}
	if !json.Valid(r.Config) {
		return fault.Invalid("the config of run %s is no JSON", r.ID)
	}
	switch r.Status {
	case Running:
		r.Status, r.Error = Interrupted, "it was running when it was exported"
	case Finished, Failed, Interrupted:
	default:
		return fault.Invalid("run %s has status %q; one of running, finished, failed, interrupted is known", r.ID, r.Status)
	}
	if len(r.Attempts) == 0 {
		r.Attempts = []Attempt{{Number: 1, FromStep: NoStep, Host: r.Machine.Host, PID: r.Machine.PID, Started: r.Started, Heartbeat: r.End()}}
	}
	for i, a := range r.Attempts {
		if a.Number != i+1 {
			return fault.Invalid("attempt %d of run %s has number %d", i+1, r.ID, a.Number)
		}
	}
	return plain.CheckName("experiment", r.Experiment)
}

// End is when a run ended, or when it started where that is not known.
func (r *Run) End() time.Time {
	if r.Ended != nil {
		return *r.Ended
	}
	return r.Started
}

// AttemptOf is the number of an attempt of the run: itself, or the last where it is none.
func (r *Run) AttemptOf(number int) int {
	if number < 1 || number > len(r.Attempts) {
		return len(r.Attempts)
	}
	return number
}

// A Run is what the journal holds of a run.
type Run struct {
	ID         string             `json:"id"`
	Name       string             `json:"name,omitempty"` // what people call it; see journal.WithName
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
	Better     map[string]Better  `json:"better,omitempty"` // what the program said of its metrics; see journal.Run.Metric
	Code       provenance.Code    `json:"code"`
	Machine    Machine            `json:"machine"`

	// Only journal.Get fills in what follows.
	Notes       []Note     `json:"notes,omitempty"`
	Figures     []Artifact `json:"figures,omitempty"`
	Artifacts   []Artifact `json:"artifacts,omitempty"`
	Checkpoints []Artifact `json:"checkpoints,omitempty"`
	Sources     []Artifact `json:"sources,omitempty"`
	Attempts    []Attempt  `json:"attempts,omitempty"`
	Superseded  []Artifact `json:"superseded,omitempty"` // figures, artifacts and checkpoints in whose place a later attempt put others
	Children    []string   `json:"children,omitempty"`   // runs that name this one as parent
	Entries     []string   `json:"entries,omitempty"`    // entries that link to it

	CodeID string // of the code, while it is not filled in
}

// A Note is a dated remark on a run.
type Note struct {
	ID   string    `json:"id"`
	Time time.Time `json:"time"`
	Text string    `json:"text"` // Markdown
}

// An Attempt is one process that worked on a run.
type Attempt struct {
	Number    int              `json:"number"`
	FromStep  int              `json:"from_step"` // of the checkpoint it began from; NoStep: the beginning
	Host      string           `json:"host"`
	Boot      string           `json:"-"` // of the machine, and the process-id namespace; "" where that is not known
	PID       int              `json:"pid"`
	PIDStart  string           `json:"-"` // when the process began, as the system counts; "" where that is not known
	Started   time.Time        `json:"started"`
	Heartbeat time.Time        `json:"heartbeat"`      // its last sign of life
	Code      *provenance.Code `json:"code,omitempty"` // which it ran; nil for the first, whose is the record's, and in records of older versions
}

// UnmarshalJSON reads an attempt; one without a step began at the beginning.
func (a *Attempt) UnmarshalJSON(b []byte) error {
	type plain Attempt
	p := plain{FromStep: NoStep}
	err := json.Unmarshal(b, &p)
	*a = Attempt(p)
	return err
}

// CodeChanges says of each resumed attempt whose code is not known to be that of the first what differs.
func (r *Run) CodeChanges() []string {
	var all []string
	for _, a := range r.Attempts {
		if a.Code == nil {
			continue
		}
		switch likeness, what := r.Code.Compare(*a.Code); likeness {
		case provenance.Different:
			all = append(all, fmt.Sprintf("attempt %d: the code differs: %s", a.Number, what))
		case provenance.NotKnown:
			all = append(all, fmt.Sprintf("attempt %d: whether the code is the same is not known: %s", a.Number, what))
		}
	}
	return all
}

// Duration is how long the run took, or has taken so far.
func (r *Run) Duration() time.Duration {
	if r.Ended != nil {
		return r.Ended.Sub(r.Started)
	}
	return time.Since(r.Started)
}

// MetricNames lists the run's metrics, sorted.
func (r *Run) MetricNames() []string { return slices.Sorted(maps.Keys(r.Metrics)) }

// A Status says how a run stands.
type Status string

// A run that nobody finished is running while its process lives, and interrupted after.
const (
	Running     Status = "running"
	Finished    Status = "finished"
	Failed      Status = "failed"
	Interrupted Status = "interrupted"
)
