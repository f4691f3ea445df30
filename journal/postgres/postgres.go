// Package postgres lets a journal live in a PostgreSQL database, for a team. Import it for its effect:
//
//	import _ "flowbook/journal/postgres"
//
//	j, err := journal.Open("postgres://user@host/database?artifacts=s3://bucket/prefix")
//
// The URL is that of pgx (https://pkg.go.dev/github.com/jackc/pgx/v5/pgconn#ParseConfig); PGPASSWORD, ~/.pgpass and the other
// variables of libpq count. Two more parameters are the journal's: schema names the PostgreSQL schema that holds the tables
// (default journal; it is created), artifacts the folder or bucket of the artifacts (default: a folder of this machine under
// FLOWBOOK_HOME, which other members of a team do not see).
package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3/lock"

	"flowbook/journal/internal/dialect"
)

func init() {
	dialect.Register("postgres", &dialect.Dialect{Name: "postgres", Dollar: true, Locate: locate, Open: open, Locker: locker, Classify: classify})
}

// locate takes the journal's own parameters out of the URL.
func locate(raw string) (dialect.Location, error) {
	u, err := url.Parse(raw)
	if err != nil {
		// The error of url.Parse repeats the URL, which may hold a password.
		return dialect.Location{}, errors.New("journal: the postgres URL cannot be read; write postgres://user@host:port/database, and percent-encode what is special in the password")
	}
	query := u.Query()
	at := dialect.Location{Artifacts: query.Get("artifacts")}
	schema := query.Get("schema")
	if schema == "" {
		schema = "journal"
	}
	query.Del("artifacts")
	query.Del("schema")
	query.Set("search_path", schema)
	u.RawQuery = query.Encode()
	at.DSN = u.String()
	if _, err := pgx.ParseConfig(at.DSN); err != nil {
		return at, fmt.Errorf("journal: the postgres URL cannot be used: %w", hide(err, u))
	}
	at.Name = fmt.Sprintf("postgres://%s%s schema %s", u.Host, u.Path, schema)
	return at, nil
}

// hide takes the password out of an error's text.
func hide(err error, u *url.URL) error {
	if password, ok := u.User.Password(); ok && password != "" {
		return errors.New(strings.ReplaceAll(strings.ReplaceAll(err.Error(), password, "***"), url.QueryEscape(password), "***"))
	}
	return err
}

func open(ctx context.Context, at dialect.Location) (*sql.DB, error) {
	config, err := pgx.ParseConfig(at.DSN)
	if err != nil {
		return nil, err
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = 10 * time.Second
	}
	db := stdlib.OpenDB(*config)
	db.SetMaxOpenConns(8)
	db.SetConnMaxIdleTime(time.Minute)
	if _, err := db.ExecContext(ctx, "CREATE SCHEMA IF NOT EXISTS "+pgx.Identifier{config.RuntimeParams["search_path"]}.Sanitize()); err != nil && !existsAlready(err) {
		db.Close()
		return nil, err
	}
	return db, nil
}

// existsAlready tells whether another program created the schema at the same time.
func existsAlready(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && (e.Code == "23505" || e.Code == "42P06")
}

func locker() (lock.SessionLocker, error) {
	return lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 120))
}

// classify reads the SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html).
func classify(err error) dialect.Kind {
	var e *pgconn.PgError
	var connect *pgconn.ConnectError
	var network *net.OpError
	switch {
	case errors.As(err, &e):
	case errors.As(err, &connect), errors.As(err, &network), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.EPIPE):
		return dialect.Unreachable
	default:
		return dialect.Other
	}
	switch {
	case strings.HasPrefix(e.Code, "28"), e.Code == "3D000": // invalid authorization; no such database
		if e.Code == "3D000" {
			return dialect.Unreachable
		}
		return dialect.Auth
	case strings.HasPrefix(e.Code, "40"), e.Code == "55P03": // serialization failure, deadlock; lock not available
		return dialect.Busy
	case e.Code == "53100":
		return dialect.Full
	case e.Code == "42501":
		return dialect.Permission
	case strings.HasPrefix(e.Code, "XX"):
		return dialect.Corrupt
	case strings.HasPrefix(e.Code, "57P"), strings.HasPrefix(e.Code, "53"): // shutting down; too many connections
		return dialect.Unreachable
	}
	return dialect.Other
}
