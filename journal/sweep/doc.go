// Package sweep makes the runs of one experiment over many settings, and has workers do them, on one machine or on many.
//
//	q, err := sweep.Open(ctx, j)
//	s, err := q.Add(ctx, sweep.Plan{Experiment: "moons", Settings: []string{"planes=16,32", "rate=1e-3..1e-2:log:5", "seed=1..5"}})
//	err = q.Work(ctx, sweep.Work{Workers: 2, Sweep: s.ID}) // here, and in any other program that has the journal open
//
// # Settings
//
//	planes=16,32               these values; a value may be JSON: hidden=[64,64],[128]
//	activation=relu,"a, b"     texts, in quotes where they hold a comma
//	norm=true,false            both
//	seed=1..5                  the whole numbers 1, 2, 3, 4, 5
//	rate=1e-3..1e-2:log:5      5 numbers, each the same factor from the one before it; lin: the same distance
//	rate=1e-3..1e-2:log        any number between, drawn evenly on the logarithmic scale; only where Plan.Random draws
//
// # The queue
//
// The queue is River (https://riverqueue.com). A job is a run that is to be: it holds the run's id and config. Who takes the job begins the
// run of that id, or goes on with it from its last checkpoint where somebody began it before; so a job never has two runs, however often
// it is taken. A job whose worker died is put back as soon as the journal sees that the run's process is gone: within seconds on the same
// machine, after a minute without a sign of life on another.
//
// Beside an SQLite journal the queue is a file of its own, FILE.sweeps.db: the small writes of a queue, each synced to disk, do not wait
// for those of the runs, nor these for them; River wants one connection where the journal has eight; and a journal that is copied or sent
// to somebody takes no jobs along. Nothing needs a transaction over both, since a run says itself which job it is. In PostgreSQL the queue is
// in the journal's schema, for programs that import flowbook/journal/sweep/postgres.
package sweep
