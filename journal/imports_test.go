package journal

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestImports holds what a program that imports the journal links, and in which direction its rooms know each other.
func TestImports(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("no go command")
	}
	deps := func(pkg string) []string {
		out, err := exec.Command("go", "list", "-deps", pkg).Output()
		must(t, err)
		return strings.Fields(string(out))
	}
	for pkg, banned := range map[string][]string{
		"flowbook/journal": {"gocloud.dev", "google.golang.org", "go.opentelemetry.io", "github.com/aws", "github.com/jackc", "github.com/gomlx", "gonum.org",
			"github.com/spf13", "github.com/shirou", "flowbook/realnvp", "flowbook/data", "flowbook/figures", "flowbook/notebooks", "flowbook/journal/command", "flowbook/journal/export"},
		"flowbook/journal/fault":                   {"flowbook/", "github.com", "database/sql"},
		"flowbook/journal/config":                  {"flowbook/journal$", "flowbook/journal/record", "database/sql", "github.com"},
		"flowbook/journal/record":                  {"flowbook/journal$", "flowbook/journal/query", "flowbook/journal/spool", "database/sql", "github.com"},
		"flowbook/journal/query":                   {"flowbook/journal$", "flowbook/journal/spool", "database/sql", "github.com"},
		"flowbook/journal/spool":                   {"flowbook/journal$", "flowbook/journal/record", "flowbook/journal/provenance", "database/sql", "github.com"},
		"flowbook/journal/store":                   {"flowbook/journal$", "flowbook/journal/query", "flowbook/journal/artifact", "database/sql", "github.com", "modernc.org"},
		"flowbook/journal/store/internal/sqlstore": {"flowbook/journal$", "flowbook/journal/query", "flowbook/journal/artifact", "github.com", "modernc.org"},
		"flowbook/journal/store/sqlite":            {"flowbook/journal$", "flowbook/journal/query", "flowbook/journal/artifact", "github.com/jackc"},
		"flowbook/journal/store/postgres":          {"flowbook/journal$", "flowbook/journal/query", "flowbook/journal/artifact", "modernc.org"},
		"flowbook/journal/provenance":              {"flowbook/journal$", "modernc.org", "github.com", "flowbook/journal/artifact"},
		"flowbook/journal/artifact":                {"flowbook/journal$", "modernc.org", "github.com", "gocloud.dev", "flowbook/journal/provenance"},
		"flowbook/journal/gs":                      {"gocloud.dev", "cloud.google.com/go/storage"},
		"flowbook/journal/home":                    {"flowbook/journal$", "github.com"},
		"flowbook/journal/export":                  {"gonum.org", "github.com/gomlx", "flowbook/journal/command", "flowbook/journal/cell"},
		"flowbook/figures":                         {"flowbook/journal$", "flowbook/journal/", "flowbook/realnvp", "flowbook/data"},
		"flowbook/figures/chart":                   {"flowbook/journal$", "flowbook/journal/", "flowbook/figures$", "gonum.org", "golang.org/x", "github.com"},
	} {
		for _, d := range deps(pkg) {
			if d == pkg {
				continue
			}
			if slices.ContainsFunc(banned, func(b string) bool {
				return d == strings.TrimSuffix(b, "$") || !strings.HasSuffix(b, "$") && strings.HasPrefix(d, b)
			}) {
				t.Errorf("%s links %s", pkg, d)
			}
		}
	}
}

// TestSmallProgram builds a program that begins a run, logs and finishes: it is small, so that a notebook's cell links soon.
func TestSmallProgram(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("no go command")
	}
	dir := t.TempDir()
	main, program := filepath.Join(dir, "main.go"), filepath.Join(dir, "program")
	must(t, os.WriteFile(main, []byte(`package main

import "flowbook/journal"

func main() {
	run := journal.MustBegin("moons", nil)
	defer run.Finish(nil)
	run.Log(1, journal.Metrics{"loss": 1})
}
`), 0o644))
	cmd := exec.Command("go", "build", "-o", program, main)
	cmd.Env = append(os.Environ(), "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	info, err := os.Stat(program)
	must(t, err)
	const most = 12_000_000 // with its symbols
	if info.Size() > most {
		t.Errorf("it has %d bytes, %d at most", info.Size(), most)
	}
}
