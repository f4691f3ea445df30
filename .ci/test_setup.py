"""Tests of the set-up: what it says on an unfit machine, and that a half-done step is never trusted."""
import glob
import json
import os
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from steps import outputs

SETUP = Path(__file__).with_name("setup.py")


def with_steps(program, home, **env):
    """Runs a Python program that may import `steps`, in an environment of its own."""
    return subprocess.run([sys.executable, "-c", f"import sys; sys.path.insert(0, {str(SETUP.parent)!r})\n{program}"],
                          env={**os.environ, "FLOWBOOK_HOME": str(home), **env}, capture_output=True, text=True)


class Machine(unittest.TestCase):
    """Each test runs setup.py with a PATH and an environment of its own."""

    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="flowbook-setup-test-"))
        self.addCleanup(subprocess.run, ["rm", "-rf", self.folder])

    def tool(self, name, script):
        path = self.folder / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("#!/bin/sh\n" + script + "\n")
        path.chmod(0o755)

    def setup(self, goal="lab", path=None, **env):
        out = subprocess.run([sys.executable, SETUP, goal], capture_output=True, text=True, timeout=120,
                             env={**os.environ, "PATH": path or f"{self.folder}/bin:{os.environ['PATH']}", "FLOWBOOK_HOME": f"{self.folder}/home", **env})
        return out.returncode, (out.stdout + out.stderr).strip()

    def refuses(self, *words, **how):
        code, said = self.setup(**how)
        self.assertEqual(code, 1, said)
        self.assertEqual(len(said.splitlines()), 1, f"one line is wanted, not:\n{said}")
        for word in words:
            self.assertIn(word, said)

    def test_go_is_missing(self):
        self.refuses("Go is missing", path=f"{self.folder}/bin")

    def test_go_is_too_old(self):
        self.tool("go", "echo go1.21.3")
        self.refuses("Go 1.21.3 is too old", "1.26")

    def test_home_cannot_be_written(self):
        if os.geteuid() == 0:
            self.skipTest("root may write anywhere")
        self.refuses("cannot write", "FLOWBOOK_HOME", FLOWBOOK_HOME="/proc/flowbook")

    def test_a_compiler_in_a_path_with_spaces(self):
        out = with_steps("""
from pathlib import Path
from unittest import mock
from steps import ccompiler
ccompiler.ZIG = Path("/my work/zig")
with mock.patch("shutil.which", return_value=None):
    print(ccompiler.compiler(mock.Mock())["CC"])
""", self.folder / "home")
        self.assertEqual(out.stdout.strip(), "'/my work/zig/cc'", out.stderr)
        # Go takes it for one command, whose first word is the path.
        go = subprocess.run(["go", "env", "CC"], capture_output=True, text=True, env={**os.environ, "CC": out.stdout.strip()})
        self.assertEqual(go.stdout.strip(), "'/my work/zig/cc'")

    def test_a_gonb_that_has_changed(self):
        out = with_steps("""
from steps import gonb, step
gonb.CHANGES = [("main.go", "what GoNB does not say", "")]
gonb.run = lambda *_, **__: print("built")
try:
    gonb.build({})
except step.Failed as failure:
    print(failure)
""", self.folder / "home")
        self.assertIn("main.go has no 'what GoNB does not say': look whether", out.stdout, out.stderr)
        self.assertNotIn("built", out.stdout)

    def test_disk_is_full(self):
        sys.path.insert(0, str(SETUP.parent))
        from steps import machine, step
        with self.assertRaisesRegex(step.Failed, r"GB of disk are free .* set-up needs 100000000"):
            machine.disk(100_000_000, self.folder / "home")

    def test_old_python(self):
        source = SETUP.read_text().replace("(3, 11)", "(99, 0)")
        (self.folder / "setup.py").write_text(source)
        out = subprocess.run([sys.executable, self.folder / "setup.py", "lab"], capture_output=True, text=True)
        self.assertIn("needs Python", out.stderr)
        self.assertEqual(len(out.stderr.strip().splitlines()), 1)

    def test_unknown_plugin(self):
        self.refuses("XLA=cuda99", "cuda12", XLA="cuda99")

    def test_cuda_without_gpu(self):
        if glob.glob("/dev/nvidia*"):
            self.skipTest("there is a GPU")
        self.tool("nvidia-smi", "echo no devices were found; exit 6")
        self.refuses("XLA=cuda13 needs an NVIDIA GPU", "XLA=cpu", XLA="cuda13")

    def test_unknown_goal(self):
        code, said = self.setup(goal="lobster")
        self.assertEqual((code, said), (1, "usage: python3 .ci/setup.py lab|open|ahead|test|bench"))


class Steps(unittest.TestCase):
    """A step's stamp is written last and holds its key."""

    def run_step(self, home, key, build):
        program = f"""
from pathlib import Path
from steps.step import Setup
with Setup() as setup:
    setup.step("thing", "a thing", {key!r}, lambda: exec({build!r}))
"""
        return with_steps(program, home)

    def test_done_once_and_again_when_the_key_changes(self):
        with tempfile.TemporaryDirectory() as home:
            count = f"open({home + '/count'!r}, 'a').write('x')"
            for key, times in (("a", 1), ("a", 1), ("b", 2), ("b", 2)):
                out = self.run_step(home, key, count)
                self.assertEqual(out.returncode, 0, out.stderr)
                self.assertEqual(len(Path(home, "count").read_text()), times)

    def test_killed_half_way_is_redone(self):
        with tempfile.TemporaryDirectory() as home:
            self.assertEqual(self.run_step(home, "a", "pass").returncode, 0)
            out = self.run_step(home, "b", "import os; os.kill(os.getpid(), 9)")
            self.assertEqual(out.returncode, -9)
            for key in ("a", "b"):  # neither what was there before nor what was begun is trusted
                self.assertIn(" s", self.run_step(home, key, "pass").stdout.replace("ready", ""))
            self.assertIn("ready", self.run_step(home, "b", "pass").stdout)

    def test_failure_leaves_no_stamp(self):
        with tempfile.TemporaryDirectory() as home:
            self.assertNotEqual(self.run_step(home, "a", "raise SystemExit(3)").returncode, 0)
            self.assertFalse(Path(home, "stamps", "thing").exists())

    def test_together_they_wait_for_each_other_and_tell_of_the_first_failure(self):
        program = """
import threading
from steps.step import Failed, Setup, together
meeting, ended = threading.Barrier(2, timeout=60), []
def work(name):
    meeting.wait()  # one after the other they would never meet
    setup.step(name, name, name, lambda: ended.append(name))
def fail():
    raise Failed("the disk is gone")
with Setup() as setup:
    try:
        together(fail, lambda: work("one"), lambda: work("two"))
    except Failed as failure:
        print(failure, sorted(ended))
"""
        with tempfile.TemporaryDirectory() as home:
            out = with_steps(program, home)
            self.assertIn("the disk is gone ['one', 'two']", out.stdout, out.stderr)
            self.assertTrue(Path(home, "stamps", "one").exists() and Path(home, "stamps", "two").exists())


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
        kernel.parent.mkdir()
        kernel.write_text('#!/bin/sh\nshift\n[ "$1" != -asks ] || { echo asks; shift; }\nexec "$@"\n')
        kernel.chmod(0o755)
        self.gonb = self.folder / "gonb_12ab"
        self.gonb.mkdir()
        (self.gonb / "go.mod").write_text("module gonb_12ab\n\ngo 1.26\n")

    def go(self, *arguments, beside=""):
        return subprocess.run([self.folder / "kernel-bin" / beside / "go", *arguments], cwd=self.gonb, capture_output=True, text=True,
                              env={**os.environ, "PWD": str(self.gonb), "GOFLAGS": "", "GOWORK": "off"})

    def cell(self, body, beside=""):
        """Builds a cell and returns the program that its script runs, by inode, and what it said."""
        (self.gonb / "main.go").write_text("package main\n\nfunc main() { " + body + " }\n")
        program = self.gonb / "gonb_12ab"
        out = self.go("build", "-o", str(program), "-ldflags=-s", beside=beside)
        if out.returncode:
            return None, out.stdout + out.stderr
        built = sorted(self.gonb.glob("built/*"), key=lambda p: p.stat().st_mtime)
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
        kept = sorted(p.name for p in built.iterdir())
        self.assertEqual(len(kept), 16)
        self.assertIn("old-29", kept)
        self.assertNotIn("old-14", kept)


class Pip(unittest.TestCase):
    def test_keeps_no_cache_outside_the_state_folder(self):
        with tempfile.TemporaryDirectory() as home:
            out = with_steps("""
from unittest import mock
from steps import ccompiler, pythons, xla
from steps.step import Setup
pythons.run = lambda command, log: print(*command)
xla.plugin_file = lambda folder, which: folder / "plugin.so"
with Setup() as setup, mock.patch("shutil.which", return_value=None):
    pythons.venv(setup, "venv", ["lab"])
    ccompiler.compiler(setup)
    xla.install(setup, "cpu")
""", home)
        called = [line for line in out.stdout.splitlines() if "-m pip install" in line]
        self.assertEqual(len(called), 3, out.stdout + out.stderr)
        for line in called:
            self.assertIn(" --no-cache-dir ", line)


class Linker(unittest.TestCase):
    def test_goes_own_only_where_the_probe_runs(self):
        program = f"""
from steps import linker, xla
from steps.step import Setup
with Setup() as setup:
    print(linker.linker(setup, xla.Backend(), {{}}))
"""
        for code, want in ((0, "{'GO_EXTLINK_ENABLED': '0'}" if sys.platform == "linux" else "{}"), (1, "{}")):
            with tempfile.TemporaryDirectory() as home:
                go = Path(home, "go")
                go.write_text(f'#!/bin/sh\n[ "$1" != run ] || [ "$GO_EXTLINK_ENABLED" = 0 ] && exit {code}\n')
                go.chmod(0o755)
                out = with_steps(program, home, PATH=f"{home}:{os.environ['PATH']}")
                self.assertEqual(out.stdout.splitlines()[-1], want, out.stderr)


class WorkingCopy(unittest.TestCase):
    """The copy of the notebooks that a reader works in."""

    def setUp(self):
        self.home = Path(tempfile.mkdtemp(prefix="flowbook copy-"))
        self.addCleanup(subprocess.run, ["rm", "-rf", self.home])
        self.project = self.home / "project"
        (self.project / "notebooks" / "pictures").mkdir(parents=True)
        self.write("a", "1")

    def write(self, name, source, executed=None):
        """Writes a notebook of one cell, whose output was made with a source."""
        cell = {"cell_type": "code", "source": [source], "metadata": {}, "outputs": [{"output_type": "stream", "name": "stdout", "text": ["1"]}]}
        notebook = {"cells": [cell]}
        if executed:
            outputs.record({"cells": [{**cell, "source": [executed]}]})  # into the same metadata
        (self.project / "notebooks" / f"{name}.ipynb").write_text(json.dumps(notebook))

    def update(self):
        out = with_steps(f"""
from pathlib import Path
from steps import workcopy
workcopy.PROJECT, trusted = Path({str(self.project)!r}), []
workcopy.trust = trusted.extend
workcopy.update()
print("trusted", *[p.name for p in trusted])
""", self.home)
        self.assertEqual(out.returncode, 0, out.stderr)
        return out.stdout

    def copy(self, name):
        return self.home / "notebooks" / f"{name}.ipynb"

    def test_follows_the_checkout_and_keeps_what_the_reader_wrote(self):
        self.assertIn("trusted a.ipynb", self.update())
        self.assertIn("ready", self.update())
        self.write("a", "2")
        self.write("b", "1")
        self.assertIn("2 new", self.update())
        self.assertIn('"2"', self.copy("a").read_text())
        self.copy("a").write_text("mine")
        said = self.update()
        self.assertNotIn("yours is kept", said)  # the checkout has nothing new
        self.write("a", "3")
        self.assertIn("a.ipynb: yours is kept", self.update())
        self.assertEqual(self.copy("a").read_text(), "mine")
        self.copy("a").unlink()
        self.update()
        self.assertIn('"3"', self.copy("a").read_text())

    def test_an_output_that_is_older_than_its_cell_says_so(self):
        self.write("a", "fmt.Println(1)", executed="fmt.Println(1)")
        self.update()
        self.assertNotIn("stale", self.copy("a").read_text())
        self.write("a", "fmt.Println(2)", executed="fmt.Println(1)")
        self.assertIn("trusted a.ipynb", self.update())
        said, made = json.loads(self.copy("a").read_text())["cells"][0]["outputs"]
        self.assertIn("stale: this output is of the cell as it was before", said["data"]["text/plain"][0])
        self.assertEqual(made["text"], ["1"])
        self.assertIn("ready", self.update())


class Committed(unittest.TestCase):
    def test_others_take_the_cells_for_go(self):
        for path in SETUP.parents[1].glob("notebooks/*.ipynb"):
            language = json.loads(path.read_text())["metadata"]["language_info"]
            self.assertEqual((language["name"], language["pygments_lexer"], language["file_extension"]), ("go", "go", ".go"), path.name)


class Open(unittest.TestCase):
    """`make lab` does not wait for gopls, which comes in the background."""

    def test_gopls_comes_behind(self):
        with tempfile.TemporaryDirectory() as home:
            Path(home, "log").mkdir()
            program = '''
import setup
from unittest import mock
done = []
setup.notebooks = lambda s: done.append("notebooks") or {"CC": "zig cc"}
setup.workcopy.update = lambda: done.append("copy")
setup.gotools.gopls = lambda s: done.append("gopls")
setup.gotools.read_ahead = lambda s, compiler: done.append(compiler["CC"])
with mock.patch("subprocess.Popen") as started:
    setup.open_(None)
done.append(started.call_args.args[0][-1])
setup.GOALS[done[-1]][0](None)
print(*done, sep=", ", end="")
'''
            out = with_steps(program, home)
            self.assertEqual(out.stdout, "notebooks, copy, ahead, notebooks, gopls, zig cc", out.stderr)


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


class OtherPlatform(unittest.TestCase):
    """Where PyPI has no plugin: GoMLX's installer is run, and its plugin tried."""

    def program(self, system, machine, wanted):
        return f"""
import os, sys
sys.platform = "{system}"
os.uname = lambda: type("uname", (), {{"machine": "{machine}"}})
from steps import xla
from steps.step import Setup
with Setup() as setup:
    print(xla.plugin(setup, "{wanted}", {{}}).name)
"""

    def backend(self, installed, computes, system="darwin", machine="arm64"):
        program = self.program(system, machine, "cpu")
        with tempfile.TemporaryDirectory() as home:
            go = Path(home, "go")
            go.write_text(f'#!/bin/sh\ncase "$*" in *plugin/main.go*) echo "not for this machine" >&2; exit {installed};; esac\nexit {computes}\n')
            go.chmod(0o755)
            out = with_steps(program, home, PATH=f"{home}:{os.environ['PATH']}")
            *said, name = out.stdout.splitlines() or [out.stderr]
            self.assertEqual(len(said), 1, out.stderr)
            return name, said[0]

    def test_gomlx_has_one(self):
        name, said = self.backend(0, 0)
        self.assertEqual(name, "xla:cpu")
        self.assertIn("GoMLX's installer  ", said)
        self.assertIn("PyPI has none for darwin arm64", said)
        name, said = self.backend(0, 0, "linux", "aarch64")
        self.assertEqual(name, "xla:cpu")
        self.assertIn("PyPI has none for linux aarch64", said)

    def test_gomlx_has_none(self):
        name, said = self.backend(1, 0)
        self.assertEqual(name, "go")
        self.assertIn("pure Go backend serves, and it is slow", said)
        self.assertIn("not for this machine", said)

    def test_gomlxs_does_not_compute(self):
        name, said = self.backend(0, 1)
        self.assertEqual(name, "go")
        self.assertIn("does not compute", said)

    def test_no_cuda(self):
        with tempfile.TemporaryDirectory() as home:
            out = with_steps(self.program("linux", "aarch64", "cuda12"), home)
        self.assertIn("XLA=cuda12 needs Linux on x86-64; this is linux aarch64", out.stdout + out.stderr)


class Clean(unittest.TestCase):
    def test_refuses_the_project_itself(self):
        out = subprocess.run([sys.executable, SETUP.with_name("clean.py")], capture_output=True, text=True,
                             env={**os.environ, "FLOWBOOK_HOME": str(SETUP.parents[1])})
        self.assertEqual(out.returncode, 1)
        self.assertIn("nothing was removed", out.stderr)

    def test_keeps_journal_data_and_compiled_programs(self):
        mine = ["data", "journal", "xla-cache"]
        with tempfile.TemporaryDirectory() as home:
            for arguments, left in ([], ["data", "journal", "somebody's", "xla-cache"]), (["--all"], ["somebody's"]):
                for name in ["venv", "somebody's", *mine]:
                    Path(home, name).mkdir(exist_ok=True)
                out = subprocess.run([sys.executable, SETUP.with_name("clean.py"), *arguments], capture_output=True, text=True, env={**os.environ, "FLOWBOOK_HOME": home})
                self.assertEqual(out.returncode, 0, out.stderr)
                self.assertIn("removing", out.stdout)
                self.assertEqual(sorted(os.listdir(home)), left)


if __name__ == "__main__":
    unittest.main()
