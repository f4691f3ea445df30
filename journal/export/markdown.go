package export

import (
	"bytes"
	"html"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	goldmarkhtml "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Links says where Markdown's references to the journal lead; a nil function knows nothing.
type Links struct {
	// Run returns the address of a run, "" where the page does not have it.
	Run func(id string) string
	// Figure returns HTML for a figure of a run, or of the runs of the entry when run is empty; "" where there is none.
	Figure func(run, name, alt string) string
}

// Markdown turns a note or an entry into HTML: CommonMark with tables, strike-through, task lists and bare links; TeX between $…$,
// $$…$$, \(…\) and \[…\] becomes MathML. HTML in it stays text. Its first heading becomes h(level), deeper ones follow without gaps.
// A link to run:ID leads to that run, as does run:ID in the text itself; a picture figure:NAME or run:ID/NAME is that figure; pictures elsewhere become links, so that the
// page asks nothing of the network.
func Markdown(source string, level int, links Links) string {
	var b bytes.Buffer
	if err := newMarkdown(level, links).Convert([]byte(strings.ToValidUTF8(source, "\uFFFD")), &b); err != nil { // a bytes.Buffer takes all
		return "<pre>" + html.EscapeString(source) + "</pre>"
	}
	return b.String()
}

func newMarkdown(level int, links Links) goldmark.Markdown {
	p := parser.NewParser(
		parser.WithBlockParsers(without(parser.DefaultBlockParsers(), parser.NewHTMLBlockParser())...),
		parser.WithInlineParsers(without(parser.DefaultInlineParsers(), parser.NewRawHTMLParser())...),
		parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...),
	)
	return goldmark.New(
		goldmark.WithParser(p),
		goldmark.WithExtensions(extension.GFM, mathExtension{}, diffExtension{}),
		goldmark.WithParserOptions(parser.WithASTTransformers(util.Prioritized(outline{level, links}, 900))),
		goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(pictures{links}, 100), util.Prioritized(goldmarkhtml.NewRenderer(), 1000))),
	)
}

// without leaves a parser out of a list; goldmark makes each a single value.
func without(all []util.PrioritizedValue, one any) []util.PrioritizedValue {
	var rest []util.PrioritizedValue
	for _, v := range all {
		if v.Value != one {
			rest = append(rest, v)
		}
	}
	return rest
}

// outline sets headings one under the other, beginning at a level, so that a reader who jumps from heading to heading misses none, and
// points links to runs, and their names in the text, at their place on the page.
type outline struct {
	level int
	links Links
}

func (o outline) Transform(doc *ast.Document, source text.Reader, _ parser.Context) {
	var above []int
	var lost []*ast.Link
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Heading:
			for len(above) > 0 && above[len(above)-1] >= n.Level {
				above = above[:len(above)-1]
			}
			above = append(above, n.Level)
			n.Level = min(6, o.level+len(above)-1)
		case *ast.Link:
			id, ok := strings.CutPrefix(string(n.Destination), "run:")
			if !ok {
				break
			}
			to := ""
			if o.links.Run != nil {
				to = o.links.Run(id)
			}
			if n.Destination = []byte(to); to == "" {
				lost = append(lost, n)
			}
		}
		return ast.WalkContinue, nil
	})
	for _, link := range lost { // the text of the link stays
		for c := link.FirstChild(); c != nil; c = link.FirstChild() {
			link.Parent().InsertBefore(link.Parent(), link, c)
		}
		link.Parent().RemoveChild(link.Parent(), link)
	}
	o.links.linkNames(doc, source.Source())
}

// pictures renders images: those of the journal by its figures, others as links.
type pictures struct{ links Links }

func (p pictures) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindImage, p.render)
	r.Register(extast.KindTaskCheckBox, task)
}

func (p pictures) render(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	n := node.(*ast.Image)
	to, alt := string(n.Destination), plainText(n, source)
	run, name, known := "", "", false
	if rest, ok := strings.CutPrefix(to, "figure:"); ok {
		name, known = rest, true
	} else if rest, ok := strings.CutPrefix(to, "run:"); ok {
		run, name, known = strings.Cut(rest, "/")
	}
	if known && p.links.Figure != nil {
		if found := p.links.Figure(run, name, alt); found != "" {
			_, _ = w.WriteString(found)
			return ast.WalkSkipChildren, nil
		}
	}
	if alt == "" {
		alt = to
	}
	if known || goldmarkhtml.IsDangerousURL(n.Destination) || !strings.Contains(to, "://") {
		_, _ = w.WriteString(`<span class="missing">` + html.EscapeString(alt) + " (" + html.EscapeString(to) + " is not in the journal)</span>")
	} else {
		_, _ = w.WriteString(`<a href="` + html.EscapeString(string(util.URLEscape(n.Destination, true))) + `">` + html.EscapeString(alt) + "</a>")
	}
	return ast.WalkSkipChildren, nil
}

// task renders a check box of a list as a sign with a name: nobody can tick it on the page.
func task(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		sign, name := "☐", "to do"
		if n.(*extast.TaskCheckBox).IsChecked {
			sign, name = "☑", "done"
		}
		_, _ = w.WriteString(`<span class="task" role="img" aria-label="` + name + `">` + sign + "</span> ")
	}
	return ast.WalkContinue, nil
}

// plainText is the text of a node without its mark-up.
func plainText(n ast.Node, source []byte) string {
	var b strings.Builder
	_ = ast.Walk(n, func(c ast.Node, entering bool) (ast.WalkStatus, error) {
		if t, ok := c.(*ast.Text); ok && entering {
			b.Write(t.Segment.Value(source))
			if t.SoftLineBreak() {
				b.WriteByte(' ')
			}
		}
		return ast.WalkContinue, nil
	})
	return b.String()
}
