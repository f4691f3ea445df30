package doctor

import (
	"fmt"
	"html"
	"math"
	"strings"
)

// HTML is the report as a fragment of HTML that needs nothing else: the checks, what makes up the loss, and a table of
// the layers. It takes the page's own text colour and suits light and dark pages, JupyterLab's themes included. Text
// from the flow, such as names of layers and messages of panics, is escaped.
//
// In a GoNB notebook: gonbui.DisplayHTML(report.HTML()).
func (r *Report) HTML() string {
	var b strings.Builder
	b.WriteString(`<div class="flow-doctor">` + style)
	fmt.Fprintf(&b, `<p><strong class="%s">%s</strong> %s</p>`, r.Worst(), verdictWord[r.Worst()], html.EscapeString(r.headline()))
	b.WriteString(`<table><thead><tr><th></th><th>check</th><th>measured</th><th>limit</th><th>what was found</th></tr></thead><tbody>`)
	for _, c := range r.Checks {
		fmt.Fprintf(&b, `<tr><td><span class="badge %s">%s</span></td><td>%s</td><td class="n">%s</td><td class="n">%s</td><td>`,
			c.Verdict, c.Verdict, html.EscapeString(c.Name), number(c.Value), number(c.Limit))
		if c.Layer != "" {
			fmt.Fprintf(&b, `<code>%s</code>: `, html.EscapeString(c.Layer))
		}
		b.WriteString(html.EscapeString(c.Detail))
		if c.Remedy != "" && c.Verdict != OK {
			fmt.Fprintf(&b, `<div class="remedy">→ %s</div>`, html.EscapeString(c.Remedy))
		}
		b.WriteString(`</td></tr>`)
	}
	b.WriteString(`</tbody></table>`)
	r.termsHTML(&b)
	r.layersHTML(&b)
	b.WriteString(`</div>`)
	return b.String()
}

var verdictWord = map[Verdict]string{OK: "healthy", Warn: "with reservations", Fail: "ill"}

// termsHTML draws the summands of the loss as bars to either side of zero.
func (r *Report) termsHTML(b *strings.Builder) {
	most := 0.0
	for _, t := range r.Terms {
		most = math.Max(most, math.Abs(t.Bits))
	}
	if !isFinite(most) || most == 0 {
		return
	}
	b.WriteString(`<details open=""><summary>What the loss is made of (bits/dim)</summary><table>`)
	for _, t := range r.Terms {
		width := 50 * math.Abs(t.Bits) / most
		left := 50.0
		if t.Bits < 0 {
			left -= width
		}
		fmt.Fprintf(b, `<tr><td>%s</td><td class="n">%.4f</td><td class="bar"><i style="margin-left:%.1f%%;width:%.1f%%"></i></td></tr>`,
			html.EscapeString(t.Name), t.Bits, left, width)
	}
	b.WriteString(`</table></details>`)
}

func (r *Report) layersHTML(b *strings.Builder) {
	if len(r.Layers) == 0 {
		return
	}
	fmt.Fprintf(b, `<details><summary>%d layers</summary><table><thead><tr><th>layer</th><th>kind</th><th>log-det, nats</th>`+
		`<th>its error</th><th>inverse error</th><th>max |s|</th><th>max |z|</th></tr></thead><tbody>`, len(r.Layers))
	for _, l := range r.Layers {
		fmt.Fprintf(b, `<tr><td><code>%s</code></td><td>%s</td>`, html.EscapeString(l.Path), html.EscapeString(l.Kind))
		for _, v := range []float64{l.LogDet, l.LogDetError, l.InverseError, l.MaxS, l.MaxOut} {
			fmt.Fprintf(b, `<td class="n">%s</td>`, number(v))
		}
		b.WriteString(`</tr>`)
	}
	b.WriteString(`</tbody></table></details>`)
}

// number is a cell's number; empty for none.
func number(v float64) string {
	if math.IsNaN(v) {
		return ""
	}
	return fmt.Sprintf("%.4g", v)
}

const style = `<style>
.flow-doctor{--ok:#1a7f37;--warn:#9a6700;--fail:#cf222e;--skipped:#6e7781;--on:#fff;--rule:#8884;font-size:13px;line-height:1.45}
@media (prefers-color-scheme:dark){.flow-doctor{--ok:#57ab5a;--warn:#d4a72c;--fail:#f47067;--skipped:#909dab;--on:#111}}
[data-jp-theme-light="true"] .flow-doctor{--ok:#1a7f37;--warn:#9a6700;--fail:#cf222e;--skipped:#6e7781;--on:#fff}
[data-jp-theme-light="false"] .flow-doctor{--ok:#57ab5a;--warn:#d4a72c;--fail:#f47067;--skipped:#909dab;--on:#111}
.flow-doctor table{border-collapse:collapse;margin:.4em 0;background:transparent;color:inherit}
.flow-doctor th,.flow-doctor td{text-align:left;vertical-align:top;padding:.15em .6em;border-bottom:1px solid var(--rule);background:transparent}
.flow-doctor td.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.flow-doctor .badge{display:inline-block;min-width:4.5em;text-align:center;border-radius:1em;color:var(--on);padding:0 .5em}
.flow-doctor .badge.ok{background:var(--ok)}.flow-doctor .badge.warn{background:var(--warn)}
.flow-doctor .badge.fail{background:var(--fail)}.flow-doctor .badge.skipped{background:var(--skipped)}
.flow-doctor strong.ok{color:var(--ok)}.flow-doctor strong.warn{color:var(--warn)}.flow-doctor strong.fail{color:var(--fail)}
.flow-doctor .remedy{color:inherit;opacity:.8;font-style:italic}
.flow-doctor td.bar{width:16em}.flow-doctor td.bar i{display:block;height:.9em;background:var(--ok)}
.flow-doctor summary{cursor:pointer;margin-top:.4em}
</style>`
