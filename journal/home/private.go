package home

import (
	"errors"
	"os"
	"path/filepath"
)

// Private makes a folder that holds nothing but what programs keep there. A .gitignore in it has git pass over it.
func Private(dir string) error {
	if exists(filepath.Join(dir, ".gitignore")) {
		return nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(dir, ".gitignore"), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return nil // it is there, or the folder is not ours to write: then git shows what is there
	}
	_, err = f.WriteString("*\n")
	return errors.Join(err, f.Close())
}
