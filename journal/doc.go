// Package journal is an experiment journal: it records what a training run did, so that it can be
// found, compared, resumed, replayed and shown later.
//
// A run takes three lines, in a notebook cell as in any Go program:
//
//	run := journal.MustBegin("moons", config)
//	defer run.Finish(&err) // the error that the function returns; nil where it returns none
//	run.Log(step, journal.Metrics{"loss": loss})
//
// The run knows by itself the git commit and the uncommitted changes, the module versions, the
// machine and the time. Figures, artifacts (by sha256), checkpoints, notes and tags are added with
// the methods of [Run]; dated Markdown entries with [Journal.Write].
//
// # What is safe when
//
// [Run.Log] writes the step to a spool file before it returns, so the step survives the death of the
// process at any later instant. Within a second, and at [Run.Flush], [Run.Checkpoint] and
// [Run.Finish], the steps are committed to the database with a sync to disk, so they also survive a
// power cut. What a dead process left in its spool is brought into the database the next time the
// journal is opened on that machine. Figures, artifacts and entries are synced before their method returns.
//
// # Running, interrupted
//
// A run that is not finished shows as running only while the process that works on it lives: on the
// same machine that is asked of the operating system (process id, its start time, the boot and
// process-id namespace it belongs to), elsewhere the run's last sign of life must be younger than a
// minute. Otherwise it shows as interrupted, and [Journal.Resume] can go on with it.
//
// # Where it lives
//
// [Open] takes the path of an SQLite file (or sqlite:PATH), or a postgres: URL when the program
// imports flowbook/journal/store/postgres. Artifacts are in a folder beside the SQLite file, or in the bucket
// that ?artifacts=s3://… or gs://… names when the program imports flowbook/journal/s3 or flowbook/journal/gs.
package journal
