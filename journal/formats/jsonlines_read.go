package formats

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"flowbook/journal"
	"flowbook/journal/record"
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
	defer in.logged.close()
	defer in.part.close()
	buf := bufio.NewReaderSize(r, 1<<20)
	for n := 1; ; n++ {
		text, err := buf.ReadBytes('\n')
		if err != nil && err != io.EOF {
			return in.done, err
		}
		if n == 1 {
			text = bytes.TrimPrefix(text, []byte("\ufeff")) // which editors on Windows write
		}
		if len(bytes.TrimSpace(text)) > 0 {
			if e := in.take(ctx, text); e != nil {
				return in.done, fmt.Errorf("line %d: %w", n, e)
			}
		}
		if err == io.EOF {
			break
		}
	}
	if in.digest != "" {
		return in.done, fmt.Errorf("%w: the file ends within artifact %s", journal.ErrInvalid, in.digest)
	}
	return in.done, in.flush(ctx)
}

// A reader reads one run at a time: its record is in memory, what it logged in a file until its last line is read.
type reader struct {
	j      *journal.Journal
	done   Imported
	record *journal.Record
	logged scratch // lines of points and output
	part   scratch // the beginning of an artifact that goes on
	digest string  // of that artifact
}

func (in *reader) take(ctx context.Context, text []byte) error {
	var l line
	if err := json.Unmarshal(text, &l); err != nil {
		return fmt.Errorf("%w JSON: %w", journal.ErrInvalid, err)
	}
	switch l.Type {
	case "artifact":
		return in.artifact(ctx, l)
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
		return in.points(l, text)
	case "output":
		if in.record == nil || in.record.ID != l.Run || l.Time == nil {
			return fmt.Errorf("%w: output of run %q, which does not come before", journal.ErrInvalid, l.Run)
		}
		return in.logged.write(text)
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

func (in *reader) points(l line, text []byte) error {
	if in.record == nil || in.record.ID != l.Run {
		return fmt.Errorf("%w: points of run %q, which does not come before", journal.ErrInvalid, l.Run)
	}
	if len(l.Values) != len(l.Steps) || len(l.Times) != len(l.Steps) {
		return fmt.Errorf("%w: %d steps, %d values and %d times", journal.ErrInvalid, len(l.Steps), len(l.Values), len(l.Times))
	}
	return in.logged.write(text)
}

// artifact takes an artifact, or a part of one.
func (in *reader) artifact(ctx context.Context, l line) error {
	if in.digest != "" && in.digest != l.Digest {
		return fmt.Errorf("%w: the artifact %s before goes on, but it does not", journal.ErrInvalid, in.digest)
	}
	if err := in.part.write(l.Data); err != nil {
		return err
	}
	if in.digest = l.Digest; l.More != "" {
		return nil
	}
	in.digest = ""
	digest, err := in.j.PutArtifactFrom(ctx, in.part.open)
	if err == nil && digest != l.Digest {
		err = fmt.Errorf("%w: the artifact's bytes have digest %s, not %s", journal.ErrCorrupt, digest, l.Digest)
	}
	return errors.Join(err, in.part.clear())
}

// flush imports the run that was read.
func (in *reader) flush(ctx context.Context) error {
	r := in.record
	if r == nil {
		return nil
	}
	err := in.j.ImportFrom(ctx, r, in.handOver)
	in.record = nil
	if err := in.logged.clear(); err != nil {
		return err
	}
	if errors.Is(err, journal.ErrDuplicate) {
		in.done.Skipped = append(in.done.Skipped, r.ID)
		return nil
	}
	if err == nil {
		in.done.Runs = append(in.done.Runs, r.ID)
	}
	return err
}

// handOver hands what the run logged to the import.
func (in *reader) handOver(to *journal.Importer) error {
	file, err := in.logged.open()
	if err != nil {
		return err
	}
	defer file.Close()
	for d := json.NewDecoder(file); ; {
		var l line
		switch err := d.Decode(&l); {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
		if l.Type == "points" {
			s := journal.Series{Metric: l.Metric, Attempt: l.Attempt, Steps: l.Steps, Times: l.Times}
			for _, v := range l.Values {
				s.Values = append(s.Values, float64(v))
			}
			err = to.Points(s)
		} else {
			err = to.Output(record.OutputLine{Time: *l.Time, Stream: l.Stream, Text: l.Data, Attempt: l.Attempt})
		}
		if err != nil {
			return err
		}
	}
}
