package data

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
)

// Home is the one folder where flowbook keeps its state (data, journal, kernel, HTML), as an absolute path. It is, in
// order: $FLOWBOOK_HOME; .flowbook beside the go.mod of module flowbook in the nearest parent of the working folder;
// .flowbook in the working folder. Home makes no folder.
func Home() string {
	if h := os.Getenv("FLOWBOOK_HOME"); h != "" {
		return absolute(h)
	}
	wd, err := os.Getwd()
	if err != nil {
		return ".flowbook"
	}
	for dir := wd; ; dir = filepath.Dir(dir) {
		if moduleOf(filepath.Join(dir, "go.mod")) == "flowbook" {
			return filepath.Join(dir, ".flowbook")
		}
		if dir == filepath.Dir(dir) {
			return filepath.Join(wd, ".flowbook")
		}
	}
}

// moduleOf is the module path a go.mod declares, or "" where there is none.
func moduleOf(goMod string) string {
	f, err := os.Open(goMod)
	if err != nil {
		return ""
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if fields := strings.Fields(s.Text()); len(fields) >= 2 && fields[0] == "module" {
			return strings.Trim(fields[1], `"`)
		}
	}
	return ""
}

func absolute(path string) string {
	if a, err := filepath.Abs(path); err == nil {
		return a
	}
	return path
}
