package front

import (
	"html"
	"regexp"
	"strings"

	"flowbook/notebooks/kernel/internal/wire"
)

// origin is where the output of a cell says that it comes from: package experiment shows it as a display of its own.
type origin struct {
	run, text string
}

// says is what notebooks/runs.Origin writes of a finished run, in the display whose ID begins with originID.
var says = regexp.MustCompile(`^run (\S+) of (.+?)(?:, step \d+)?$`)

// unfinished is how it ends of another run, which makes no output stale.
var unfinished = regexp.MustCompile(`, (?:running|failed|interrupted)$`)

const originID = "origin_"

// noteOrigin keeps account of the runs that outputs come from. When a later one of the same experiment is shown, outputs
// of the earlier ones are marked as stale in their own place.
func (f *front) noteOrigin(request *wire.Message, m *wire.Message) {
	content := m.Fields()
	transient, _ := content["transient"].(map[string]any)
	data, _ := content["data"].(map[string]any)
	id, _ := transient["display_id"].(string)
	text, _ := data["text/plain"].(string)
	found := says.FindStringSubmatch(text)
	if !strings.HasPrefix(id, originID) || found == nil || unfinished.MatchString(text) {
		return
	}
	run, experiment := found[1], found[2]
	shown := f.origins[experiment]
	if shown == nil {
		shown = map[string]origin{}
		f.origins[experiment] = shown
	}
	for other, o := range shown {
		if o.run == run {
			continue
		}
		delete(shown, other)
		text := o.text + " · stale: run " + run + " is newer; run this cell again"
		f.publish(request, "update_display_data", map[string]any{
			"data":     map[string]any{"text/plain": text, "text/html": "<small><b>" + html.EscapeString(text) + "</b></small>"},
			"metadata": map[string]any{}, "transient": map[string]any{"display_id": other},
		})
	}
	shown[id] = origin{run, text}
}
