package journal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sort"
	"time"

	"flowbook/journal/internal/lock"
	"flowbook/journal/spool"
)

// recoverSpools brings to the database what dead processes of this machine left in the spool folder.
// The files of live processes, and of runs of another journal, stay.
func (j *Journal) recoverSpools(ctx context.Context) error {
	if _, err := j.recoverSpool(ctx, ""); err != nil {
		return err
	}
	alive, err := spool.LifeFiles(j.at.Spool)
	for _, f := range alive {
		lock.RemoveFree(f)
	}
	return err
}

// readable is the error of a recovery where the journal cannot be read without it. On a full disk the steps wait where they are: who frees
// space has to see what there is, and to collect what nobody names.
func readable(err error) error {
	if !errors.Is(err, ErrFull) {
		return err
	}
	fmt.Fprintln(os.Stderr, "what the journal has can be read, but not:", err)
	return nil
}

// recoverSpool does it for one run, or for all when run is "", and returns how many files came in.
func (j *Journal) recoverSpool(ctx context.Context, run string) (came int, err error) {
	if j.Writable() != nil {
		return 0, nil
	}
	files, err := spool.List(j.at.Spool, run)
	if err != nil || len(files) == 0 {
		return 0, err
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
		came += len(files)
		if err := j.recoverAttempt(ctx, a.run, a.number, files); err != nil {
			return came, fmt.Errorf("bring the steps that run %s left in %s to the journal: %w", a.run, j.at.Spool, err)
		}
	}
	return came, nil
}

func (j *Journal) recoverAttempt(ctx context.Context, run string, attempt int, files []spool.Name) error {
	attempts, err := j.store.Attempts(ctx, run)
	if err != nil || attempt > len(attempts) || j.works(run, attempts[attempt-1], time.Now()) {
		return err
	}
	sort.Slice(files, func(i, k int) bool { return files[i].N < files[k].N })
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
	sort.Slice(batch, func(i, k int) bool { return batch[i].Seq < batch[k].Seq })
	batch = slices.CompactFunc(batch, func(a, b spool.Record) bool { return a.Seq == b.Seq }) // of a file that somebody copied
	log, err := j.store.Log(ctx, run, attempt)
	if err == nil {
		err = log.Append(ctx, batch)
	}
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
