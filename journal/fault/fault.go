// Package fault has the errors that a program may want to tell apart, and the way in which they are said.
package fault

import (
	"errors"
	"fmt"
)

// The errors a program may want to tell apart with errors.Is; the text of the error that wraps one
// names what it is about and what helps.
var (
	ErrNotFound    error = kind("not found")
	ErrAmbiguous   error = kind("ambiguous")
	ErrInvalid     error = kind("invalid")
	ErrDuplicate   error = kind("already recorded")
	ErrNotJournal  error = kind("not a journal")
	ErrNewerSchema error = kind("newer schema")
	ErrCorrupt     error = kind("corrupt")
	ErrFull        error = kind("disk full")
	ErrPermission  error = kind("no permission")
	ErrBusy        error = kind("busy")
	ErrAuth        error = kind("wrong user or password")
	ErrUnreachable error = kind("unreachable")
	ErrFinished    error = kind("run is finished")
	ErrRunning     error = kind("run is still running")
)

// A kind is what sets these errors apart from all others.
type kind string

func (k kind) Error() string { return string(k) }

// Known tells whether an error wraps one of them, and so says already what it is about.
func Known(err error) bool {
	var k kind
	return errors.As(err, &k)
}

// Invalid is an error about what the caller gave.
func Invalid(format string, args ...any) error {
	return fmt.Errorf("journal: %w: "+format, append([]any{ErrInvalid}, args...)...)
}
