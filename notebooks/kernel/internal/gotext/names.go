package gotext

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
)

// Declared is the name by which GoNB keeps the declaration that stands on a line of a cell, counted from 1: `Flow`,
// `Flow~Sample` for a method. It is empty where none stands there.
func Declared(code string, line int) string {
	const head = "package cell\n"
	files := token.NewFileSet()
	file, _ := parser.ParseFile(files, "", head+declarations(code), parser.SkipObjectResolution)
	if file == nil {
		return ""
	}
	for _, d := range file.Decls {
		from, to := files.Position(d.Pos()).Line-1, files.Position(d.End()).Line-1
		if line < from || line > to {
			continue
		}
		switch d := d.(type) {
		case *ast.FuncDecl:
			return receiver(d) + d.Name.Name
		case *ast.GenDecl:
			return declaredBy(d, func(n ast.Node) bool {
				return files.Position(n.Pos()).Line-1 <= line && line <= files.Position(n.End()).Line-1
			})
		}
	}
	return ""
}

// declarations is the part of a cell before its main function, with GoNB's commands as comments.
func declarations(code string) string {
	lines := strings.Split(Escape(code).Code, "\n")
	for i, line := range lines {
		if looksLikeCommand(line) {
			if beginsMain(line) {
				lines = lines[:i]
				break
			}
			lines[i] = "//" + line
		}
	}
	return strings.Join(lines, "\n")
}

// receiver is GoNB's prefix for a method.
func receiver(f *ast.FuncDecl) string {
	if f.Recv == nil || len(f.Recv.List) == 0 {
		return ""
	}
	t := f.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	if index, ok := t.(*ast.IndexExpr); ok {
		t = index.X
	}
	if name, ok := t.(*ast.Ident); ok {
		return name.Name + "~"
	}
	return ""
}

// declaredBy is the first name of the type, variable or constant for which on holds.
func declaredBy(d *ast.GenDecl, on func(ast.Node) bool) string {
	for _, spec := range d.Specs {
		if !on(spec) {
			continue
		}
		switch s := spec.(type) {
		case *ast.TypeSpec:
			return s.Name.Name
		case *ast.ValueSpec:
			return s.Names[0].Name
		}
	}
	return ""
}
