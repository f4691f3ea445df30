package export

import (
	"fmt"
	"html"
	"regexp"
	"slices"
	"strings"

	nethtml "golang.org/x/net/html"
)

// A mathElement is an element of MathML, or a text when it has no tag.
type mathElement struct {
	tag      string
	attrs    []nethtml.Attribute
	text     string
	children []*mathElement
}

var mathElements = strings.Fields(`mrow mi mn mo mtext mspace mfrac msqrt mroot msub msup msubsup munder mover munderover mmultiscripts
	mprescripts none mtable mtr mtd mstyle mpadded mphantom menclose`)

var mathAttributes = strings.Fields(`accent accentunder columnalign columnlines columnspacing depth displaystyle fence form height largeop
	linethickness mathcolor mathsize mathvariant maxsize minsize movablelimits notation rowalign rowlines rowspacing
	scriptlevel separator stretchy symmetric voffset width`)

var (
	plainValue = regexp.MustCompile(`^[A-Za-z0-9#.%+\- ]*$`)
	// functionName is a name of several letters; treeblood gives them a space that browsers do not know on identifiers.
	functionName = regexp.MustCompile(`^[A-Za-z]{2,}$`)
	cellStyle    = regexp.MustCompile(`^(?:(?:padding-left|padding-right|text-align|width|margin-left):[a-z0-9.%-]+;)+$`)
)

// parseMathML reads what treeblood writes, without the math, semantics and annotation around it. An element that is not MathML, or one
// that is not closed, is an error.
func parseMathML(raw string) (*mathElement, error) {
	z := nethtml.NewTokenizer(strings.NewReader(raw))
	root := &mathElement{tag: "mrow"}
	open := []*mathElement{root}
	for {
		top := open[len(open)-1]
		switch kind := z.Next(); kind {
		case nethtml.TextToken:
			if text := nethtml.UnescapeString(string(z.Raw())); strings.TrimSpace(text) != "" || top.tag == "mtext" {
				if top.tag != "mtext" {
					text = strings.TrimSpace(text)
				}
				top.children = append(top.children, &mathElement{text: show.Replace(text)})
			}
		case nethtml.StartTagToken, nethtml.SelfClosingTagToken:
			t := z.Token()
			switch {
			case t.Data == "annotation": // holds the TeX unescaped and comes last: by then every element of the formula is closed
				if len(open) != 1 {
					return nil, errNotMathML
				}
				return root, nil
			case t.Data == "math" || t.Data == "semantics":
			case !slices.Contains(mathElements, t.Data):
				return nil, fmt.Errorf("%w: %s", errNotMathML, t.Data)
			default:
				e := &mathElement{tag: t.Data, attrs: t.Attr}
				top.children = append(top.children, e)
				if kind == nethtml.StartTagToken {
					open = append(open, e)
				}
			}
		case nethtml.EndTagToken:
			if len(open) == 1 || top.tag != z.Token().Data {
				return nil, errNotMathML
			}
			open = open[:len(open)-1]
		default: // the end before the annotation, a comment, a doctype
			return nil, errNotMathML
		}
	}
}

// isFunction tells whether an element is a function's name, as log or max_i.
func (e *mathElement) isFunction() bool {
	switch e.tag {
	case "mi":
		return functionName.MatchString(e.name())
	case "mrow":
		return len(e.children) == 1 && e.children[0].isFunction()
	case "msub", "msup", "msubsup", "munder", "mover", "munderover":
		return len(e.children) > 0 && e.children[0].isFunction()
	}
	return false
}

func (e *mathElement) name() string {
	if len(e.children) == 1 {
		return e.children[0].text
	}
	return ""
}

// spaced puts thin spaces around the names of functions, as TeX does: 2 log x, but log(x) and −log x.
func (e *mathElement) spaced() {
	var row []*mathElement
	fixed := slices.Contains([]string{"msub", "msup", "msubsup", "munder", "mover", "munderover", "mfrac", "mroot", "mtable", "mtr", "mmultiscripts"}, e.tag)
	for i, c := range e.children {
		c.spaced()
		if i > 0 && !fixed {
			before := e.children[i-1]
			if before.tag != "mo" && c.tag != "mo" && c.tag != "mspace" && before.tag != "mspace" && (before.isFunction() || c.isFunction()) {
				row = append(row, &mathElement{tag: "mspace", attrs: []nethtml.Attribute{{Key: "width", Val: "0.167em"}}})
			}
		}
		row = append(row, c)
	}
	e.children = row
}

func (e *mathElement) write(b *strings.Builder) {
	if e.tag == "" {
		b.WriteString(html.EscapeString(e.text))
		return
	}
	b.WriteString("<" + e.tag + attributes(e.attrs) + ">")
	for _, c := range e.children {
		c.write(b)
	}
	b.WriteString("</" + e.tag + ">")
}

// attributes writes those that are harmless, sorted, since treeblood gives them in another order each time.
func attributes(all []nethtml.Attribute) string {
	var kept []string
	for _, a := range all {
		switch a.Key {
		case "strechy": // treeblood's braces of cases
			a.Key = "stretchy"
		case "style":
			declarations := strings.SplitAfter(a.Val, ";")
			slices.Sort(declarations)
			a.Val = strings.Join(declarations, "")
		}
		ok := slices.Contains(mathAttributes, a.Key) && plainValue.MatchString(a.Val) || a.Key == "style" && cellStyle.MatchString(a.Val)
		if ok && a.Val != "" {
			kept = append(kept, fmt.Sprintf(` %s="%s"`, a.Key, html.EscapeString(a.Val)))
		}
	}
	slices.Sort(kept)
	return strings.Join(slices.Compact(kept), "")
}
