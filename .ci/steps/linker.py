"""Who links a Go program that has cgo in it: Go's own linker where it can, which takes a cell a third less time than the C compiler."""
import os
import subprocess
import sys

from .kernel import variables
from .places import HOME, PROJECT
from .step import write

CHOSEN = HOME / "linker"


def linker(setup, backend, compiler):
    """Returns what the environment must say of it: nothing where the probe does not run when Go's own linker made it."""
    if sys.platform != "linux":
        return {}
    own = {"GO_EXTLINK_ENABLED": "0"}

    def build():
        out = subprocess.run(["go", "run", ".ci/probe/main.go"], cwd=PROJECT, env={**os.environ, **variables(backend, {**compiler, **own})},
                             capture_output=True)
        write(CHOSEN, "C" if out.returncode else "Go")
        return CHOSEN.read_text()

    go = subprocess.run(["go", "version"], cwd=PROJECT, capture_output=True, text=True).stdout
    setup.step("linker", "linker of programs with cgo", [backend, compiler, go, (PROJECT / ".ci/probe/main.go").read_text()], build)
    return own if CHOSEN.read_text() == "Go" else {}
