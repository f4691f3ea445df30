package export

import (
	"bytes"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// mathExtension teaches goldmark TeX: $…$ and \(…\) in a line, $$…$$ and \[…\] on their own.
type mathExtension struct{}

func (mathExtension) Extend(m goldmark.Markdown) {
	m.Parser().AddOptions(
		parser.WithBlockParsers(util.Prioritized(mathBlockParser{}, 90)),
		parser.WithInlineParsers(util.Prioritized(mathInlineParser{}, 90)),
	)
	m.Renderer().AddOptions(renderer.WithNodeRenderers(util.Prioritized(mathRenderer{}, 100)))
}

// A mathNode is a formula, in a line or on its own.
type mathNode struct {
	ast.BaseInline
	tex     []byte
	display bool
	after   string // a punctuation mark that must not stand alone on the next line
}

// A mathBlock is a formula that begins a block.
type mathBlock struct {
	ast.BaseBlock
	tex    []byte
	closer []byte
	done   bool
}

var (
	kindMath      = ast.NewNodeKind("Math")
	kindMathBlock = ast.NewNodeKind("MathBlock")
)

func (n *mathNode) Kind() ast.NodeKind              { return kindMath }
func (n *mathNode) Dump(source []byte, level int)   { ast.DumpHelper(n, source, level, nil, nil) }
func (n *mathBlock) Kind() ast.NodeKind             { return kindMathBlock }
func (n *mathBlock) Dump(source []byte, level int)  { ast.DumpHelper(n, source, level, nil, nil) }
func (n *mathBlock) IsRaw() bool                    { return true }
func (mathInlineParser) Trigger() []byte            { return []byte{'$', '\\'} }
func (mathBlockParser) Trigger() []byte             { return []byte{'$', '\\'} }
func (mathBlockParser) CanInterruptParagraph() bool { return true }
func (mathBlockParser) CanAcceptIndentedLine() bool { return false }

type mathInlineParser struct{}

func (mathInlineParser) Parse(_ ast.Node, block text.Reader, pc parser.Context) ast.Node {
	line, _ := block.PeekLine()
	for _, d := range []struct {
		open, shut string
		display    bool
	}{{"$$", "$$", true}, {"$", "$", false}, {`\(`, `\)`, false}, {`\[`, `\]`, true}} {
		if bytes.HasPrefix(line, []byte(d.open)) {
			if n := readMath(block, pc, d.open, d.shut); n != nil {
				n.display = d.display
				return n
			}
			return nil
		}
	}
	return nil
}

// unshut is how far a delimeter was looked for in vain, by the delimeter that opened: what opens before that need not look again, or a
// text of a million dollars would take a day.
var unshut = parser.NewContextKey()

// readMath reads to the closing delimeter, over line ends; where there is none the delimeter is text. As pandoc has it, a single $ opens
// only before a visible character and shuts only after one, and not before a digit: "$5 or $6" is money.
func readMath(block text.Reader, pc parser.Context, open, shut string) *mathNode {
	vain, _ := pc.Get(unshut).(map[string]int)
	line, segment := block.Position()
	if segment.Start < vain[open] {
		return nil
	}
	block.Advance(len(open))
	var rest []byte
	end := segment.Start
	for len(rest) <= longestTeX {
		l, at := block.PeekLine()
		if l == nil {
			break
		}
		end = at.Stop
		if i := shutAt(l, rest, open, shut); i >= 0 {
			rest = append(rest, l[:i]...)
			if len(bytes.TrimSpace(rest)) == 0 {
				break
			}
			block.Advance(i + len(shut))
			n := &mathNode{tex: rest}
			if mark := block.Peek(); mark != text.EOF && bytes.IndexByte([]byte(",.;:!?)"), mark) >= 0 {
				n.after = string(mark)
				block.Advance(1)
			}
			return n
		}
		rest = append(rest, l...)
		block.AdvanceLine()
	}
	if vain == nil {
		vain = map[string]int{}
		pc.Set(unshut, vain)
	}
	if len(bytes.TrimSpace(rest)) > 0 && !(open == "$" && util.IsSpace(rest[0])) {
		vain[open] = end
	}
	block.SetPosition(line, segment)
	return nil
}

// shutAt finds the closing delimeter in a line that goes on from before.
func shutAt(line, before []byte, open, shut string) int {
	single := open == "$"
	for i := 0; i < len(line); i++ {
		if bytes.HasPrefix(line[i:], []byte(shut)) {
			last := byte(' ')
			if i > 0 {
				last = line[i-1]
			} else if len(before) > 0 {
				last = before[len(before)-1]
			}
			first := line[0]
			if len(before) > 0 {
				first = before[0]
			}
			digit := i+1 < len(line) && line[i+1] >= '0' && line[i+1] <= '9'
			if !single || !util.IsSpace(first) && !util.IsSpace(last) && !digit {
				return i
			}
			if single && util.IsSpace(first) {
				return -1
			}
		}
		if line[i] == '\\' {
			i++
		}
	}
	return -1
}

type mathBlockParser struct{}

func (mathBlockParser) Open(_ ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, _ := reader.PeekLine()
	at := pc.BlockOffset()
	if at < 0 {
		return nil, parser.NoChildren
	}
	line = line[at:]
	n := &mathBlock{}
	switch {
	case bytes.HasPrefix(line, []byte("$$")):
		n.closer = []byte("$$")
	case bytes.HasPrefix(line, []byte(`\[`)):
		n.closer = []byte(`\]`)
	default:
		return nil, parser.NoChildren
	}
	if end := bytes.Index(line[2:], n.closer); end >= 0 && len(bytes.TrimSpace(line[2+end+2:])) > 0 {
		return nil, parser.NoChildren // text goes on behind it: a paragraph with a formula in it
	}
	n.take(line[2:])
	reader.AdvanceToEOL()
	return n, parser.NoChildren
}

// take adds a line, up to the closing delimeter.
func (n *mathBlock) take(line []byte) {
	before, _, found := bytes.Cut(line, n.closer)
	n.tex = append(n.tex, before...)
	n.done = n.done || found
}

func (mathBlockParser) Continue(node ast.Node, reader text.Reader, _ parser.Context) parser.State {
	n := node.(*mathBlock)
	line, _ := reader.PeekLine()
	if n.done || line == nil {
		return parser.Close
	}
	n.take(line)
	reader.AdvanceToEOL()
	return parser.Continue | parser.NoChildren
}

func (mathBlockParser) Close(ast.Node, text.Reader, parser.Context) {}

type mathRenderer struct{}

func (mathRenderer) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(kindMath, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			n := n.(*mathNode)
			formula := Maths(string(n.tex), n.display)
			if n.after != "" {
				formula = `<span class="whole">` + formula + n.after + "</span>"
			}
			_, _ = w.WriteString(formula)
		}
		return ast.WalkSkipChildren, nil
	})
	r.Register(kindMathBlock, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			_, _ = w.WriteString(`<p class="formula">` + Maths(string(n.(*mathBlock).tex), true) + "</p>\n")
		}
		return ast.WalkSkipChildren, nil
	})
}
