package front

import (
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"slices"
	"strings"

	"flowbook/notebooks/kernel/internal/gotext"
)

// program is the code of a session: what each name stands for, and what each cell was run with.
type program struct {
	declared map[string]gotext.Declaration
	ran      map[string]ran // by cell
}

// ran is the last run of a cell.
type ran struct {
	number int
	uses   map[string]bool
}

func newProgram() *program {
	return &program{map[string]gotext.Declaration{}, map[string]ran{}}
}

// run takes in a cell that has run. It gives the names that mean something else since, and the numbers of the cells whose
// output was made with what they meant before, through whatever other declarations. A cell without a number, 0, is none whose
// output could be stale.
func (p *program) run(cell string, number int, code string) (names []string, stale []int) {
	touched := map[string]bool{}
	for name, d := range gotext.Declarations(code) {
		if old, ok := p.declared[name]; ok && old.Text != d.Text && name != "main" {
			touched[name] = true
		}
		p.declared[name] = d
	}
	if number > 0 {
		p.ran[cell] = ran{number, gotext.Runs(code)}
	}
	names = slices.Sorted(maps.Keys(touched))
	for grows := len(touched) > 0; grows; {
		grows = false
		for name, d := range p.declared {
			if !touched[name] && overlap(d.Uses, touched) {
				touched[name], grows = true, true
			}
		}
	}
	for other, r := range p.ran {
		if other != cell && overlap(r.uses, touched) {
			stale = append(stale, r.number)
		}
	}
	slices.Sort(stale)
	return names, stale
}

func overlap(a, b map[string]bool) bool {
	for name := range a {
		if b[name] {
			return true
		}
	}
	return false
}

// noteChange says below a cell that has run which cells are stale since.
func (f *front) noteChange(r *running) {
	number := 0
	if r.counted {
		number = r.count
	}
	names, stale := f.program.run(r.cell(), number, r.code)
	if len(stale) == 0 || r.silent {
		return
	}
	numbers := make([]string, len(stale))
	for i, n := range stale {
		numbers[i] = fmt.Sprintf("[%d]", n)
	}
	text := fmt.Sprintf("stale: %s, run with %s as it was before; run again", strings.Join(numbers, ", "), strings.Join(names, ", "))
	f.publish(r.request, "display_data", map[string]any{
		"data":     map[string]any{"text/plain": text, "text/html": "<small><b>" + html.EscapeString(text) + "</b></small>"},
		"metadata": map[string]any{}, "transient": map[string]any{},
	})
}

// cell is what the client calls the cell; of one that has no name, its text.
func (r *running) cell() string {
	var metadata struct {
		Cell string `json:"cellId"`
	}
	if json.Unmarshal(r.request.Metadata, &metadata) == nil && metadata.Cell != "" {
		return metadata.Cell
	}
	return r.code
}
