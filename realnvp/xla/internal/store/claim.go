package store

import (
	"errors"
	"os"
	"syscall"
	"time"
)

// Patience is how long Claim waits for another process that makes the same blob.
const Patience = 10 * time.Minute

// Claim is the right to make the blob of a key, which one process has at a time. It is a lock on the file that the
// blob is written to, so a process that is killed gives it back and leaves one file, which the next one writes over.
type Claim struct {
	store Store
	key   Key
	file  *os.File
	// Waited says that somebody else had the claim before: the blob may be there now.
	Waited bool
}

// Claim waits until nobody else makes this blob and returns the right to do so.
func (s Store) Claim(key Key) (*Claim, error) {
	if err := os.MkdirAll(s.Dir, 0o700); err != nil { // programs are read from here: nobody else may write
		return nil, err
	}
	claim := &Claim{store: s, key: key}
	for end := time.Now().Add(Patience); ; {
		file, err := os.OpenFile(s.path(key)+part, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, err
		}
		switch err = lock(file); {
		case err == nil && current(file):
			claim.file = file
			return claim, nil
		case err == nil: // the file has become a blob, or was removed, between opening and locking it
			claim.Waited = true
		case !errors.Is(err, syscall.EWOULDBLOCK):
			file.Close()
			return nil, err
		case time.Now().After(end):
			file.Close()
			return nil, errors.New("another process has been making the same one for " + Patience.String())
		default:
			claim.Waited = true
			time.Sleep(10 * time.Millisecond)
		}
		file.Close()
	}
}

// lock takes the lock of an open file, or returns EWOULDBLOCK.
func lock(file *os.File) error { return syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) }

// current says whether an open file is still the one of its name.
func current(file *os.File) bool {
	mine, err := file.Stat()
	if err != nil {
		return false
	}
	named, err := os.Stat(file.Name())
	return err == nil && os.SameFile(mine, named)
}

// Fill writes the blob and gives the claim back. The blob appears whole or not at all.
func (c *Claim) Fill(blob []byte) (err error) {
	defer func() {
		if err != nil {
			os.Remove(c.file.Name())
		}
		c.file.Close()
	}()
	if int64(header+len(blob)) > c.store.Limit {
		return errors.New("it is larger than all that is kept")
	}
	if err := c.file.Truncate(0); err != nil {
		return err
	}
	for _, bytes := range [][]byte{encode(c.key, blob), blob} {
		if _, err := c.file.Write(bytes); err != nil {
			return err
		}
	}
	if err := os.Rename(c.file.Name(), c.store.path(c.key)); err != nil {
		return err
	}
	c.store.shrink()
	return nil
}

// Drop gives the claim back without a blob.
func (c *Claim) Drop() {
	os.Remove(c.file.Name())
	c.file.Close()
}
