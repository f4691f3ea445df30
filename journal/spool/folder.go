package spool

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// DamagedEnd is added to the name of a spool file of which a part cannot be read; see [SetAside].
const DamagedEnd = ".damaged"

// A Name is what the name of a spool file says, RUN.ATTEMPT.N.spool: the N-th file of an attempt at a run.
type Name struct {
	Run     string
	Attempt int
	N       int
	Path    string
}

// List lists the spool files of a folder, of one run or of all when run is "", in the order of their names. A folder that is not there has none.
func List(folder, run string) ([]Name, error) {
	var all []Name
	err := each(folder, func(file string) {
		if n, ok := parse(file); ok && (run == "" || n.Run == run) {
			n.Path = filepath.Join(folder, file)
			all = append(all, n)
		}
	})
	return all, err
}

// Damaged lists the files of a folder that were set aside.
func Damaged(folder string) ([]string, error) { return ending(folder, DamagedEnd) }

// LifeFile is the file whose lock is held by who works on an attempt.
func LifeFile(folder, run string, attempt int) string {
	return filepath.Join(folder, fmt.Sprintf("%s.%d.alive", run, attempt))
}

// LifeFiles lists the files whose locks were or are held.
func LifeFiles(folder string) ([]string, error) { return ending(folder, ".alive") }

// SetAside renames a file of which a part cannot be read, so that its bytes are kept, and returns its new path.
func SetAside(path string) (kept string, err error) {
	return path + DamagedEnd, os.Rename(path, path+DamagedEnd)
}

// RunOf is the run whose records a file of a spool folder holds.
func RunOf(path string) string {
	run, _, _ := strings.Cut(filepath.Base(path), ".")
	return run
}

func ending(folder, end string) (all []string, err error) {
	err = each(folder, func(file string) {
		if strings.HasSuffix(file, end) {
			all = append(all, filepath.Join(folder, file))
		}
	})
	return all, err
}

func each(folder string, visit func(file string)) error {
	files, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, f := range files {
		if f.Type().IsRegular() { // no folder and no pipe, of which reading would not end
			visit(f.Name())
		}
	}
	return err
}

func parse(file string) (n Name, ok bool) {
	parts := strings.Split(file, ".")
	if len(parts) != 4 || parts[3] != "spool" {
		return n, false
	}
	attempt, err1 := strconv.Atoi(parts[1])
	number, err2 := strconv.Atoi(parts[2])
	return Name{Run: parts[0], Attempt: attempt, N: number}, err1 == nil && err2 == nil && attempt > 0
}
