"""Tests of what set-up installs and chooses: pip, the linker, the XLA plugin."""
import os
import sys
import tempfile
import unittest
from pathlib import Path

from sandbox import with_steps


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
            go.write_text(f'#!/bin/sh\ncase "$*" in *plugin/main.go*) echo "not for this machine" >&2; echo "exit status 1" >&2; exit {installed};; esac\nexit {computes}\n')
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


class Completion(unittest.TestCase):
    """What gopls is for is not all of a kernel."""

    def test_gopls_cannot_be_built(self):
        program = """
import setup
from steps import gotools
from steps.step import Setup
setup.notebooks = gotools.journal = lambda *_: None
with Setup() as s:
    setup.lab(s)
print("goes on")
"""
        with tempfile.TemporaryDirectory() as home:
            go = Path(home, "go")
            go.write_text('#!/bin/sh\ncase "$*" in install*) echo "go: no such host" >&2; exit 1;; esac\n')
            go.chmod(0o755)
            out = with_steps(program, home, PATH=f"{home}:{os.environ['PATH']}")
        said = out.stdout.splitlines()
        self.assertEqual(said[-1:], ["goes on"], out.stderr)
        self.assertEqual(len(said), 2, said)
        self.assertRegex(said[0], "without completion and help.*no such host.*make setup tries again")


if __name__ == "__main__":
    unittest.main()
