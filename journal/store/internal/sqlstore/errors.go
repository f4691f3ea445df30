package sqlstore

import (
	"errors"
	"fmt"
	"io/fs"

	"flowbook/journal/fault"
)

// kinds maps what a driver's error means to the error and the remedy a user reads.
var kinds = map[Kind]struct {
	err    error
	remedy string
}{
	Busy:        {fault.ErrBusy, "another program, perhaps a stopped one, holds the journal; try again, or end it"},
	Full:        {fault.ErrFull, "free some space; what was acknowledged is kept"},
	Permission:  {fault.ErrPermission, "check the rights of the file and its folder"},
	Corrupt:     {fault.ErrCorrupt, "run journal verify, or go back to a copy"},
	NotDatabase: {fault.ErrNotJournal, "give the path of a journal, or of a file that does not exist yet"},
	Auth:        {fault.ErrAuth, "check user and password of the URL, or PGPASSWORD"},
	Unreachable: {fault.ErrUnreachable, "check host and port, and that the server runs"},
}

// Explain names the journal in an error of its database and adds what helps.
func (s *Store) Explain(err error) error {
	if err == nil {
		return nil
	}
	if fault.Known(err) {
		return err
	}
	kind, ok := kinds[s.d.Classify(err)]
	if !ok {
		if errors.Is(err, fs.ErrPermission) {
			kind, ok = kinds[Permission], true
		}
	}
	if ok {
		return fmt.Errorf("journal %s: %w: %s (%w)", s.at.Name, kind.err, kind.remedy, err)
	}
	return fmt.Errorf("journal %s: %w", s.at.Name, err)
}
