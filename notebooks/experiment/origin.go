package experiment

import (
	"fmt"
	"html"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/protocol"

	"flowbook/journal"
	"flowbook/notebooks/runs"
)

// showOrigin says which run and step the output of a cell comes from. In a notebook it is a display of its own, in which
// the kernel says so when a newer run makes it stale (notebooks/kernel).
func showOrigin(r *journal.Record) {
	text := runs.Origin(r)
	if !gonbui.IsNotebook {
		fmt.Println(text)
		return
	}
	gonbui.SendData(&protocol.DisplayData{
		Data:      map[protocol.MIMEType]any{protocol.MIMETextPlain: text, protocol.MIMETextHTML: "<small>" + html.EscapeString(text) + "</small>"},
		DisplayID: "origin_" + gonbui.UniqueId(),
	})
}
