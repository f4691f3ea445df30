package journal

import (
	"errors"
	"fmt"
	"io/fs"

	"flowbook/journal/internal/dialect"
)

// The errors a program may want to tell apart with errors.Is; the text of the error that wraps one
// names what it is about and what helps.
var (
	ErrNotFound    = errors.New("not found")
	ErrAmbiguous   = errors.New("ambiguous")
	ErrInvalid     = errors.New("invalid")
	ErrDuplicate   = errors.New("already recorded")
	ErrNotJournal  = errors.New("not a journal")
	ErrNewerSchema = errors.New("newer schema")
	ErrCorrupt     = errors.New("corrupt")
	ErrFull        = errors.New("disk full")
	ErrPermission  = errors.New("no permission")
	ErrBusy        = errors.New("busy")
	ErrAuth        = errors.New("wrong user or password")
	ErrUnreachable = errors.New("unreachable")
	ErrFinished    = errors.New("run is finished")
	ErrRunning     = errors.New("run is still running")
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
	if isOurs(err) {
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

// isOurs tells whether an error already says what it is about.
func isOurs(err error) bool {
	for _, e := range []error{ErrNotFound, ErrAmbiguous, ErrInvalid, ErrDuplicate, ErrNotJournal, ErrNewerSchema, ErrCorrupt,
		ErrFull, ErrPermission, ErrBusy, ErrAuth, ErrUnreachable, ErrFinished, ErrRunning} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// invalid is an error about what the caller gave.
func invalid(format string, args ...any) error {
	return fmt.Errorf("journal: %w: "+format, append([]any{ErrInvalid}, args...)...)
}
