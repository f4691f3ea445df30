package sqlite

import (
	"context"
	"path/filepath"
	"testing"

	"flowbook/journal/store"
	"flowbook/journal/store/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store {
		at, err := locate(filepath.Join(t.TempDir(), "runs.db"))
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
