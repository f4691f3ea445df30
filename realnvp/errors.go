package realnvp

import (
	"fmt"
	"strings"
)

// try turns a panic of graph code into an error, and makes one line of what GoMLX says in many.
func try(doing string, fn func() error) error {
	var own error
	if err := recovered(doing, func() error { own = fn(); return nil }); err != nil {
		return err
	}
	if own != nil {
		return &failure{doing, own}
	}
	return nil
}

// recovered is fn's error, or its panic as one: of the reader's own parts, sources and hooks.
func recovered(doing string, fn func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			cause, is := p.(error)
			if !is {
				cause = fmt.Errorf("%v", p)
			}
			err = &failure{doing, cause}
		}
	}()
	return fn()
}

// failure is an error of GoMLX's, or one under it, with what was being done.
type failure struct {
	doing string
	err   error
}

func (f *failure) Error() string {
	first, _, _ := strings.Cut(f.err.Error(), "\n")
	if _, cause, wrapped := strings.Cut(first, " panicked: "); wrapped { // before it stands how GoMLX came there
		first = cause
	}
	return fmt.Sprintf("realnvp: %s: %s", f.doing, first)
}

func (f *failure) Unwrap() error { return f.err }
