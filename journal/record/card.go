package record

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"flowbook/journal/config"
	"flowbook/journal/internal/ids"
	"flowbook/journal/internal/plain"
)

// FigureHTML writes a figure as HTML that holds its bytes: images as data URIs, text as text, anything else by its name and size.
func FigureHTML(f Artifact, data []byte) string {
	caption := f.Name
	if f.Step != NoStep {
		caption = fmt.Sprintf("%s, step %d", f.Name, f.Step)
	}
	body := fmt.Sprintf("<p>%s, %d bytes</p>", plain.Escape(f.MIME), f.Size)
	switch {
	case strings.HasPrefix(f.MIME, "image/"): // SVG too: inside an img its scripts do not run
		body = fmt.Sprintf(`<img alt="%s" style="max-width:100%%" src="data:%s;base64,%s"/>`, plain.Escape(caption), plain.Escape(f.MIME), base64.StdEncoding.EncodeToString(data))
	case strings.HasPrefix(f.MIME, "text/plain"):
		body = "<pre>" + plain.Escape(string(data)) + "</pre>"
	}
	return fmt.Sprintf(`<figure style="display:inline-block;margin:.5em 1em .5em 0">%s<figcaption>%s</figcaption></figure>`, body, plain.Escape(caption))
}

// HTML writes the run as a card: what it is, its config, metrics, code, notes and what it keeps. pictures are more of it, as HTML: package
// flowbook/journal/cell has curves and figures there.
func (r *Run) HTML(pictures ...string) string {
	var b strings.Builder
	b.WriteString(`<article id="run-` + plain.Escape(r.ID) + `" style="font:13px/1.5 system-ui,sans-serif;border:1px solid color-mix(in srgb,currentColor 30%,transparent);border-left:4px solid ` + statusColour(r.Status) + `;border-radius:6px;padding:.6em 1em;margin:.5em 0">`)
	fmt.Fprintf(&b, `<header><b style="font-size:15px">%s</b> <code>%s</code> · %s · %s · %s`, plain.Escape(r.Experiment), plain.Escape(r.ID), plain.Escape(string(r.Status)),
		r.Started.Local().Format("2006-01-02 15:04"), Span(r.Duration()))
	for _, tag := range r.Tags {
		fmt.Fprintf(&b, ` <span style="border:1px solid currentColor;border-radius:1em;padding:0 .6em;font-size:11px">%s</span>`, plain.Escape(tag))
	}
	b.WriteString("</header>")
	if r.Error != "" {
		fmt.Fprintf(&b, `<details><summary>%s</summary><pre>%s</pre></details>`, plain.Escape(plain.FirstLine(r.Error, 120)), plain.Escape(r.Error))
	}
	b.WriteString(`<div style="display:flex;flex-wrap:wrap;gap:0 2em">`)
	var rows [][]string
	for _, row := range config.Diff(r.Config, json.RawMessage("{}")) {
		rows = append(rows, []string{row.Path, row.Values[0]})
	}
	smallTable(&b, "config", []string{"", "value"}, rows)
	rows = nil
	for _, name := range r.MetricNames() {
		s := r.Metrics[name]
		best, step := s.BestText(name)
		row := []string{name, ShortValue(s.Last), best, step, fmt.Sprint(s.Count)}
		if s.NotFinite > 0 {
			row[4] += fmt.Sprintf(" (%d not finite)", s.NotFinite)
		}
		rows = append(rows, row)
	}
	smallTable(&b, "metrics", []string{"", "last", "best", "at step", "points"}, rows)
	smallTable(&b, "run", []string{"", ""}, r.facts())
	b.WriteString("</div>" + strings.Join(pictures, ""))
	for _, n := range r.Notes {
		fmt.Fprintf(&b, `<p style="white-space:pre-wrap;margin:.4em 0"><small>%s</small> %s</p>`, n.Time.Local().Format("2006-01-02 15:04"), linked(n.Text))
	}
	b.WriteString("</article>")
	return b.String()
}

func statusColour(s Status) string {
	return map[Status]string{Finished: "#009469", Running: "#1f77d0", Failed: "#d0455a", Interrupted: "#d55e00"}[s]
}

// facts are the lines of a card about where the run comes from.
func (r *Run) facts() [][]string {
	var rows [][]string
	add := func(what, value string) {
		if value != "" {
			rows = append(rows, []string{what, value})
		}
	}
	for _, f := range r.ShownIn(OnCard) {
		add(f[0], f[1])
	}
	add("resumed", strings.Join(r.CodeChanges(), "; "))
	add("machine", fmt.Sprintf("%s, %s/%s, %d CPUs, %s", r.Machine.Host, r.Machine.OS, r.Machine.Arch, r.Machine.CPUs, r.Machine.Go))
	for _, name := range slices.Sorted(maps.Keys(r.Data)) {
		add("data "+name, plain.Digest(r.Data[name]))
	}
	for _, list := range [][]Artifact{r.Artifacts, r.Checkpoints} {
		if n := len(list); n > 0 {
			add(list[n-1].Kind+"s", fmt.Sprintf("%d, the last %s: %d bytes, sha256 %s", n, list[n-1].Name, list[n-1].Size, plain.Digest(list[n-1].Digest)))
		}
	}
	return rows
}

func smallTable(b *strings.Builder, title string, heads []string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	fmt.Fprintf(b, `<table style="border-collapse:collapse;margin:.5em 0;align-self:flex-start"><caption style="text-align:left;font-weight:600">%s</caption>`, plain.Escape(title))
	if strings.Join(heads, "") != "" {
		b.WriteString("<thead><tr>")
		for _, h := range heads {
			if h == "" {
				b.WriteString("<td></td>")
				continue
			}
			fmt.Fprintf(b, `<th scope="col" style="text-align:left;padding:0 .8em 0 0;font-weight:400;opacity:.75">%s</th>`, plain.Escape(h))
		}
		b.WriteString("</tr></thead>")
	}
	b.WriteString("<tbody>")
	for _, row := range rows {
		b.WriteString("<tr>")
		for i, v := range row {
			tag := "td"
			if i == 0 {
				tag = `th scope="row"`
			}
			end, _, _ := strings.Cut(tag, " ")
			fmt.Fprintf(b, `<%s style="text-align:left;font-weight:400;padding:0 .8em 0 0;overflow-wrap:anywhere">%s</%s>`, tag, plain.Escape(v), end)
		}
		b.WriteString("</tr>")
	}
	b.WriteString("</tbody></table>")
}

// HTML writes the entry as a card: its text as it was written. Where Markdown and maths are rendered, as in JupyterLab, use [Entry.Markdown].
func (e Entry) HTML() string {
	var b strings.Builder
	b.WriteString(`<article style="font:14px/1.6 system-ui,sans-serif;border:1px solid color-mix(in srgb,currentColor 30%,transparent);border-radius:6px;padding:.6em 1em;margin:.5em 0"><header>`)
	fmt.Fprintf(&b, `<time datetime="%s">%s</time> <code>%s</code>`, e.Date.Format("2006-01-02T15:04:05Z07:00"), e.Date.Local().Format("2006-01-02"), plain.Escape(e.ID))
	for _, tag := range e.Tags {
		fmt.Fprintf(&b, ` <span style="border:1px solid currentColor;border-radius:1em;padding:0 .6em;font-size:11px">%s</span>`, plain.Escape(tag))
	}
	if e.Title != "" {
		fmt.Fprintf(&b, `<h3 style="margin:.2em 0">%s</h3>`, plain.Escape(e.Title))
	}
	fmt.Fprintf(&b, `</header><div style="white-space:pre-wrap">%s</div>`, linked(e.Body, e.Runs...))
	if len(e.Runs) > 0 {
		fmt.Fprintf(&b, `<p>runs: <code>%s</code></p>`, plain.Escape(strings.Join(e.Runs, ", ")))
	}
	b.WriteString("</article>")
	return b.String()
}

// linked is a text as it stands in HTML, the runs that it names by their whole id, or by the beginning of one of those given, as links to
// their cards.
func linked(text string, runs ...string) string {
	return RunLink.ReplaceAllStringFunc(plain.Escape(text), func(name string) string {
		id := strings.TrimPrefix(name, "run:")
		if i := slices.IndexFunc(runs, func(run string) bool { return strings.HasPrefix(run, id) }); i >= 0 {
			id = runs[i]
		} else if len(id) < ids.Length {
			return name
		}
		return `<a href="#run-` + id + `">` + name + `</a>`
	})
}

// Markdown writes the entry as Markdown, with title, date, tags and runs before the body.
func (e Entry) Markdown() string {
	var b strings.Builder
	if e.Title != "" {
		fmt.Fprintf(&b, "### %s\n\n", plain.FirstLine(e.Title, 500))
	}
	fmt.Fprintf(&b, "*%s*", e.Date.Local().Format("2006-01-02"))
	for _, tag := range e.Tags {
		fmt.Fprintf(&b, " `%s`", strings.ReplaceAll(tag, "`", "'"))
	}
	for _, run := range e.Runs {
		fmt.Fprintf(&b, " run `%s`", run)
	}
	return b.String() + "\n\n" + e.Body + "\n"
}
