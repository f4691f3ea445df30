package inline

import (
	"os"
	"path/filepath"
)

// home is the folder of flowbook's state: FLOWBOOK_HOME, else .flowbook in the
// nearest folder at or above the working one that holds a go.mod, else in the
// working folder.
func home() string {
	if home := os.Getenv("FLOWBOOK_HOME"); home != "" {
		return home
	}
	work, err := os.Getwd()
	if err != nil {
		return ".flowbook"
	}
	for dir := work; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, ".flowbook")
		}
		if dir == filepath.Dir(dir) {
			return filepath.Join(work, ".flowbook")
		}
	}
}
