// Package store says what a journal asks of the database that it lives in. Packages sqlite and postgres are two such databases, over the
// SQL that they share; storetest is what a third has to pass.
package store

import (
	"context"
	"sync"
	"time"

	"flowbook/journal/provenance"
	"flowbook/journal/record"
	"flowbook/journal/spool"
)

// A Store keeps the runs and entries of one journal. Its ids are whole. Its methods may be called from several goroutines, and several programs
// may have the same store open. Errors wrap those of package fault where they can.
type Store interface {
	Runs
	Entries
	Upkeep
}

// Runs are the verbs for runs.
type Runs interface {
	// Insert writes a new run, all or nothing: the record with its attempts. Names of parents that are not there are left out. A run of that
	// id is an error that wraps ErrDuplicate.
	Insert(ctx context.Context, r *record.Run) error
	// InsertLogged is Insert of a run that has logged already: logged hands over what, and may be called again from the beginning.
	InsertLogged(ctx context.Context, r *record.Run, logged func(Logs) error) error
	// Resume adds an attempt to a run, which is running from then on. It is an error that wraps ErrRunning where another was faster: the number
	// of a.Number-1 attempts must be there.
	Resume(ctx context.Context, run string, a record.Attempt) error
	// Change changes a run, all or nothing. A run that is not there wraps ErrNotFound.
	Change(ctx context.Context, run string, c Change) error
	// Log opens what an attempt logs.
	Log(ctx context.Context, run string, attempt int) (Log, error)

	// Runs lists the runs that are selected, newest first, with tags, data sets, code and metric summaries. Of a run whose status is running,
	// the last attempt is there too, to tell whether it still is.
	Runs(ctx context.Context, s Selection) ([]*record.Run, error)
	// Count is how many those are.
	Count(ctx context.Context, s Selection) (int, error)
	// Run reads all of a run.
	Run(ctx context.Context, id string) (*record.Run, error)
	// Attempts are those of a run, the first first; of a run that is not there, none.
	Attempts(ctx context.Context, run string) ([]record.Attempt, error)
	// Points visits what was logged of a run's metrics, of all when none is named: in the order of metric, attempt, and as it was logged.
	Points(ctx context.Context, run string, metrics []string, visit func(Chunk) error) error
	// Output visits the captured output of a run, in order.
	Output(ctx context.Context, run string, visit func(record.OutputLine) error) error
	// OutputTail reads the last pieces of it, of n bytes or a little more, and how many bytes are before them.
	OutputTail(ctx context.Context, run string, n int64) (last []record.OutputLine, before int64, err error)
}

// Entries are the verbs for entries.
type Entries interface {
	// PutEntry writes an entry with its tags and links, in the place of the one of its id where there is one. Links to runs that are in the
	// trash stay.
	PutEntry(ctx context.Context, e record.Entry) error
	// InsertEntry writes a new entry, without links to runs that are not there. An entry of its id is an error that wraps ErrDuplicate.
	InsertEntry(ctx context.Context, e record.Entry) error
	// Entries lists the entries that bear all the tags and are not in the trash, newest first.
	Entries(ctx context.Context, tags ...string) ([]record.Entry, error)
	// Entry reads one, from the trash too.
	Entry(ctx context.Context, id string) (record.Entry, error)
}

// Upkeep are the verbs for the store as a whole.
type Upkeep interface {
	// ID is the journal's own, made when it is first asked for.
	ID(ctx context.Context) (string, error)
	// IDs lists all runs and entries, the newest of each first.
	IDs(ctx context.Context) ([]Listed, error)
	// SetDeleted moves a run or an entry to the trash, or out of it when at is nil. What is there already stays as it is; changed tells that.
	SetDeleted(ctx context.Context, kind Kind, id string, at *time.Time) (changed bool, err error)
	// Trashed counts what is in the trash since a time or longer; Empty deletes it.
	Trashed(ctx context.Context, since time.Time) (runs, entries int, err error)
	Empty(ctx context.Context, since time.Time) (runs, entries int, err error)
	// Artifacts visits what runs name: each digest once, with one of the runs.
	Artifacts(ctx context.Context, visit func(use ArtifactUse) error) error
	// Named tells whether a run names a digest that is not in the trash since a time or longer.
	Named(ctx context.Context, digest string, since time.Time) (bool, error)
	// Versions gives of each run a text that changes with its notes, artifacts and attempts.
	Versions(ctx context.Context, runs []string) (map[string]string, error)
	// Check looks for damage, hands each problem to found, and returns how many points there are. mend is nil where there is no mending.
	Check(ctx context.Context, found func(run, what string, mend func() error) error) (points int, err error)
	// Copy writes a consistent copy to a new file, where the store is one.
	Copy(ctx context.Context, path string) error
	// Writable is nil, or an error that wraps ErrPermission where the store is open to read only.
	Writable() error
	// Explain names the journal in an error of its database and adds what helps.
	Explain(err error) error
	Close() error
}

// A Log takes what one attempt logs.
type Log interface {
	// Append writes records, whose Seq counts from 1; those that are there already are passed over. The slice is the caller's again afterwards.
	Append(ctx context.Context, records []spool.Record) error
	// Beat gives a sign of life.
	Beat(ctx context.Context) error
}

// Logs gives the log of an attempt of a run that is being inserted.
type Logs func(attempt int) Log

// A Kind is a run or an entry.
type Kind string

// The kinds of what has an id.
const (
	RunKind   Kind = "run"
	EntryKind Kind = "entry"
)

// A Listed is one line of [Upkeep.IDs].
type Listed struct {
	Kind    Kind
	ID      string
	Deleted *time.Time
}

// A Selection is what a database can choose of a query; the zero Selection takes all that are not in the trash.
type Selection struct {
	Experiment string
	Tags       []string // all of these
	Since      time.Time
	Until      time.Time
	Limit      int
	Trash      bool // those in the trash instead
}

// A Change is what is new of a run; what is nil or empty stays as it is.
type Change struct {
	Name        *string
	Backend     *Backend
	End         *End
	Tags, Untag []string // a tag to take off that is not there wraps ErrNotFound
	Data        map[string]string
	Better      map[string]record.Better
	Notes       []record.Note
	Artifacts   []record.Artifact // of attempt 0: of the last
	Code        *Code
	Checkpoints *Checkpoints
}

// A Backend is what computes a run, and on which device.
type Backend struct{ Name, Device string }

// An End ends an attempt at a run, unless a later one has begun: that wraps ErrRunning.
type End struct {
	Attempt int
	Status  record.Status
	Error   string
	At      time.Time
}

// Code is what an attempt runs, with the sources that are kept of it.
type Code struct {
	Attempt int
	Of      provenance.Code
	Sources []record.Artifact
}

// Checkpoints forgets all checkpoints of an attempt and those before it but the last ones.
type Checkpoints struct{ Attempt, Keep int }

// An ArtifactUse is a digest that runs name.
type ArtifactUse struct {
	Digest, Run, Kind, Name string
	Size                    int64
	Uses                    int // how many name it
}

// A Location is where a journal lives, as its URL says.
type Location struct {
	Name      string // how messages call the journal; it holds no password
	DSN       string // what the driver opens
	Path      string // the database file; empty for a server
	Artifacts string // the folder or bucket URL of the artifacts
	Private   bool   // no other journal can have the same Artifacts
	Spool     string // the folder of this machine where steps wait until they are in the database
}

// A Driver opens stores of one kind.
type Driver struct {
	// Locate reads a URL.
	Locate func(url string) (Location, error)
	// Open opens a store and brings it to the newest schema.
	Open func(ctx context.Context, at Location) (Store, error)
}

var drivers sync.Map

// Register makes a driver known under a URL scheme.
func Register(scheme string, d *Driver) { drivers.Store(scheme, d) }

// Find returns the driver of a URL scheme, or nil.
func Find(scheme string) *Driver {
	d, _ := drivers.Load(scheme)
	found, _ := d.(*Driver)
	return found
}
