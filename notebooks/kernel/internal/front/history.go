package front

import (
	"path"
	"slices"
	"strings"
)

// line is one cell of the history, as Jupyter wants it: session, number, text.
type line struct {
	number int
	code   string
}

// remember keeps a cell that was run, if it counts.
func (f *front) remember(r *running) {
	if r.counted {
		f.lines = append(f.lines, line{r.count, r.code})
	}
}

// history answers a request for what was run in this session, which is the only one that is kept: the tail, a range, or what
// fits a pattern, of cells with one text the last where `unique` asks for it.
func (f *front) history(request map[string]any) [][3]any {
	asksOutput, _ := request["output"].(bool)
	number := func(name string, otherwise int) int {
		if v, ok := request[name].(float64); ok {
			return int(v)
		}
		return otherwise
	}
	pattern, _ := request["pattern"].(string)
	kind, _ := request["hist_access_type"].(string)
	unique, _ := request["unique"].(bool)
	found := [][3]any{}
	for i, l := range f.lines {
		switch kind {
		case "range":
			if number("session", 0) != 0 || l.number < number("start", 0) || l.number >= number("stop", 1<<30) {
				continue
			}
		case "search":
			if !matches(pattern, l.code) {
				continue
			}
			again := func(later line) bool { return later.code == l.code }
			if unique && slices.ContainsFunc(f.lines[i+1:], again) {
				continue
			}
		}
		var text any = l.code
		if asksOutput {
			text = [2]any{l.code, nil} // outputs are not kept
		}
		found = append(found, [3]any{0, l.number, text})
	}
	if n := number("n", len(found)); kind != "range" && n >= 0 && n < len(found) {
		found = found[len(found)-n:]
	}
	return found
}

// matches tells whether a text fits a pattern of *, ? and […], where * stands for any text, slashes and lines included. A
// pattern that is none fits nothing.
func matches(pattern, text string) bool {
	const other = "\x00" // path.Match has * stop at a slash
	ok, err := path.Match(strings.ReplaceAll(pattern, "/", other), strings.ReplaceAll(text, "/", other))
	return ok && err == nil
}
