package data

import (
	"os"
	"path/filepath"
	"testing"
)

func TestHome(t *testing.T) {
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	in := func(parts ...string) string { return filepath.Join(append([]string{root}, parts...)...) }
	write(t, in("repo", "go.mod"), []byte("// a comment\nmodule flowbook\n\ngo 1.26\n"))
	write(t, in("repo", "notebooks", "cell", "go.mod"), []byte("module gonb_1234\n")) // as GoNB's own
	if err := os.Mkdir(in("elsewhere"), 0o777); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ env, wd, want string }{
		{"", in("repo"), in("repo", ".flowbook")},
		{"", in("repo", "notebooks", "cell"), in("repo", ".flowbook")},
		{"", in("elsewhere"), in("elsewhere", ".flowbook")},
		{in("state"), in("repo"), in("state")},
		{"state", in("elsewhere"), in("elsewhere", "state")},
	} {
		t.Setenv("FLOWBOOK_HOME", c.env)
		t.Chdir(c.wd)
		if got := Home(); got != c.want {
			t.Errorf("FLOWBOOK_HOME=%q in %s: %s, want %s", c.env, c.wd, got, c.want)
		}
	}
}
