package export

import (
	"regexp"
	"strings"
)

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

// prepare rewrites what treeblood does not know, would not escape or reads otherwise than TeX.
func prepare(tex string) string {
	tex = operatorName.ReplaceAllString(tex, `\mathrm{$1}`)
	tex = textGroup.ReplaceAllStringFunc(tex, hide.Replace)
	return braceArguments(tex)
}

// arity is how many arguments a command takes that may stand without braces.
var arity = map[string]int{`\frac`: 2, `\dfrac`: 2, `\tfrac`: 2, `\binom`: 2, `\sqrt`: 1, "^": 1, "_": 1}

// braceArguments puts braces around arguments of one digit: \frac12 is ½ and x^12 is x¹2 in TeX, where treeblood reads the number 12.
func braceArguments(tex string) string {
	var b strings.Builder
	for i := 0; i < len(tex); {
		command := commandAt(tex[i:])
		b.WriteString(command)
		i += len(command)
		for range arity[command] {
			digit := i
			for digit < len(tex) && tex[digit] == ' ' {
				digit++
			}
			if digit == len(tex) || tex[digit] < '0' || tex[digit] > '9' {
				if digit < len(tex) && tex[digit] == '{' {
					group := groupAt(tex[digit:])
					b.WriteString("{" + braceArguments(group[1:len(group)-1]) + "}")
					i = digit + len(group)
					continue
				}
				break
			}
			b.WriteString("{" + tex[digit:digit+1] + "}")
			i = digit + 1
		}
	}
	return b.String()
}

// commandAt is the command or character a text begins with.
func commandAt(tex string) string {
	if tex[0] != '\\' || len(tex) == 1 {
		return tex[:1]
	}
	n := 1
	for n < len(tex) && (tex[n] >= 'a' && tex[n] <= 'z' || tex[n] >= 'A' && tex[n] <= 'Z') {
		n++
	}
	return tex[:max(n, 2)]
}

// groupAt is the group {…} a text with matching braces begins with.
func groupAt(tex string) string {
	depth := 0
	for i := 0; i < len(tex); i++ {
		switch tex[i] {
		case '\\':
			i++
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return tex[:i+1]
			}
		}
	}
	return "{}"
}
