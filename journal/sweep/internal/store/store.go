// Package store is where a queue's jobs are: what River needs, the same for every database.
package store

import (
	"context"
	"database/sql"
	"io/fs"
	"log/slog"
	"os"
	"sync"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"

	jstore "flowbook/journal/store"
)

// A Client is a river.Client of any database.
type Client interface {
	Start(ctx context.Context) error
	Stop(ctx context.Context) error
	Stopped() <-chan struct{}
	Queues() *river.QueueBundle
	InsertMany(ctx context.Context, params []river.InsertManyParams) ([]*rivertype.JobInsertResult, error)
	JobList(ctx context.Context, params *river.JobListParams) (*river.JobListResult, error)
	JobCancel(ctx context.Context, id int64) (*rivertype.JobRow, error)
}

// A Store holds jobs.
type Store struct {
	// NewClient makes a client whose statements go through what wrap returns; a nil wrap leaves them as they are.
	NewClient func(config *river.Config, wrap func(riverdriver.Executor) riverdriver.Executor) (Client, error)
	// Executor runs River's statements.
	Executor riverdriver.Executor
	// DB runs the statements that River does not have.
	DB *sql.DB
	// Close closes the database.
	Close func() error
}

// An Open opens the store of a journal. Where there is none yet it makes one, or, unless create is set, returns an error that wraps fs.ErrNotExist.
type Open func(ctx context.Context, at jstore.Location, create Create) (*Store, error)

// Create says what to do where there is no store yet.
type Create int

// A store is made where there is none, or it is an error that there is none.
const (
	IfMissing Create = iota
	Never
)

var (
	mu      sync.Mutex
	openers = map[string]Open{}
)

// Register makes a kind of store known: "sqlite" or "postgres".
func Register(kind string, open Open) {
	mu.Lock()
	defer mu.Unlock()
	openers[kind] = open
}

// Find returns how stores of a kind are opened, or nil.
func Find(kind string) Open {
	mu.Lock()
	defer mu.Unlock()
	return openers[kind]
}

// ErrNone is the error of a store that is not there and is not to be made.
var ErrNone = fs.ErrNotExist

// New makes a store of one of River's drivers.
func New[TTx any](driver riverdriver.Driver[TTx], db *sql.DB, close func() error) *Store {
	return &Store{
		NewClient: func(config *river.Config, wrap func(riverdriver.Executor) riverdriver.Executor) (Client, error) {
			if wrap == nil {
				return river.NewClient(driver, config)
			}
			return river.NewClient[TTx](wrapped[TTx]{driver, wrap}, config)
		},
		Executor: driver.GetExecutor(),
		DB:       db,
		Close:    close,
	}
}

// A wrapped driver hands out executors that something stands before.
type wrapped[TTx any] struct {
	riverdriver.Driver[TTx]
	wrap func(riverdriver.Executor) riverdriver.Executor
}

func (w wrapped[TTx]) GetExecutor() riverdriver.Executor { return w.wrap(w.Driver.GetExecutor()) }

// Migrate brings River's tables to the version that this program knows. The caller keeps others from it meanwhile.
func Migrate[TTx any](ctx context.Context, driver riverdriver.Driver[TTx]) error {
	m, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: Logger})
	if err != nil {
		return err
	}
	_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}

// Logger is where River says what went wrong that no caller hears of.
var Logger = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
