package export

import (
	"html"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// diffExtension colours the lines of a ```diff block, as the page that compares runs does.
type diffExtension struct{}

// Extend implements goldmark.Extender.
func (diffExtension) Extend(m goldmark.Markdown) {
	m.Parser().AddOptions(parser.WithASTTransformers(util.Prioritized(diffExtension{}, 900)))
	m.Renderer().AddOptions(renderer.WithNodeRenderers(util.Prioritized(diffExtension{}, 100)))
}

// diffBlock is a block of code that is a diff.
type diffBlock struct{ ast.BaseBlock }

var kindDiffBlock = ast.NewNodeKind("DiffBlock")

// Kind implements ast.Node.
func (*diffBlock) Kind() ast.NodeKind { return kindDiffBlock }

// Dump implements ast.Node.
func (d *diffBlock) Dump(source []byte, level int) { ast.DumpHelper(d, source, level, nil, nil) }

// Transform puts a diffBlock in the place of each fenced block whose language is diff.
func (diffExtension) Transform(doc *ast.Document, source text.Reader, _ parser.Context) {
	var found []*ast.FencedCodeBlock
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if code, is := n.(*ast.FencedCodeBlock); is && entering && string(code.Language(source.Source())) == "diff" {
			found = append(found, code)
		}
		return ast.WalkContinue, nil
	})
	for _, code := range found {
		d := &diffBlock{}
		d.SetLines(code.Lines())
		code.Parent().ReplaceChild(code.Parent(), code, d)
	}
}

// RegisterFuncs implements renderer.NodeRenderer.
func (diffExtension) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(kindDiffBlock, func(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		_, _ = w.WriteString(`<pre class="unified" tabindex="0"><code class="language-diff">`)
		for i := range n.Lines().Len() {
			segment := n.Lines().At(i)
			line := string(segment.Value(source)) // with its end, which a copy of the text keeps
			class := ""
			if kind := kindOf(line); kind != "" {
				class = ` class="` + kind + `"`
			}
			_, _ = w.WriteString("<span" + class + ">" + html.EscapeString(line) + "</span>")
		}
		_, _ = w.WriteString("</code></pre>\n")
		return ast.WalkContinue, nil
	})
}
