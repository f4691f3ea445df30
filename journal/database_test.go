package journal

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"flowbook/journal/store"
)

// database opens the database of a journal beside the journal, as another program would.
func database(t testing.TB, at store.Location) *sql.DB {
	t.Helper()
	driver := "sqlite"
	if at.Path == "" {
		driver = "pgx"
	}
	db, err := sql.Open(driver, at.DSN)
	must(t, err)
	t.Cleanup(func() { db.Close() })
	return db
}

// tamper changes lines of a journal's database; parameters are ?.
func tamper(t testing.TB, j *Journal, query string, args ...any) {
	t.Helper()
	if j.at.Path == "" {
		for n := 1; strings.Contains(query, "?"); n++ {
			query = strings.Replace(query, "?", fmt.Sprint("$", n), 1)
		}
	}
	_, err := database(t, j.at).Exec(query, args...)
	must(t, err)
}

// oldJournal makes a journal of the schema of that many migrations.
func oldJournal(t testing.TB, migrations int) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "old.db")
	db, err := sql.Open("sqlite", path)
	must(t, err)
	defer db.Close()
	files, err := filepath.Glob("store/internal/sqlstore/schema/*.sql")
	must(t, err)
	must(t, sqlExec(db, "PRAGMA application_id = 0x666c626b"))
	must(t, sqlExec(db, "CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY AUTOINCREMENT, version_id INTEGER NOT NULL, is_applied INTEGER NOT NULL, tstamp TIMESTAMP)"))
	for i, file := range files[:migrations] {
		text, err := os.ReadFile(file)
		must(t, err)
		must(t, sqlExec(db, string(text)))
		must(t, sqlExec(db, fmt.Sprintf("INSERT INTO goose_db_version (version_id, is_applied) VALUES (%d, 1)", i+1)))
	}
	return path
}

func sqlExec(db *sql.DB, query string) error {
	_, err := db.Exec(query)
	return err
}
