package home_test

import (
	"os"
	"path/filepath"
	"testing"

	"flowbook/journal/home"
)

func TestDir(t *testing.T) {
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	in := func(parts ...string) string { return filepath.Join(append([]string{root}, parts...)...) }
	for _, dir := range []string{in("project", "notebooks"), in("plain", ".flowbook"), in("plain", "below"), in("elsewhere")} {
		if err := os.MkdirAll(dir, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	// Any module is a project: what its go.mod says is not read.
	if err := os.WriteFile(in("project", "go.mod"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ env, wd, want string }{
		{"", in("project"), in("project", ".flowbook")},
		{"", in("project", "notebooks"), in("project", ".flowbook")},
		{"", in("plain", "below"), in("plain", ".flowbook")},
		{"", in("elsewhere"), in("elsewhere", ".flowbook")},
		{in("state"), in("project"), in("state")},
		{"state", in("elsewhere"), in("elsewhere", "state")},
	} {
		t.Setenv(home.Variable, c.env)
		t.Chdir(c.wd)
		if got := home.Dir(); got != c.want {
			t.Errorf("FLOWBOOK_HOME=%q in %s: %s, want %s", c.env, c.wd, got, c.want)
		}
		if got, want := home.Path("data", "x"), filepath.Join(c.want, "data", "x"); got != want {
			t.Errorf("a path in it is %s, want %s", got, want)
		}
	}
}
