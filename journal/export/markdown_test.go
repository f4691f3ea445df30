package export

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

// TestExportMarkdown holds that mark-up of the text becomes HTML and HTML in it stays text.
func TestExportMarkdown(t *testing.T) {
	for _, c := range []struct{ in, want, never string }{
		{"a **b** `c`", "<p>a <strong>b</strong> <code>c</code></p>", ""},
		{"x <script>alert(1)</script> y", "&lt;script&gt;alert(1)&lt;/script&gt;", "<script"},
		{"<script>\nalert(1)\n</script>", "&lt;script&gt;", "<script"},
		{"<div onclick='x'>**b**</div>", "&lt;div onclick='x'&gt;<strong>b</strong>&lt;/div&gt;", "<div"},
		{"<!-- c -->", "&lt;!-- c --&gt;", "<!--"},
		{"[x](javascript:alert(1))", `<a href="">x</a>`, "javascript"},
		{"[x](JaVaScRiPt:alert(1))", "x", "href=\"J"},
		{"![p](javascript:alert(1))", "p", "href="},
		{"![p](https://example.org/a.png)", `<a href="https://example.org/a.png">p</a>`, "<img"},
		{"![p](data:text/html,<script>)", "p", "<img"},
		{"[fix](run:abcd)", `<a href="#run-abcdefgh">fix</a>`, ""},
		{"the [*fix*](run:zzzz) here", "<p>the <em>fix</em> here</p>", ""},
		{"See run:abcd.", `<p>See <a href="#run-abcdefgh">run:abcd</a>.</p>`, ""},
		{"run:abcd, run:zzzz and\n*run:abcd*", `<p><a href="#run-abcdefgh">run:abcd</a>, run:zzzz and`, "run:zzzz</a>"},
		{"(run:abcd) | **run:abcd**", `<strong><a href="#run-abcdefgh">run:abcd</a></strong>`, ""},
		{"# Of run:abcd", `<h3>Of <a href="#run-abcdefgh">run:abcd</a></h3>`, ""},
		{"|a|\n|-|\n|run:abcd|", `<td><a href="#run-abcdefgh">run:abcd</a></td>`, ""},
		{"`run:abcd` and rerun:abcd", "<code>run:abcd</code> and rerun:abcd", "<a"},
		{"```\nrun:abcd\n```", "run:abcd", "<a"},
		{"[run:abcd](https://example.org/)", `<a href="https://example.org/">run:abcd</a>`, "#run"},
		{"[run:abcd](run:zzzz)", `run:abcd`, ""},
		{"![s](figure:samples)", "FIGURE||samples|s", ""},
		{"![s](run:abcd/samples)", "FIGURE|abcd|samples|s", ""},
		{"## A\n\n# B\n\n### C\n", "<h3>A</h3>\n<h3>B</h3>\n<h4>C</h4>", ""},
		{"|a|b|\n|-|-|\n|1|2|", "<td>1</td>", ""},
		{"- [x] a\n- [ ] b", `aria-label="done">☑</span> a`, "<input"},
		{"costs $5 or $6 a piece", "costs $5 or $6 a piece", "<math"},
		{"a $x_1 + y_1$ b", "<msub><mi>x</mi><mn>1</mn></msub>", "<em>"},
		{"a \\(x\\) b", "<mi>x</mi>", "("},
		{"`$x$`", "<code>$x$</code>", "<math"},
		{"$$\nx = 1\n=\n\n- y\n$$\nafter", "after", "<ul"},
		{"$a\nb$", "<mi>a</mi><mi>b</mi>", "$"},
		{"with $s = t$, so", `<span class="whole"><math display="inline" alttext="s = t">`, "</span> ,"},
		{"a $b and $c$ d", "<mi>c</mi>", ""},
		{"$ a $b$", "<mi>b</mi>", ""},
		{"one $ alone", "one $ alone", "<math"},
		{"caf\xe9", "caf\uFFFD", ""},
	} {
		got := Markdown(c.in, 3, Links{
			Run:    func(id string) string { return map[string]string{"abcd": "#run-abcdefgh"}[id] },
			Figure: func(run, name, alt string) string { return "FIGURE|" + run + "|" + name + "|" + alt },
		})
		if !strings.Contains(got, c.want) || c.never != "" && strings.Contains(got, c.never) {
			t.Errorf("%q became\n%s\nit should have %q and not %q", c.in, got, c.want, c.never)
		}
	}
}

// TestExportMaths holds that TeX becomes MathML, the same each time, and that nothing else passes.
func TestExportMaths(t *testing.T) {
	for _, c := range []struct{ tex, want, never string }{
		{`\log p_X(x) = \log p_Z(f(x)) + \log\left|\det\frac{\partial f(x)}{\partial x^T}\right|`, "<mfrac>", "<merror"},
		{`\begin{aligned} a &= b < c \\ d &= \text{if } x<y \end{aligned}`, "<mtext>if\u00a0</mtext><mi>x</mi><mo>&lt;</mo>", "merror"},
		{`\operatorname{tr}(A)`, "<math", "merror"},
		{`\text{a < "b" & c}`, "a &lt; &#34;b&#34; &amp; c", "<b"},
		{`\text{<script>alert(1)</script>}`, "&lt;script&gt;", "<script"},
		{`\class{"><img src=x onerror=alert(1)>}{x}`, `class="tex"`, "<img"},
		{`\color{"onload=x}{y}`, "", " onload"},
		{`\unknown{x}`, `<code class="tex"`, "<math"},
		{`\frac{a`, `<code class="tex"`, "<math"},
		{`\newcommand{\a}{\a\a}\a`, `<code class="tex"`, "<math"},
		{`-\tfrac12\sum_i x`, `<mfrac displaystyle="false"><mn>1</mn><mn>2</mn></mfrac>`, ""},
		{`x^12 + \frac 1{n^{23}}`, "<msup><mi>x</mi><mn>1</mn></msup><mn>2</mn>", "merror"},
		{`\frac{1}2 + \frac{\frac34}{x_10}`, "<mfrac><mn>3</mn><mn>4</mn></mfrac>", "<mn>10</mn>"},
		{`2 \log p - \log(q)`, `<mn>2</mn><mspace width="0.167em"></mspace><mi>log</mi><mspace width="0.167em"></mspace><mi>p</mi><mo>−</mo><mi>log</mi><mo`, ""},
		{`\max_i f`, `</munder></mrow><mspace`, ""},
		{`y = x \odot \exp(s(x_{1:d})) + t(x_{1:d})`, "<mo>⊙</mo>", ""},
	} {
		got := Maths(c.tex, true)
		if !strings.Contains(got, c.want) || c.never != "" && strings.Contains(got, c.never) {
			t.Errorf("%s became\n%s\nit should have %q and not %q", c.tex, got, c.want, c.never)
		}
		for range 5 {
			if again := Maths(c.tex, true); again != got {
				t.Errorf("%s: once\n%s\nand then\n%s", c.tex, got, again)
			}
		}
	}
}

// FuzzExportMarkdown holds that no text makes a tag that Markdown has not.
func FuzzExportMarkdown(f *testing.F) {
	for _, s := range []string{"$\\text{<b>}$", "<script>", "$$\n\\color{\"}{x}", "![a](figure:<x>)", "\\[ x \\]", "a\n$$ b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := strings.ToLower(Markdown(s, 3, Links{}))
		for _, tag := range []string{"<script", "<img", "<iframe", "<style", "<svg", "<object", "<div", "<form"} {
			if strings.Contains(got, tag) {
				t.Errorf("%q became\n%s", s, got)
			}
		}
	})
}

// BenchmarkExportMarkdown renders 10 MB of texts that make parsers slow.
func BenchmarkExportMarkdown(b *testing.B) {
	for name, piece := range map[string]string{"prose": "Some *words* of a `text`.\n\n", "dollars": "$a ", "brackets": "[", "stars": "*a ", "ticks": "`a``", "lines": "a line\n"} {
		text := strings.Repeat(piece, 10_000_000/len(piece))
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				Markdown(text, 3, Links{})
			}
		})
	}
}

func ExampleMarkdown() {
	fmt.Print(Markdown("The bound is $x^2 < 4$; <b>not</b> *bold*.", 3, Links{}))
	// Output:
	// <p>The bound is <span class="whole"><math display="inline" alttext="x^2 &lt; 4"><mrow><mrow><msup><mi>x</mi><mn>2</mn></msup><mo>&lt;</mo><mn>4</mn></mrow></mrow></math>;</span> &lt;b&gt;not&lt;/b&gt; <em>bold</em>.</p>
}

// TestExportConcurrent renders from several goroutines, as a server does; the race detector looks on where it is asked to.
func TestExportConcurrent(t *testing.T) {
	source := demoTheory + demoBug
	want := Markdown(source, 3, Links{})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 20 {
				if got := Markdown(source, 3, Links{}); got != want {
					t.Error("a text rendered beside others differs")
				}
			}
		})
	}
	all.Wait()
}
