package export

import (
	"errors"
	"fmt"
	"html"
	"regexp"
	"slices"
	"strings"

	"github.com/wyatt915/treeblood"
	nethtml "golang.org/x/net/html"
)

// Maths turns TeX into MathML that a browser shows without script. What treeblood does not know stays readable as TeX in a code
// element. Nothing in the result but MathML: an element or attribute that is not known to be harmless does not pass.
func Maths(tex string, display bool) string {
	mathml, err := mathML(tex, display)
	if err != nil {
		return `<code class="tex" title="TeX that could not be typeset">` + html.EscapeString(tex) + "</code>"
	}
	return mathml
}

var errNotMathML = errors.New("not MathML")

// longestTeX is where a formula stops being one: the work treeblood does grows with the square of the length.
const longestTeX = 20_000

func mathML(tex string, display bool) (string, error) {
	tex = strings.TrimSpace(tex)
	if tex == "" || len(tex) > longestTeX || !bracesMatch(tex) {
		return "", errNotMathML
	}
	raw, err := treeblood.TexToMML(prepare(tex), nil, display, display)
	if err != nil {
		return "", err
	}
	body, err := cleanMathML(raw)
	if err != nil {
		return "", err
	}
	mode := "inline"
	if display {
		mode = "block"
	}
	return fmt.Sprintf(`<math display="%s" alttext="%s">%s</math>`, mode, html.EscapeString(tex), body), nil
}

// bracesMatch tells whether every { has its }: treeblood panics at some that have not.
func bracesMatch(tex string) bool {
	depth := 0
	for i := 0; i < len(tex); i++ {
		switch tex[i] {
		case '\\':
			i++
		case '{':
			depth++
		case '}':
			if depth--; depth < 0 {
				return false
			}
		}
	}
	return depth == 0
}

var (
	textGroup    = regexp.MustCompile(`\\(text|textrm|textbf|textit|mbox)\s*\{[^{}]*\}`)
	operatorName = regexp.MustCompile(`\\operatorname\*?\s*\{([^{}]*)\}`)
	// Signs of text that treeblood would write as mark-up, and private characters that stand for them on the way.
	hide = strings.NewReplacer("<", "\ue000", ">", "\ue001", `"`, "\ue002", "&", "\ue003")
	show = strings.NewReplacer("\ue000", "<", "\ue001", ">", "\ue002", `"`, "\ue003", "&")
)

// prepare rewrites what treeblood does not know or would not escape.
func prepare(tex string) string {
	tex = operatorName.ReplaceAllString(tex, `\mathrm{$1}`)
	return textGroup.ReplaceAllStringFunc(tex, hide.Replace)
}

var mathElements = strings.Fields(`mrow mi mn mo mtext mspace mfrac msqrt mroot msub msup msubsup munder mover munderover mmultiscripts
	mprescripts none mtable mtr mtd mstyle mpadded mphantom menclose`)

var mathAttributes = strings.Fields(`accent accentunder columnalign columnlines columnspacing depth displaystyle fence form height largeop
	linethickness lspace mathcolor mathsize mathvariant maxsize minsize movablelimits notation rowalign rowlines rowspacing rspace
	scriptlevel separator stretchy symmetric voffset width`)

var (
	plainValue = regexp.MustCompile(`^[A-Za-z0-9#.%+\- ]*$`)
	cellStyle  = regexp.MustCompile(`^(?:(?:padding-left|padding-right|text-align|width|margin-left):[a-z0-9.%-]+;)+$`)
)

// cleanMathML passes MathML on, element by element, with attributes in order; anything else is an error. The math, semantics and
// annotation elements around it are left out.
func cleanMathML(raw string) (string, error) {
	z := nethtml.NewTokenizer(strings.NewReader(raw))
	var b strings.Builder
	var open []string
	for {
		switch z.Next() {
		case nethtml.ErrorToken:
			if len(open) != 0 {
				return "", errNotMathML
			}
			return b.String(), nil
		case nethtml.TextToken:
			text := nethtml.UnescapeString(string(z.Raw()))
			if len(open) == 0 || open[len(open)-1] != "mtext" {
				text = strings.TrimSpace(text)
			}
			b.WriteString(html.EscapeString(show.Replace(text)))
		case nethtml.StartTagToken, nethtml.SelfClosingTagToken:
			t := z.Token()
			if t.Data == "annotation" {
				return finish(&b, open)
			}
			if t.Data == "math" || t.Data == "semantics" {
				open = append(open, t.Data)
				continue
			}
			if !slices.Contains(mathElements, t.Data) {
				return "", fmt.Errorf("%w: %s", errNotMathML, t.Data)
			}
			b.WriteString("<" + t.Data + attributes(t.Attr) + ">")
			if t.Type == nethtml.SelfClosingTagToken {
				b.WriteString("</" + t.Data + ">")
				continue
			}
			open = append(open, t.Data)
		case nethtml.EndTagToken:
			t := z.Token()
			if len(open) == 0 || open[len(open)-1] != t.Data {
				return "", errNotMathML
			}
			open = open[:len(open)-1]
			if t.Data != "math" && t.Data != "semantics" {
				b.WriteString("</" + t.Data + ">")
			}
		default:
			return "", errNotMathML
		}
	}
}

// finish ends at the annotation, which holds the TeX unescaped and comes last: by then every element of the formula is closed.
func finish(b *strings.Builder, open []string) (string, error) {
	if !slices.Equal(open, []string{"math", "semantics"}) {
		return "", errNotMathML
	}
	return b.String(), nil
}

// attributes writes those that are harmless, sorted, since treeblood gives them in another order each time.
func attributes(all []nethtml.Attribute) string {
	var kept []string
	for _, a := range all {
		if a.Key == "strechy" { // treeblood's braces of cases
			a.Key = "stretchy"
		}
		if a.Key == "style" {
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
