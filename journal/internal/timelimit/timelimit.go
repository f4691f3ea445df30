// Package timelimit keeps a journal from waiting for ever for an artifact store that does not answer: some clients try again without end.
package timelimit

import (
	"context"
	"time"
)

// Patience is how long a store may take to answer; a test changes it.
var Patience = time.Minute

// slowest is what an artifact's bytes may take at least, in bytes a second.
const slowest = 100_000

// Limit is ctx with the time that an exchange of size bytes with a store may take.
func Limit(ctx context.Context, size int64) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, Patience+time.Duration(size/slowest)*time.Second)
}

// Answer is ctx until stop is called, and ends before when that takes longer than the store may take to answer: for what is read
// as it comes.
func Answer(ctx context.Context) (answered context.Context, stop, cancel func()) {
	answered, end := context.WithCancelCause(ctx)
	timer := time.AfterFunc(Patience, func() { end(context.DeadlineExceeded) })
	return answered, func() { timer.Stop() }, func() { end(nil) }
}
