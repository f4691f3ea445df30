package bugs

import (
	"embed"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"strings"

	"flowbook/realnvp"
)

//go:embed couplings.go density.go wrongnorms.go wrongpixels.go
var source embed.FS

// Twin is a function of right code and the one that stands in its place: functions by their name, methods as
// "Type.Name".
type Twin struct {
	// File is that of the right one, below realnvp: "bijector/coupling.go".
	File string
	// Right is the right one's name.
	Right string
	// Wrong is the name of the one in its place, in package bugs.
	Wrong string
}

// Diff is the bug as a diff of code, "-" before right lines and "+" before wrong ones, each part under a line that
// says where: of the functions that differ, as their source has them, and of the settings that the bug changes in the
// subject. It fails where a Twin names a function that is not there.
func (b Bug) Diff(s Subject) (string, error) {
	var text strings.Builder
	for _, t := range b.Twins {
		right, err := function(realnvp.SourceCode, t.File, t.Right)
		if err != nil {
			return "", err
		}
		wrong, err := wrongFunction(t.Wrong)
		if err != nil {
			return "", err
		}
		wrong[0] = right[0] // the receiver's name is no mistake
		fmt.Fprintf(&text, "@@ realnvp/%s, %s @@\n%s", t.File, t.Right, hunks(right, wrong))
	}
	return strings.TrimRight(text.String()+b.settings(s), "\n"), nil
}

// wrongFunction is a function of package bugs.
func wrongFunction(name string) ([]string, error) {
	files, err := fs.Glob(source, "*.go")
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		if found, err := function(source, file, name); err == nil {
			return found, nil
		}
	}
	return nil, fmt.Errorf("bugs: no function %s in %s", name, strings.Join(files, ", "))
}

// function is the source of a function without its comment, line by line. Names of package transform are as they are
// within it.
func function(from fs.FS, file, name string) ([]string, error) {
	text, err := fs.ReadFile(from, file)
	if err != nil {
		return nil, fmt.Errorf("bugs: the source of %s: %w", name, err)
	}
	set := token.NewFileSet()
	parsed, err := parser.ParseFile(set, file, text, parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("bugs: the source of %s: %w", name, err)
	}
	for _, d := range parsed.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && receiver(f)+f.Name.Name == name {
			body := string(text[set.Position(f.Pos()).Offset:set.Position(f.End()).Offset])
			return strings.Split(strings.ReplaceAll(body, "transform.", ""), "\n"), nil
		}
	}
	return nil, fmt.Errorf("bugs: %s has no function %s", file, name)
}

// receiver is "Type." of a method, "" of a function.
func receiver(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return ""
	}
	t := f.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	if name, ok := t.(*ast.Ident); ok {
		return name.Name + "."
	}
	return ""
}
