package formats

import (
	"bytes"
	"errors"
	"io"
	"os"
)

// A scratch holds bytes in a temporary file, which is made with the first. Its zero value is empty.
type scratch struct{ file *os.File }

func (s *scratch) write(b []byte) (err error) {
	if s.file == nil {
		if s.file, err = os.CreateTemp("", "journal-import-"); err != nil {
			return err
		}
	}
	_, err = s.file.Write(b)
	return err
}

// open reads the bytes from the first on.
func (s *scratch) open() (io.ReadCloser, error) {
	if s.file == nil {
		return io.NopCloser(bytes.NewReader(nil)), nil
	}
	return os.Open(s.file.Name())
}

// clear empties it.
func (s *scratch) clear() error {
	if s.file == nil {
		return nil
	}
	_, err := s.file.Seek(0, io.SeekStart)
	return errors.Join(err, s.file.Truncate(0))
}

// close removes the file.
func (s *scratch) close() {
	if s.file != nil {
		s.file.Close()
		os.Remove(s.file.Name())
	}
}
