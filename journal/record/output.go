package record

import "time"

// OutputLine is a piece of a run's captured output, as it was written; it need not be a whole line, nor UTF-8.
type OutputLine struct {
	Time    time.Time
	Stream  int // 1 standard output, 2 standard error
	Text    []byte
	Attempt int // that wrote it
}
