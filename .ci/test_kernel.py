"""Tests of what set-up writes for the kernel: its environment, the programs before `go` and gopls, `journal`."""
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from sandbox import with_steps


class Environment(unittest.TestCase):
    def test_sourced_and_kernel_variables_are_the_same(self):
        program = f"""
from steps import kernel, xla
from steps.step import Setup
with Setup() as setup:
    kernel.environment(setup, xla.Backend("xla:cpu", ["/a folder/xla"], ["/lib/one", "/lib/two"]), {{"CC": "/a folder/cc"}})
"""
        with tempfile.TemporaryDirectory(prefix="my 'own' $work-") as home:
            with_steps(program, home).check_returncode()
            given = json.loads(Path(home, "env.json").read_text())
            unset = {name: value for name, value in os.environ.items() if name != "FLOWBOOK_XLA_CACHE"}
            sourced = subprocess.run(["sh", "-c", ". ./env && env"], cwd=home, capture_output=True, text=True, check=True, env=unset).stdout.splitlines()
            for name, value in given.items():
                self.assertIn(f"{name}={value}", sourced)
            self.assertIn(f"FLOWBOOK_XLA_CACHE={home}/xla-cache", sourced)
            off = subprocess.run(["sh", "-c", ". ./env && env"], cwd=home, capture_output=True, text=True, check=True, env={**os.environ, "FLOWBOOK_XLA_CACHE": "off"}).stdout
            self.assertIn("FLOWBOOK_XLA_CACHE=off\n", off)
            self.assertEqual(given["GOMLX_BACKEND"], "xla:cpu")
            self.assertEqual(given.get("GLIBC_TUNABLES"), "glibc.malloc.hugetlb=1" if sys.platform == "linux" else None)


class KernelGo(unittest.TestCase):
    """The `go` that a notebook's kernel finds, driven as GoNB drives it: in a folder named as the program that it builds."""

    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="flowbook kernel 'go' $-"))
        self.addCleanup(subprocess.run, ["rm", "-rf", self.folder])
        with_steps("from steps import kernel; kernel.write_programs()", self.folder).check_returncode()
        kernel = self.folder / "bin/kernel"  # stands for the one that set-up builds: it says how it is asked to run a cell
        kernel.write_text('#!/bin/sh\nshift\n[ "$1" != -asks ] || { echo asks; shift; }\nexec "$@"\n')
        kernel.chmod(0o755)
        self.gonb = self.folder / "gonb_12ab"
        self.gonb.mkdir()
        (self.gonb / "go.mod").write_text("module gonb_12ab\n\ngo 1.26\n")

        self.env = {**os.environ, "PWD": str(self.gonb), "GOFLAGS": "", "GOWORK": "off"}

    def go(self, *arguments, beside=""):
        return subprocess.run([self.folder / "kernel-bin" / beside / "go", *arguments], cwd=self.gonb, capture_output=True, text=True, env=self.env)

    def cell(self, body, beside="", source=None):
        """Builds a cell and returns the program that its script runs, by inode, and what it said."""
        (self.gonb / "main.go").write_text(source or "package main\n\nfunc main() { " + body + " }\n")
        program = self.gonb / "gonb_12ab"
        out = self.go("build", "-o", str(program), "-ldflags=-s", beside=beside)
        if out.returncode:
            return None, out.stdout + out.stderr
        built = sorted((p for p in self.gonb.glob("built/*") if p.suffix != ".made"), key=lambda p: p.stat().st_mtime)
        run = subprocess.run([program], capture_output=True, text=True)
        return built and built[-1].stat().st_ino, run.stdout + run.stderr

    def test_all_else_is_gos(self):
        self.assertIn("go version", self.go("version").stdout)
        self.assertEqual(self.go("mod", "edit", "-json").returncode, 0)
        (self.gonb / "main.go").write_text("package main\n\nfunc main() {}\n")
        self.assertEqual(self.go("build", "-o", "mine").returncode, 0)
        self.assertFalse((self.gonb / "built").exists())

    def test_a_cell_again_after_another_is_not_linked_anew(self):
        first, said = self.cell('println("one")')
        self.assertEqual(said, "one\n")
        second, said = self.cell('println("two")')
        self.assertEqual(said, "two\n")
        self.assertNotEqual(first, second)
        self.assertEqual(self.cell('println("one")'), (first, "one\n"))

    def test_go_is_asked_only_where_something_has_changed(self):
        self.project = self.folder / ".a project"
        (self.project / "part").mkdir(parents=True)
        part, asked = self.project / "part/part.go", self.folder / "asked"
        (self.project / "go.mod").write_text("module flowbook\n\ngo 1.26\n")
        part.write_text('package part\n\nconst Says = "one"\n')
        go = self.folder / "real/go"
        go.parent.mkdir()
        go.write_text(f'#!/bin/sh\ncase "$1" in build) echo build >>{shlex.quote(str(asked))} ;; esac\nexec {shlex.quote(shutil.which("go"))} "$@"\n')
        go.chmod(0o755)
        with_steps(f"from steps import kernel; from pathlib import Path; kernel.PROJECT = Path({str(self.project)!r}); kernel.write_programs()",
                   self.folder, PATH=f"{go.parent}:{os.environ['PATH']}").check_returncode()
        self.env["GOWORK"] = ""
        for arguments in ("init",), ("use", str(self.project), "."):
            self.assertEqual(self.go("work", *arguments).returncode, 0)
        source = 'package main\n\nimport "flowbook/part"\n\nfunc main() { print(part.Says, "\\n") }\n'

        def runs(says, builds):
            asked.write_text("")
            self.assertEqual(self.cell("", source=source)[1], says + "\n")
            self.assertEqual(asked.read_text().count("build"), builds)

        runs("one", 1)
        runs("one", 0)
        time.sleep(0.02)  # clocks of files tick a hundred times a second
        part.write_text('package part\n\nconst Says = "two"\n')
        os.utime(part, (1, 1))
        runs("two", 1)
        runs("two", 0)
        time.sleep(0.02)
        part.rename(part.with_name("other.go"))
        runs("two", 1)
        self.env["GOFLAGS"] = "-trimpath"
        runs("two", 1)
        runs("two", 0)
        (self.folder / "mine").mkdir()
        (self.folder / "mine/go.mod").write_text("module mine\n")
        self.assertEqual(self.go("work", "use", str(self.folder / "mine")).returncode, 0)
        runs("two", 1)
        runs("two", 1)

    def test_a_cell_that_asks_its_reader(self):
        self.assertEqual(self.cell('println("RequestInput")')[1], "asks\nRequestInput\n")

    def test_a_test(self):
        (self.gonb / "main_test.go").write_text('package main\n\nimport "testing"\n\nfunc TestIt(t *testing.T) { t.Log("it") }\n')
        program = self.gonb / "gonb_12ab"
        self.assertEqual(self.go("test", "-c", "-o", str(program)).returncode, 0)
        self.assertIn("it", subprocess.run([program, "-test.v"], capture_output=True, text=True).stdout)

    def test_beside_nothing_is_built(self):
        self.assertEqual(self.cell('nonsense()', beside="beside"), ([], ""))

    def test_a_cell_that_does_not_compile(self):
        _, said = self.cell("nonsense()")
        self.assertIn("undefined: nonsense", said)

    def test_keeps_the_last_16(self):
        built = self.gonb / "built"
        built.mkdir()
        for i in range(30):
            (built / f"old-{i}").touch()
            os.utime(built / f"old-{i}", (i, i))
        self.cell('println("one")')
        kept = sorted(p.name for p in built.iterdir() if p.suffix != ".made")
        self.assertEqual(len(kept), 16)
        self.assertIn("old-29", kept)
        self.assertNotIn("old-14", kept)


class ReadAhead(unittest.TestCase):
    """gopls is given a module like that in which GoNB asks it, which imports what cells do."""

    def test_module(self):
        with tempfile.TemporaryDirectory(prefix="my 'own' $work-") as home:
            gopls = Path(home, "gopls", "gopls")
            gopls.parent.mkdir()
            gopls.write_text('#!/bin/sh\necho "$@" in "$PWD" with "$CC" keeps "$GOPLSCACHE" >"$PWD/asked.part" && mv "$PWD/asked.part" "$PWD/asked"\n')
            gopls.chmod(0o755)
            program = '''
from steps import gotools, kernel
from steps.step import Setup
kernel.write_programs()
with Setup() as setup:
    gotools.read_ahead(setup, {"CC": "zig cc"})
'''
            with_steps(program, home).check_returncode()
            ahead = gopls.parent / "ahead"
            for _ in range(600):  # it is in the background
                if (ahead / "asked").exists():
                    break
                time.sleep(0.1)
            self.assertEqual((ahead / "asked").read_text(), f"check ahead/ahead.go in {ahead} with zig cc keeps {gopls.parent}/cache\n")
            listed = subprocess.run(["go", "list", "-e", "-f", "{{range .Imports}}{{println .}}{{end}}", "./ahead"], cwd=ahead, capture_output=True, text=True)
            self.assertIn("flowbook/realnvp\n", listed.stdout, listed.stderr)
            self.assertIn("github.com/janpfeifer/gonb/gonbui\n", listed.stdout)


class Journal(unittest.TestCase):
    """`journal`, as set-up puts it on the PATH, for a project whose command says where it is and what it is given."""

    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="my 'own' $work-"))
        self.addCleanup(subprocess.run, ["rm", "-rf", self.folder])
        (self.folder / "project/journal/cmd/journal").mkdir(parents=True)
        (self.folder / "project/go.mod").write_text("module flowbook\n\ngo 1.26\n")
        (self.folder / "env").write_text("export FLOWBOOK_HOME=sourced\n")
        with_steps(f"from steps import kernel; from pathlib import Path; kernel.PROJECT = Path({str(self.folder / 'project')!r}); kernel.write_programs()",
                   self.folder).check_returncode()

    def command(self, source, **env):
        """Writes the command's source and runs it."""
        (self.folder / "project/journal/cmd/journal/main.go").write_text(f"package main\n\nimport \"os\"\n\nfunc main() {{ {source} }}\n")
        unset = {name: value for name, value in os.environ.items() if name != "FLOWBOOK_HOME"}
        out = subprocess.run([self.folder / "bin/journal", "resume", "an id"], cwd="/", env={**unset, **env}, capture_output=True, text=True)
        return out.stdout + out.stderr

    def test_is_of_the_source_as_it_stands(self):
        said = 'wd, _ := os.Getwd(); println(%r, wd, len(os.Args), os.Args[2], os.Getenv("FLOWBOOK_HOME"))'
        self.assertEqual(self.command(said.replace("%r", '"one"'), FLOWBOOK_HOME="mine", GO111MODULE="off", GOFLAGS="-mod=vendor", GOWORK="/none"), "one / 3 an id mine\n")
        self.assertEqual(self.command(said.replace("%r", '"two"')), "two / 3 an id sourced\n")
        self.assertIn("undefined: nonsense", self.command("nonsense(os.Args)"))


if __name__ == "__main__":
    unittest.main()
