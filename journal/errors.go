package journal

import (
	"errors"
	"fmt"
	"io/fs"

	"flowbook/journal/fault"
	"flowbook/journal/internal/dialect"
)

// kinds maps what a driver's error means to the error and the remedy a user reads.
var kinds = map[dialect.Kind]struct {
	err    error
	remedy string
}{
	dialect.Busy:        {ErrBusy, "another program holds the journal; try again"},
	dialect.Full:        {ErrFull, "free some space; what was acknowledged is kept"},
	dialect.Permission:  {ErrPermission, "check the rights of the file and its folder"},
	dialect.Corrupt:     {ErrCorrupt, "run journal verify, or go back to a copy"},
	dialect.NotDatabase: {ErrNotJournal, "give the path of a journal, or of a file that does not exist yet"},
	dialect.Auth:        {ErrAuth, "check user and password of the URL, or PGPASSWORD"},
	dialect.Unreachable: {ErrUnreachable, "check host and port, and that the server runs"},
}

// explain names the journal in an error of its database and adds what helps.
func (j *Journal) explain(err error) error {
	if err == nil {
		return nil
	}
	if fault.Known(err) {
		return err
	}
	kind, ok := kinds[j.dialect.Classify(err)]
	if !ok {
		if errors.Is(err, fs.ErrPermission) {
			kind, ok = kinds[dialect.Permission], true
		}
	}
	if ok {
		return fmt.Errorf("journal %s: %w: %s (%w)", j.at.Name, kind.err, kind.remedy, err)
	}
	return fmt.Errorf("journal %s: %w", j.at.Name, err)
}
