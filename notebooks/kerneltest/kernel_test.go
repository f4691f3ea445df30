package kerneltest

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// project is the root of the module, seen from this folder.
const project = "../.."

// home is the folder of flowbook's state; without a set-up there the test is skipped, and says so.
func home(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("FLOWBOOK_HOME")
	if dir == "" {
		dir = filepath.Join(project, ".flowbook")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "stamps", "kernel")); err != nil {
		t.Skipf("no Jupyter kernel in %s: `make setup` installs it", dir)
	}
	return dir
}

// newFolder makes a folder inside JupyterLab's root, as a reader makes one for a notebook of their own.
func newFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp(".", "new-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// run executes a notebook of the given cells in the folder and returns what each cell printed and the driver's own
// words. wrap, if any, is a command that the driver is run under.
func run(t *testing.T, folder string, cells []string, wrap ...string) (printed []string, said string, err error) {
	t.Helper()
	dir := home(t)
	path := filepath.Join(folder, "new.ipynb")
	write(t, path, cells)
	out := t.TempDir()
	args := append(wrap, filepath.Join(dir, "venv", "bin", "python"), filepath.Join(project, ".ci", "notebooks.py"),
		"--fresh", t.TempDir(), "--out", out, "--cell-limit", "300", path)
	cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
	said, err = output(cmd)
	if err == nil {
		printed = read(t, filepath.Join(out, "new.ipynb"))
	}
	return printed, said, err
}

func output(cmd *exec.Cmd) (string, error) {
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// write writes a notebook of code cells.
func write(t *testing.T, path string, cells []string) {
	t.Helper()
	var list []map[string]any
	for i, source := range cells {
		list = append(list, map[string]any{
			"cell_type": "code", "id": fmt.Sprintf("cell-%d", i), "source": source,
			"metadata": map[string]any{}, "outputs": []any{}, "execution_count": nil,
		})
	}
	file, err := json.Marshal(map[string]any{
		"nbformat": 4, "nbformat_minor": 5, "cells": list,
		"metadata": map[string]any{"kernelspec": map[string]string{"name": "flowbook", "display_name": "Go (flowbook)", "language": "go"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, file, 0o644); err != nil {
		t.Fatal(err)
	}
}

// read returns what each cell of an executed notebook printed.
func read(t *testing.T, path string) (printed []string) {
	t.Helper()
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var notebook struct {
		Cells []struct {
			Outputs []struct {
				Name string
				Text []string
			}
		}
	}
	if err := json.Unmarshal(file, &notebook); err != nil {
		t.Fatal(err)
	}
	for _, cell := range notebook.Cells {
		var text strings.Builder
		for _, out := range cell.Outputs {
			if out.Name == "stdout" {
				text.WriteString(strings.Join(out.Text, ""))
			}
		}
		printed = append(printed, text.String())
	}
	return printed
}

// A cell finds the backend, the state folder and the profile in its environment, with no cell to set them up.
func TestCellNeedsNoSetUp(t *testing.T) {
	printed, said, err := run(t, newFolder(t), []string{
		"%%\nfmt.Println(os.Getenv(\"GOMLX_BACKEND\"), os.Getenv(\"FLOWBOOK_PROFILE\"), os.Getenv(\"FLOWBOOK_HOME\") != \"\")",
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	file, err := os.ReadFile(filepath.Join(home(t), "env.json"))
	if err != nil {
		t.Fatal(err)
	}
	var env map[string]string
	if err := json.Unmarshal(file, &env); err != nil {
		t.Fatal(err)
	}
	if want := env["GOMLX_BACKEND"] + " quick true\n"; env["GOMLX_BACKEND"] == "" || printed[0] != want {
		t.Errorf("the cell printed %q, want %q", printed[0], want)
	}
}

// What is wrong with a cell is said with the cell's own text, and the driver fails.
func TestFailingCellIsNamed(t *testing.T) {
	for name, c := range map[string]struct{ cell, want string }{
		"does not compile": {"%%\nfmt.Println(undefinedName)", "undefined: undefinedName"},
		"panics":           {"%%\npanic(\"the sky fell\")", "the sky fell"},
		"foreign import":   {"import \"example.org/nowhere\"\n%%\nnowhere.Go()", "no required module provides package example.org/nowhere"},
		"exit code":        {"%%\nos.Exit(3)", "exit status 3"},
	} {
		t.Run(name, func(t *testing.T) {
			_, said, err := run(t, newFolder(t), []string{"%%\nfmt.Println(1)", c.cell})
			if err == nil {
				t.Fatalf("the notebook passed:\n%s", said)
			}
			if !strings.Contains(said, c.want) || !strings.Contains(said, "1 failed") {
				t.Errorf("said\n%s\nwithout %q", said, c.want)
			}
		})
	}
}
