package formats

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"flowbook/journal"
)

// Imported is what [ReadJSONLines] brought in.
type Imported struct {
	Runs    []string `json:"runs"`
	Entries []string `json:"entries"`
	Skipped []string `json:"skipped"` // ids that were here already
}

// ReadJSONLines brings in what [WriteJSONLines] or [WriteJournal] wrote, run by run, each all or nothing; runs and entries whose ids are here already are
// skipped. An error names the line; the runs before it are in the journal.
func ReadJSONLines(ctx context.Context, j *journal.Journal, r io.Reader) (Imported, error) {
	in := reader{j: j}
	buf := bufio.NewReaderSize(r, 1<<20)
	for n := 1; ; n++ {
		text, err := buf.ReadBytes('\n')
		if err != nil && err != io.EOF {
			return in.done, err
		}
		if len(text) > 0 {
			if e := in.take(ctx, text); e != nil {
				return in.done, fmt.Errorf("line %d: %w", n, e)
			}
		}
		if err == io.EOF {
			break
		}
	}
	return in.done, in.flush(ctx)
}

// A reader holds the run whose lines are being read.
type reader struct {
	j      *journal.Journal
	done   Imported
	record *journal.Record
	series []journal.Series
	output []journal.OutputLine
}

func (in *reader) take(ctx context.Context, text []byte) error {
	var l line
	if err := json.Unmarshal(text, &l); err != nil {
		return fmt.Errorf("%w JSON: %w", journal.ErrInvalid, err)
	}
	switch l.Type {
	case "artifact":
		digest, err := in.j.PutArtifact(ctx, l.Data)
		if err == nil && digest != l.Digest {
			err = fmt.Errorf("%w: the artifact's bytes have digest %s, not %s", journal.ErrCorrupt, digest, l.Digest)
		}
		return err
	case "run":
		if err := in.flush(ctx); err != nil {
			return err
		}
		if l.Record == nil {
			return fmt.Errorf("%w: a run without a record", journal.ErrInvalid)
		}
		in.record = l.Record
		return nil
	case "points":
		return in.points(l)
	case "output":
		if in.record == nil || in.record.ID != l.Run || l.Time == nil {
			return fmt.Errorf("%w: output of run %q, which does not come before", journal.ErrInvalid, l.Run)
		}
		in.output = append(in.output, journal.OutputLine{Time: *l.Time, Stream: l.Stream, Text: l.Data, Attempt: l.Attempt})
		return nil
	case "entry":
		if err := in.flush(ctx); err != nil || l.Entry == nil {
			return err
		}
		err := in.j.ImportEntry(ctx, *l.Entry)
		if errors.Is(err, journal.ErrDuplicate) {
			in.done.Skipped = append(in.done.Skipped, l.Entry.ID)
			return nil
		}
		in.done.Entries = append(in.done.Entries, l.Entry.ID)
		return err
	}
	return fmt.Errorf("%w: type %q; artifact, run, points, output and entry are known", journal.ErrInvalid, l.Type)
}

func (in *reader) points(l line) error {
	if in.record == nil || in.record.ID != l.Run {
		return fmt.Errorf("%w: points of run %q, which does not come before", journal.ErrInvalid, l.Run)
	}
	if len(l.Values) != len(l.Steps) || len(l.Times) != len(l.Steps) {
		return fmt.Errorf("%w: %d steps, %d values and %d times", journal.ErrInvalid, len(l.Steps), len(l.Values), len(l.Times))
	}
	if n := len(in.series); n == 0 || in.series[n-1].Metric != l.Metric || in.series[n-1].Attempt != l.Attempt {
		in.series = append(in.series, journal.Series{Metric: l.Metric, Attempt: l.Attempt})
	}
	s := &in.series[len(in.series)-1]
	s.Steps, s.Times = append(s.Steps, l.Steps...), append(s.Times, l.Times...)
	for _, v := range l.Values {
		s.Values = append(s.Values, float64(v))
	}
	return nil
}

// flush imports the run that was read.
func (in *reader) flush(ctx context.Context) error {
	r := in.record
	if r == nil {
		return nil
	}
	err := in.j.Import(ctx, r, in.series, in.output)
	in.record, in.series, in.output = nil, nil, nil
	if errors.Is(err, journal.ErrDuplicate) {
		in.done.Skipped = append(in.done.Skipped, r.ID)
		return nil
	}
	if err == nil {
		in.done.Runs = append(in.done.Runs, r.ID)
	}
	return err
}
