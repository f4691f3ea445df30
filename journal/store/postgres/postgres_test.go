//go:build unix

package postgres

import (
	"context"
	"os"
	"testing"

	"flowbook/journal/internal/ids"
	"flowbook/journal/internal/pgtest"
	"flowbook/journal/store"
	"flowbook/journal/store/storetest"
)

func TestMain(m *testing.M) {
	code := m.Run()
	pgtest.Close()
	os.Exit(code)
}

func TestStore(t *testing.T) {
	if _, err := pgtest.Bin(); err != nil {
		t.Skip(err)
	}
	server, err := pgtest.Shared()
	if err != nil {
		t.Fatal(err)
	}
	storetest.Run(t, func(t *testing.T) store.Store {
		at, err := locate(server.URL(pgtest.Password, "t "+ids.New()))
		if err != nil {
			t.Fatal(err)
		}
		s, err := open(context.Background(), at)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		return s
	})
}
