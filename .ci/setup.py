"""Sets up flowbook: `python3 .ci/setup.py lab|open|test|bench`. The Makefile calls it.

Everything goes under .flowbook/, or where FLOWBOOK_HOME says.
"""
import sys

# This file alone must parse on an old Python, so that it can say so.
if sys.version_info < (3, 11):
    sys.exit("flowbook needs Python 3.11 or newer; %s is %d.%d: install a newer one and name it, make PYTHON=python3.12 …"
             % ((sys.executable,) + tuple(sys.version_info[:2])))

from steps import ccompiler, debian, gotools, kernel, linker, machine, pythons, workcopy, xla  # noqa: E402
from steps.step import Failed, Setup, together  # noqa: E402


def lab(setup):
    """All that a notebook needs: JupyterLab, the tools, an XLA plugin, the kernel. Returns what Go's tools must be told of the C compiler."""
    kind = xla.kind()
    together(lambda: pythons.venv(setup, "venv", ["lab"]), lambda: tools(setup))
    compiler = ccompiler.compiler(setup)
    gotools.front(setup, compiler)
    backend = xla.plugin(setup, kind, compiler)
    compiler |= linker.linker(setup, backend, compiler)
    xla.check(setup, backend, compiler)
    kernel.environment(setup, backend, compiler)
    kernel.spec(setup)
    gotools.warm(setup, compiler)
    return compiler


def tools(setup):
    """What is written in Go and does not need the compiler and the backend that lab finds."""
    gotools.modules(setup)
    gotools.tools(setup)
    gotools.gopls(setup)


def open_(setup):
    """lab's things, gopls with the library read, and the reader's own copy of the notebooks."""
    compiler = lab(setup)
    gotools.read_ahead(setup, compiler)
    workcopy.update()


def test(setup):
    """All that `make test` needs: lab's things, peers written in Python, PostgreSQL and Chromium."""
    lab(setup)
    together(lambda: pythons.venv(setup, "venv-test", ["test"]), lambda: gotools.staticcheck(setup), lambda: servers(setup))


def servers(setup):
    """PostgreSQL and Chromium."""
    debian.postgres(setup)
    debian.chromium(setup)


def bench(setup):
    """All that `make bench` needs: lab's things and the peers we are measured against."""
    lab(setup)
    pythons.venv(setup, "venv-bench", ["bench"])


GOALS = {"lab": (lab, 3), "open": (open_, 3), "test": (test, 6), "bench": (bench, 12)}  # goal: (what to do, GB of disk it needs)


def main():
    if len(sys.argv) != 2 or sys.argv[1] not in GOALS:
        sys.exit("usage: python3 .ci/setup.py " + "|".join(GOALS))
    goal, gigabytes = GOALS[sys.argv[1]]
    try:
        machine.check(gigabytes)
        with Setup() as setup:
            goal(setup)
    except Failed as failure:
        sys.exit(f"flowbook: {failure}")
    except KeyboardInterrupt:
        sys.exit("flowbook: set-up stopped; run it again and it goes on with the step it was at")


if __name__ == "__main__":
    main()
