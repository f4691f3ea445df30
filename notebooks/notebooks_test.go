package notebooks

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"flowbook/notebooks/runs"
)

// committed is the profile that each notebook's outputs come from; "" where it has none, as it is the same under each.
var committed = map[string]string{
	"01-inverse-transform-sampling": "",
	"02-toy-2d":                     "cpu",
	"03-mnist":                      "cpu",
	"04-cifar10":                    "cpu",
	"05-celeba":                     "cpu",
	"06-debugging-journal":          "",
	"07-your-own-flow":              "",
	"08-a-table":                    "cpu",
}

// notebook is what the tests read of a file of nbformat 4.
type notebook struct {
	Cells []cell `json:"cells"`
}

type cell struct {
	ID      string   `json:"id"`
	Kind    string   `json:"cell_type"`
	Source  lines    `json:"source"`
	Outputs []output `json:"outputs"`
}

type output struct {
	Kind string           `json:"output_type"`
	Name string           `json:"name"` // of a stream
	Text lines            `json:"text"`
	Data map[string]lines `json:"data"`
}

// lines is a text that the format writes as a list of lines, or as one.
type lines string

func (l *lines) UnmarshalJSON(text []byte) error {
	var many []string
	if err := json.Unmarshal(text, &many); err == nil {
		*l = lines(strings.Join(many, ""))
		return nil
	}
	var one string
	err := json.Unmarshal(text, &one)
	*l = lines(one)
	return err
}

// says is all that the cell's outputs say in text.
func (c cell) says() string {
	var all strings.Builder
	for _, o := range c.Outputs {
		all.WriteString(string(o.Text) + string(o.Data["text/plain"]) + "\n")
	}
	return all.String()
}

// declares tells that a cell has nothing to run: GoNB runs what follows a line of %%, or a func main.
func (c cell) declares() bool {
	return !slices.Contains(strings.Split(string(c.Source), "\n"), "%%")
}

func read(t *testing.T, path string) notebook {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var nb notebook
	if err := json.Unmarshal(text, &nb); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return nb
}

// each runs a test for each notebook.
func each(t *testing.T, do func(t *testing.T, name, path string)) {
	paths, err := filepath.Glob("*.ipynb")
	if err != nil || len(paths) != len(committed) {
		t.Errorf("%d notebooks, %v; the profiles of %d are listed", len(paths), err, len(committed))
	}
	for _, path := range paths {
		name := strings.TrimSuffix(path, ".ipynb")
		t.Run(name, func(t *testing.T) { do(t, name, path) })
	}
}

// A cell is read at a glance, and the file by whoever opens it on a code host's page.
func TestCellsAreShort(t *testing.T) {
	const mostBytes = 2_000_000
	each(t, func(t *testing.T, name, path string) {
		if info, err := os.Stat(path); err != nil || info.Size() >= mostBytes {
			t.Errorf("%d bytes, %v; it has to be under %d", info.Size(), err, mostBytes)
		}
		for _, c := range read(t, path).Cells {
			if why := tooLong(c); c.Kind == "code" && why != "" {
				t.Errorf("cell %s: %s", c.ID, why)
			}
		}
	})
}

// tooLong says what is too long about a cell; "" where nothing is.
func tooLong(c cell) string {
	const mostLines, mostColumns, tab = 25, 100, 4
	text := strings.Split(strings.TrimRight(string(c.Source), "\n"), "\n")
	if len(text) > mostLines {
		return fmt.Sprintf("%d lines; %d is the most", len(text), mostLines)
	}
	for i, line := range text {
		if n := utf8.RuneCountInString(strings.ReplaceAll(line, "\t", strings.Repeat(" ", tab))); n > mostColumns {
			return fmt.Sprintf("line %d has %d columns; %d is the most: %s", i+1, n, mostColumns, line)
		}
	}
	return ""
}

// What is committed has run to its end, all of it, under the profile that is said of it.
func TestOutputsAreWhole(t *testing.T) {
	profile := regexp.MustCompile(`\b(?:profile |run \w+ of [\w-]+-)(quick|cpu|full)\b`)
	each(t, func(t *testing.T, name, path string) {
		want, listed := committed[name]
		if !listed {
			t.Fatal("the profile that its outputs come from is not listed")
		}
		var said []string
		for _, c := range read(t, path).Cells {
			if c.Kind != "code" {
				continue
			}
			if len(c.Outputs) == 0 && !c.declares() {
				t.Errorf("cell %s runs something and has no output", c.ID)
			}
			for _, o := range c.Outputs {
				if o.Kind == "error" || o.Name == "stderr" {
					t.Errorf("cell %s has an error among its outputs: %.300s", c.ID, o.Text)
				}
			}
			if strings.Contains(c.says(), runs.Shortened) {
				t.Errorf("cell %s shows a training that was shortened for tests: %s", c.ID, c.says())
			}
			for _, found := range profile.FindAllStringSubmatch(c.says(), -1) {
				said = append(said, found[1])
			}
		}
		slices.Sort(said)
		if said = slices.Compact(said); strings.Join(said, " ") != want {
			t.Errorf("its outputs say that they are of the profile %q; listed is %q", said, want)
		}
	})
}
