package sqlstore

import (
	"strconv"
	"strings"
)

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
	// HasTable is a query of one parameter that counts the tables of a name.
	HasTable string
	// Versions makes the table of the migrations that were done, where it is not there.
	Versions string
	// Lock keeps two programs from migrating at once until the transaction ends; empty where the caller locks by itself.
	Lock string
	// Classify says what an error of the driver means.
	Classify func(err error) Kind
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
