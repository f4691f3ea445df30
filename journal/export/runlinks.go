package export

import (
	"regexp"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// runName finds a run that a text names, as run:k3f9a.
var runName = regexp.MustCompile(`\brun:([0-9a-hjkmnp-tv-z]{4,10})\b`)

// linkNames turns the runs that a text names into links to them, but for code and what is a link already.
func (l Links) linkNames(doc ast.Node, source []byte) {
	if l.Run == nil {
		return
	}
	var texts []*ast.Text
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.Link, *ast.AutoLink, *ast.CodeSpan, *ast.Image:
			return ast.WalkSkipChildren, nil
		case *ast.Text:
			if entering && !n.IsRaw() {
				texts = append(texts, n)
			}
		}
		return ast.WalkContinue, nil
	})
	for _, t := range texts {
		l.split(t, source)
	}
}

// split puts links in the place of the names within a text.
func (l Links) split(t *ast.Text, source []byte) {
	parent, from := t.Parent(), t.Segment.Start
	for _, at := range runName.FindAllSubmatchIndex(t.Segment.Value(source), -1) {
		to := l.Run(string(source[t.Segment.Start+at[2] : t.Segment.Start+at[3]]))
		if to == "" {
			continue
		}
		begin, end := t.Segment.Start+at[0], t.Segment.Start+at[1]
		if begin > from {
			parent.InsertBefore(parent, t, ast.NewTextSegment(text.NewSegment(from, begin)))
		}
		link := ast.NewLink()
		link.Destination = []byte(to)
		link.AppendChild(link, ast.NewTextSegment(text.NewSegment(begin, end)))
		parent.InsertBefore(parent, t, link)
		from = end
	}
	t.Segment = t.Segment.WithStart(from)
}
