package group

import (
	"fmt"
	"html"
	"strings"
)

// HTML is the table with its figures, as an element to stand in HTML.
func (t *Table) HTML() string {
	var b strings.Builder
	b.WriteString(`<figure style="margin:0;font:13px/1.5 system-ui,sans-serif">`)
	trials := t.Trials()
	if panels := trials.Panels(); panels != "" {
		fmt.Fprintf(&b, `<div>%s</div><div>%s</div><figcaption>%s</figcaption>`, panels, trials.Parallel(), html.EscapeString(t.Caption()))
	}
	b.WriteString(`<table style="border-collapse:collapse"><thead>`)
	tag := "th"
	for i, row := range t.Rows() {
		b.WriteString("<tr>")
		for _, text := range row {
			fmt.Fprintf(&b, `<%s style="text-align:left;padding:.2em .7em">%s</%s>`, tag, html.EscapeString(text), tag)
		}
		b.WriteString("</tr>")
		if i == 0 {
			b.WriteString("</thead><tbody>")
			tag = "td"
		}
	}
	b.WriteString("</tbody></table></figure>")
	return b.String()
}
