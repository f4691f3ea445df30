// Package home says where a project keeps what its commands make: data sets, the
// journal, checkpoints, figures, HTML. It is the one place that decides, for every
// package and for the reader's own programs, and it knows nothing of any of them.
package home

import (
	"os"
	"path/filepath"
)

// Variable is the environment variable that names the folder.
const Variable = "FLOWBOOK_HOME"

// name is the folder's name where the variable does not name it.
const name = ".flowbook"

// Dir is the folder as an absolute path: $FLOWBOOK_HOME, else .flowbook in the
// nearest folder at or above the working one that has a .flowbook or a go.mod,
// else .flowbook in the working folder. Dir makes no folder.
func Dir() string {
	if dir := os.Getenv(Variable); dir != "" {
		return absolute(dir)
	}
	wd := absolute(".")
	for dir := wd; ; dir = filepath.Dir(dir) {
		if exists(filepath.Join(dir, name)) || exists(filepath.Join(dir, "go.mod")) {
			return filepath.Join(dir, name)
		}
		if dir == filepath.Dir(dir) {
			return filepath.Join(wd, name)
		}
	}
}

// Path is a file or folder in [Dir].
func Path(parts ...string) string {
	return filepath.Join(append([]string{Dir()}, parts...)...)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// absolute is path itself where the working folder is gone.
func absolute(path string) string {
	if a, err := filepath.Abs(path); err == nil {
		return a
	}
	return path
}
