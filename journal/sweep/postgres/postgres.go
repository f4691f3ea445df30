// Package postgres lets the sweeps of a journal in a PostgreSQL database have their queue there. Import it for its effect; it imports
// flowbook/journal/store/postgres too:
//
//	import _ "flowbook/journal/sweep/postgres"
package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	jstore "flowbook/journal/store"
	_ "flowbook/journal/store/postgres" // the journal itself
	"flowbook/journal/sweep/internal/store"
)

func init() { store.Register("postgres", open) }

// open connects to the journal's schema; River's tables are there.
func open(ctx context.Context, at jstore.Location, create store.Create) (*store.Store, error) {
	pool, err := pgxpool.New(ctx, at.DSN)
	if err != nil {
		return nil, fmt.Errorf("the queue of sweeps in %s: %w", at.Name, err)
	}
	db := stdlib.OpenDBFromPool(pool)
	close := func() error {
		err := db.Close()
		pool.Close()
		return err
	}
	if err := prepare(ctx, pool, create); err != nil {
		close()
		if errors.Is(err, store.ErrNone) {
			return nil, err
		}
		return nil, fmt.Errorf("the queue of sweeps in %s: %w", at.Name, err)
	}
	return store.New(riverpgxv5.New(pool), db, close), nil
}

// prepare makes or migrates River's tables, one program at a time.
func prepare(ctx context.Context, pool *pgxpool.Pool, create store.Create) error {
	var there bool
	if err := pool.QueryRow(ctx, "SELECT to_regclass('river_job') IS NOT NULL").Scan(&there); err != nil {
		return err
	}
	if !there && create == store.Never {
		return store.ErrNone
	}
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	const key = 0x666c62727765 // "flbrwe": ours alone
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", int64(key)); err != nil {
		return err
	}
	defer conn.Exec(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", int64(key))
	return store.Migrate(ctx, riverpgxv5.New(pool))
}
