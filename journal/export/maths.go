package export

import (
	"errors"
	"fmt"
	"html"
	"strings"

	"github.com/wyatt915/treeblood"
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
	formula, err := parseMathML(raw)
	if err != nil {
		return "", err
	}
	formula.spaced()
	mode := "inline"
	if display {
		mode = "block"
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<math display="%s" alttext="%s">`, mode, html.EscapeString(tex))
	formula.write(&b)
	b.WriteString("</math>")
	return b.String(), nil
}
