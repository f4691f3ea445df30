package spool

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestFolder lists the files of a folder by what their names say, whatever else lies there.
func TestFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a [b]*")
	if all, err := List(dir, ""); err != nil || len(all) > 0 {
		t.Errorf("a folder that is not there: %v, %v", all, err)
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a.1.1.spool", "a.1.2.spool", "b.2.1.spool", "a.0.1.spool", "a.-1.1.spool", "a.x.1.spool", "a.spool", "a.1.alive", "c.1.1.spool.damaged"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "d.1.1.spool"), 0o755); err != nil {
		t.Fatal(err)
	}
	all, err := List(dir, "")
	if err != nil || len(all) != 3 || all[2] != (Name{Run: "b", Attempt: 2, N: 1, Path: filepath.Join(dir, "b.2.1.spool")}) {
		t.Errorf("all files: %+v, %v", all, err)
	}
	if of, err := List(dir, "a"); err != nil || len(of) != 2 {
		t.Errorf("those of a: %+v, %v", of, err)
	}
	damaged, err := Damaged(dir)
	if err != nil || len(damaged) != 1 || RunOf(damaged[0]) != "c" {
		t.Errorf("damaged: %q, %v", damaged, err)
	}
	if alive, err := LifeFiles(dir); err != nil || !slices.Equal(alive, []string{LifeFile(dir, "a", 1)}) {
		t.Errorf("alive: %q, %v", alive, err)
	}
	if kept, err := SetAside(all[0].Path); err != nil || kept != all[0].Path+DamagedEnd {
		t.Errorf("set aside as %q, %v", kept, err)
	}
}
