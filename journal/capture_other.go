//go:build !unix

package journal

import "errors"

func captureOutput(*Run) (stop func(), err error) {
	return nil, errors.New("this system cannot; write to the run instead: it is an io.Writer")
}
