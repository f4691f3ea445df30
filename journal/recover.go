package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"flowbook/journal/internal/lock"
	"flowbook/journal/spool"
)

// recoverSpools brings to the database what dead processes of this machine left in the spool folder.
// The files of live processes, and of runs of another journal, stay.
func (j *Journal) recoverSpools(ctx context.Context) error {
	if err := j.recoverSpool(ctx, ""); err != nil {
		return err
	}
	alive, err := spool.LifeFiles(j.at.Spool)
	for _, f := range alive {
		lock.RemoveFree(f)
	}
	return err
}

// recoverSpool does it for one run, or for all when run is "".
func (j *Journal) recoverSpool(ctx context.Context, run string) error {
	if j.readOnly {
		return nil
	}
	files, err := spool.List(j.at.Spool, run)
	if err != nil || len(files) == 0 {
		return err
	}
	type attempt struct {
		run    string
		number int
	}
	groups := map[attempt][]spool.Name{}
	for _, f := range files {
		a := attempt{f.Run, f.Attempt}
		groups[a] = append(groups[a], f)
	}
	for a, files := range groups {
		if err := j.recoverAttempt(ctx, a.run, a.number, files); err != nil {
			return fmt.Errorf("bring the steps that run %s left in %s to the journal: %w", a.run, j.at.Spool, err)
		}
	}
	return nil
}

func (j *Journal) recoverAttempt(ctx context.Context, run string, attempt int, files []spool.Name) error {
	who, heartbeat, err := j.worker(ctx, run, attempt)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	if j.works(run, attempt, who, heartbeat, time.Now()) {
		return nil
	}
	slices.SortFunc(files, func(a, b spool.Name) int { return a.N - b.N })
	var batch []spool.Record
	damaged := map[spool.Name]bool{}
	for _, f := range files {
		records, whole, err := spool.Read(f.Path)
		if errors.Is(err, os.ErrNotExist) {
			return nil // another process is at it
		}
		if err != nil {
			return err
		}
		damaged[f] = !whole
		batch = append(batch, records...)
	}
	err = j.update(ctx, func(t transaction) error {
		// Touching the line first keeps another process that recovers the same attempt waiting.
		if _, err := t.exec(ctx, "UPDATE attempt SET heartbeat = heartbeat WHERE run = ? AND number = ?", run, attempt); err != nil {
			return err
		}
		s, flushed, err := loadSink(ctx, t, run, attempt)
		if err != nil {
			return err
		}
		fresh := slices.DeleteFunc(slices.Clone(batch), func(r spool.Record) bool { return r.Seq <= flushed })
		slices.SortStableFunc(fresh, func(a, b spool.Record) int { return int(a.Seq - b.Seq) })
		if len(fresh) == 0 {
			return nil
		}
		if err := s.store(ctx, t, s.plan(fresh)); err != nil {
			return err
		}
		_, err = t.exec(ctx, "UPDATE attempt SET heartbeat = ? WHERE run = ? AND number = ?", fresh[len(fresh)-1].At, run, attempt)
		return err
	})
	if err != nil {
		return err
	}
	for _, f := range files {
		if !damaged[f] {
			os.Remove(f.Path)
			continue
		}
		kept, err := spool.SetAside(f.Path)
		if err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "run %s: a part of what it logged cannot be read; the rest is in the journal, and the file is kept: %s\n", run, kept)
	}
	lock.RemoveFree(spool.LifeFile(j.at.Spool, run, attempt))
	return nil
}

// worker reads who worked on an attempt, and the last sign of life.
func (j *Journal) worker(ctx context.Context, run string, attempt int) (who process, heartbeat time.Time, err error) {
	var at sql.NullInt64
	err = j.row(ctx, "SELECT host, boot, pid, pid_start, heartbeat FROM attempt WHERE run = ? AND number = ?", run, attempt).
		Scan(&who.host, &who.boot, &who.pid, &who.start, &at)
	return who, fromMicros(at), err
}

// globEscape makes a folder's name match itself.
func globEscape(dir string) string {
	var b []rune
	for _, c := range dir {
		if c == '*' || c == '?' || c == '[' || c == '\\' {
			b = append(b, '\\')
		}
		b = append(b, c)
	}
	return string(b)
}
