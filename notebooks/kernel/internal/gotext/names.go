package gotext

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
)

// Declared is the name by which GoNB keeps the declaration that stands on a line of a cell, counted from 1: `Flow`,
// `Flow~Sample` for a method. It is empty where none stands there.
func Declared(code string, line int) string {
	const head = "package cell\n"
	declares, _ := halves(code)
	files := token.NewFileSet()
	file, _ := parser.ParseFile(files, "", head+declares, parser.SkipObjectResolution)
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
			return quote(receiver(d) + d.Name.Name)
		case *ast.GenDecl:
			return declaredBy(d, func(n ast.Node) bool {
				return files.Position(n.Pos()).Line-1 <= line && line <= files.Position(n.End()).Line-1
			})
		}
	}
	return ""
}

// halves divides a cell into what it declares and what it does: before its main function, and in it. GoNB's commands are
// comments there, so that each line keeps its number.
func halves(code string) (declares, does string) {
	var out [2]strings.Builder
	half := 0
	walk(Escape(code).Code, func(p piece) {
		if p.command && beginsMain(bare(p.lines[0])) {
			half = 1
			return
		}
		for _, line := range p.lines {
			if p.command {
				line = "//" + line
			}
			out[half].WriteString(line)
		}
	})
	return out[0].String(), out[1].String()
}

// receiver is GoNB's prefix for a method: of a generic type that is no pointer it does not know the name.
func receiver(f *ast.FuncDecl) string {
	if f.Recv == nil || len(f.Recv.List) == 0 {
		return ""
	}
	switch t := f.Recv.List[0].Type.(type) {
	case *ast.Ident:
		return t.Name + "~"
	case *ast.StarExpr:
		return types.ExprString(t.X) + "~"
	}
	return "unknown~"
}

// method is the name by which GoNB keeps a method of a type, and the last cell before one that declares it.
func (c Cells) method(of, name string, before int) (kept string, in Cell) {
	for _, number := range slices.Backward(slices.Sorted(maps.Keys(c))) {
		declares, _ := halves(c[number].Text)
		file, _ := parser.ParseFile(token.NewFileSet(), "", "package cell\n"+declares, parser.SkipObjectResolution)
		if number >= before || file == nil {
			continue
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Name.Name != name || f.Recv == nil || len(f.Recv.List) == 0 {
				continue
			}
			typ, _, _ := strings.Cut(strings.TrimLeft(types.ExprString(f.Recv.List[0].Type), "*("), "[")
			if typ == of {
				return quote(receiver(f) + name), c[number]
			}
		}
	}
	return "", Cell{}
}

// quote is a name as an argument of one of GoNB's commands.
func quote(name string) string {
	if strings.Contains(name, " ") {
		return `"` + name + `"`
	}
	return name
}

// declaredBy is the first name of the type, variable, constant or import for which on holds.
func declaredBy(d *ast.GenDecl, on func(ast.Node) bool) string {
	for _, spec := range d.Specs {
		if !on(spec) {
			continue
		}
		if d.Tok == token.CONST { // GoNB keeps constants that stand together by the first of them
			spec = d.Specs[0]
		}
		switch s := spec.(type) {
		case *ast.ImportSpec: // others than these GoNB drops by itself, where they are not used
			if s.Name != nil && s.Name.Name == "." {
				return ".~" + strings.Trim(s.Path.Value, "\"`")
			}
		case *ast.TypeSpec:
			return s.Name.Name
		case *ast.ValueSpec:
			return s.Names[0].Name
		}
	}
	return ""
}
