// Package dialect holds what differs between the databases a journal can live in.
//
// The journal has one schema and one SQL layer; a Dialect is the little that is left:
// how to connect, how a parameter is written, and what the driver's errors mean.
package dialect

import (
	"context"
	"database/sql"
	"strconv"
	"strings"
	"sync"
)

// A Location is where a journal lives, as its URL says.
type Location struct {
	// Name is how messages call the journal; it holds no password.
	Name string
	// DSN is what the driver opens.
	DSN string
	// Path is the database file; empty for a server.
	Path string
	// Artifacts is the folder or bucket URL of the artifacts.
	Artifacts string
	// Private is set where no other journal can have the same Artifacts.
	Private bool
	// Spool is the folder of this machine where steps wait until they are in the database.
	Spool string
}

// Kind says what an error of the driver means for the user.
type Kind int

// The kinds of error that a user can do something about.
const (
	Other Kind = iota
	Busy
	Full
	Permission
	Corrupt
	NotDatabase
	Auth
	Unreachable
)

// A Dialect is one kind of database.
type Dialect struct {
	// Dollar is set where parameters are written $1, $2, … rather than ?.
	Dollar bool
	// Locate reads a URL of this dialect.
	Locate func(url string) (Location, error)
	// Open connects.
	Open func(ctx context.Context, at Location) (*sql.DB, error)
	// HasTable is a query of one parameter that counts the tables of a name.
	HasTable string
	// Versions makes the table of the migrations that were done, where it is not there.
	Versions string
	// Lock keeps two programs from migrating at once until the transaction ends; empty where the caller locks by itself.
	Lock string
	// Classify says what an error of the driver means.
	Classify func(err error) Kind
}

var (
	mu     sync.Mutex
	byName = map[string]*Dialect{}
)

// Register makes a dialect known under a URL scheme.
func Register(scheme string, d *Dialect) {
	mu.Lock()
	defer mu.Unlock()
	byName[scheme] = d
}

// Find returns the dialect of a URL scheme, or nil.
func Find(scheme string) *Dialect {
	mu.Lock()
	defer mu.Unlock()
	return byName[scheme]
}

// Bind writes a query's ? parameters the way the dialect does. No query of the journal holds a ? that is not a parameter.
func (d *Dialect) Bind(query string) string {
	if !d.Dollar {
		return query
	}
	var b strings.Builder
	n := 0
	for _, c := range query {
		if c != '?' {
			b.WriteRune(c)
			continue
		}
		n++
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(n))
	}
	return b.String()
}
