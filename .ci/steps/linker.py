"""Who links a Go program that has cgo in it: Go's own linker where it can, which takes a cell a third less time than the C compiler."""
import sys

from .gotools import go_version
from .places import HOME
from .step import write
from .xla import PROBE, probe

CHOSEN = HOME / "linker"


def linker(setup, backend, compiler):
    """Returns what the environment must say of it: nothing where the probe does not run when Go's own linker made it."""
    if sys.platform != "linux":
        return {}
    own = {"GO_EXTLINK_ENABLED": "0"}

    def build():
        write(CHOSEN, "C" if probe(backend, {**compiler, **own}).returncode else "Go")
        return CHOSEN.read_text()

    setup.step("linker", "linker of programs with cgo", [backend, compiler, go_version(), PROBE.read_text()], build)
    return own if CHOSEN.read_text() == "Go" else {}
