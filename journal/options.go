package journal

import "flowbook/journal/record"

// An Option says more about a run that [Journal.Begin] begins.
type Option func(*beginning)

// beginning is what a run begins with.
type beginning struct {
	name       string
	id         string
	sweep      *record.Sweep
	seed       *int64
	parent     string
	replayOf   string
	tags       []string
	data       map[string]string
	backend    string
	device     string
	capture    func(*Run) (stop func(), err error) // links into programs that ask for it alone
	companions []func(*Run) (stop func(), err error)
	keep       int
	noSource   bool
	asRecorded bool // the seed is that of a recorded run, whatever the config says
}

// WithName names the run, for people: two runs may have the same name. [Journal.Rename] changes it.
func WithName(name string) Option { return func(b *beginning) { b.name = name } }

// WithSeed says the seed. [Execute] sets the config's to it, and refuses where the config has none; [Journal.Begin] records it, and refuses
// where the config says another. Without it, a whole number under "seed" in the config is taken.
func WithSeed(seed int64) Option { return func(b *beginning) { b.seed = &seed } }

// WithParent names the run this one comes from, by its id.
func WithParent(id string) Option { return func(b *beginning) { b.parent = id } }

// WithTags tags the run.
func WithTags(tags ...string) Option {
	return func(b *beginning) { b.tags = append(b.tags, tags...) }
}

// WithData records that the run reads a data set, by name and digest.
func WithData(name, digest string) Option {
	return func(b *beginning) { b.data[name] = digest }
}

// WithBackend records what computes ("xla:cpu") and on which device.
func WithBackend(backend, device string) Option {
	return func(b *beginning) { b.backend, b.device = backend, device }
}

// WithOutput captures what the process writes to standard output and standard error, while it still appears there.
// Only one run of a process can do so at a time.
func WithOutput() Option { return func(b *beginning) { b.capture = captureOutput } }

// WithCompanion starts something that goes on beside the run, as package flowbook/journal/system does, and has it stopped when the run
// finishes.
func WithCompanion(start func(*Run) (stop func(), err error)) Option {
	return func(b *beginning) { b.companions = append(b.companions, start) }
}

// WithCheckpoints keeps only the last n checkpoints of the run; the default is to keep all.
func WithCheckpoints(n int) Option { return func(b *beginning) { b.keep = n } }

// WithoutSource keeps no source and no uncommitted changes with the run: their digests tell whether they are the same as another run's.
// FLOWBOOK_JOURNAL_SOURCE=none says so for all runs.
func WithoutSource() Option { return func(b *beginning) { b.noSource = true } }

// withRecordedSeed records the seed of a run that is replayed.
func withRecordedSeed(seed int64) Option {
	return func(b *beginning) { b.seed, b.asRecorded = &seed, true }
}

// asReplayOf marks a run as the replay of another.
func asReplayOf(id string) Option { return func(b *beginning) { b.replayOf = id } }
