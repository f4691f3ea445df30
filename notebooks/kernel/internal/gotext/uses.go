package gotext

import (
	"bytes"
	"go/ast"
	"go/format"
	"go/parser"
	goscanner "go/scanner"
	"go/token"
	"strings"
)

// Declaration is what a name stands for.
type Declaration struct {
	// Text is the declaration without comments, each token a space from the next, so that how it is set out does not count.
	Text string
	// Uses are the identifiers in it.
	Uses map[string]bool
}

// Declarations gives what a cell declares, by the identifier that others use: of a method its own name.
func Declarations(code string) map[string]Declaration {
	out := map[string]Declaration{}
	if !IsGo(code) {
		return out
	}
	declares, _ := halves(code)
	files := token.NewFileSet()
	file, _ := parser.ParseFile(files, "", "package cell\n"+declares, parser.SkipObjectResolution)
	if file == nil {
		return out
	}
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			d.Doc = nil
			add(out, files, d.Name, d)
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch s := spec.(type) {
				case *ast.TypeSpec:
					add(out, files, s.Name, s)
				case *ast.ValueSpec:
					for _, name := range s.Names {
						add(out, files, name, s)
					}
				}
			}
		}
	}
	return out
}

// add adds a declaration; methods of several types that have one name count together.
func add(to map[string]Declaration, files *token.FileSet, name *ast.Ident, node ast.Node) {
	var text bytes.Buffer
	if err := format.Node(&text, files, node); err != nil || name.Name == "_" {
		return
	}
	tokens, uses := tokens(to[name.Name].Text + text.String())
	to[name.Name] = Declaration{tokens, uses}
}

// Runs gives the identifiers in what a cell does, as against what it declares: behind %% or %main, or in its function main.
func Runs(code string) map[string]bool {
	if !IsGo(code) {
		return nil
	}
	_, does := halves(code)
	_, uses := tokens(does)
	for name := range Declarations(code)["main"].Uses {
		uses[name] = true
	}
	return uses
}

// tokens gives the tokens of a piece of Go, whether it is whole or not, and the identifiers among them.
func tokens(text string) (joined string, identifiers map[string]bool) {
	identifiers = map[string]bool{}
	var found []string
	var s goscanner.Scanner
	s.Init(token.NewFileSet().AddFile("", -1, len(text)), []byte(text), nil, 0)
	for {
		_, kind, literal := s.Scan()
		switch {
		case kind == token.EOF:
			return strings.Join(found, " "), identifiers
		case kind == token.SEMICOLON && literal == "\n": // stands for the end of a line
			continue
		case kind == token.IDENT:
			identifiers[literal] = true
		case literal == "":
			literal = kind.String()
		}
		found = append(found, literal)
	}
}
