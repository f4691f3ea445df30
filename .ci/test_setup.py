"""Tests of the set-up: what it says on an unfit machine, and that a half-done step is never trusted."""
import ast
import glob
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from sandbox import SETUP, with_steps


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

    def test_go_has_nowhere_to_keep_things(self):
        (self.folder / "file").touch()
        own = {name: "" for name in ("GOCACHE", "GOMODCACHE", "GOPATH", "XDG_CACHE_HOME")}
        self.refuses("no folder for its GOCACHE: HOME is not set. Set HOME", HOME="", **own)
        self.refuses("no folder for its GOCACHE", f"{self.folder}/file/of-nobody", "Set HOME", HOME=f"{self.folder}/file/of-nobody", **own)
        self.refuses("no folder for its GOMODCACHE", f"{self.folder}/file/mod", HOME=f"{self.folder}/home", **{**own, "GOMODCACHE": f"{self.folder}/file/mod"})

    def test_state_folder_cannot_be_made(self):
        (self.folder / "file").touch()
        self.refuses(f"cannot write in {self.folder}/file/state: ", "set FLOWBOOK_HOME", FLOWBOOK_HOME=f"{self.folder}/file/state")

    def test_a_fault_of_the_system_is_one_line(self):
        out = with_steps("""
import setup
def full(_):
    raise OSError(28, "No space left on device", "/some/file")
setup.GOALS["lab"], sys.argv[1:] = (full, 0), ["lab"]
setup.main()
""", self.folder / "home")
        self.assertEqual((out.returncode, len(out.stderr.splitlines())), (1, 1), out.stderr)
        self.assertIn("No space left on device: '/some/file'; mend that and run it again", out.stderr)

    def test_temporary_files_are_in_the_state_folder(self):
        program = "from steps.step import Setup, run\nwith Setup():\n    run(['sh', '-c', 'mktemp -d'], 'where')"
        with_steps(program, self.folder / "home", TMPDIR="/none").check_returncode()
        self.assertIn(f"{self.folder}/home/tmp/", (self.folder / "home/log/where.log").read_text())

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

    def test_settings_of_go_for_other_modules(self):
        sys.path.insert(0, str(SETUP.parent))
        from steps import machine
        env = {"GOWORK": "off", "GO111MODULE": "off", "GOFLAGS": "-mod=vendor -tags=x --modfile=y -modcacherw", "GOPROXY": "off"}
        machine.own_settings(env)
        self.assertEqual(env, {"GOFLAGS": "-tags=x -modcacherw", "GOPROXY": "off"})

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
        SETUP.read_bytes().decode("ascii")  # else Python 2.7 only says that it cannot read it
        self.assertFalse([node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.JoinedStr)], "Pythons before 3.6 know no f-strings")

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
setup.gotools.journal = lambda setup: done.append("journal")
with mock.patch("subprocess.Popen") as started:
    setup.open_(None)
done.append(started.call_args.args[0][-1])
setup.GOALS[done[-1]][0](None)
print(*done, sep=", ", end="")
'''
            out = with_steps(program, home)
            self.assertEqual(out.stdout, "notebooks, copy, ahead, notebooks, gopls, zig cc, journal", out.stderr)


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
