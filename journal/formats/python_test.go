package formats_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// interpreter is a Python that has a package.
type interpreter string

// python finds an interpreter with the package, in the environments that make test and make bench set up; without one the test is
// skipped, and says so.
func python(t testing.TB, pkg string) interpreter {
	t.Helper()
	home := os.Getenv("FLOWBOOK_HOME")
	if home == "" {
		home = filepath.Join("..", "..", ".flowbook")
	}
	home, err := filepath.Abs(home)
	if err != nil {
		t.Fatal(err)
	}
	for _, venv := range []string{"venv-test", "venv-bench"} {
		path := filepath.Join(home, venv, "bin", "python")
		if exec.Command(path, "-c", "import "+pkg).Run() == nil {
			return interpreter(path)
		}
	}
	t.Skipf("no Python with %s in %s/venv-test: `make test` installs it; the files were not read by the real package", pkg, home)
	return ""
}

// json runs a program with arguments and decodes what it prints.
func (p interpreter) json(t testing.TB, to any, program string, args ...string) {
	t.Helper()
	cmd := exec.Command(string(p), append([]string{"-c", program}, args...)...)
	cmd.Env = append(os.Environ(), "MLFLOW_ALLOW_FILE_STORE=true", "MLFLOW_DISABLE_TELEMETRY=true", "DO_NOT_TRACK=true", "PYTHONWARNINGS=ignore")
	cmd.Dir = t.TempDir()
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.Bytes())
	}
	if err := json.Unmarshal(out, to); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
}
