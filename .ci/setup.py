"""Sets up flowbook: `python3 .ci/setup.py lab|open|test|bench`. The Makefile calls it; `open` calls it with `ahead`.

Everything goes under .flowbook/, or where FLOWBOOK_HOME says.
"""
import os
import subprocess
import sys

# This file alone must parse on an old Python, 2.7 too, so that it can say so: it is ASCII and has no f-strings.
if sys.version_info < (3, 11):
    sys.exit("flowbook needs Python 3.11 or newer; %s is %d.%d: install a newer one and name it, make PYTHON=python3.12 ..."
             % ((sys.executable,) + tuple(sys.version_info[:2])))

from steps import ccompiler, debian, gotools, kernel, linker, machine, pythons, workcopy, xla  # noqa: E402
from steps.places import HOME  # noqa: E402
from steps.step import Failed, Setup, reason, say, together  # noqa: E402


def notebooks(setup):
    """All that a notebook needs to run: JupyterLab, the tools, an XLA plugin, the kernel. Returns what Go's tools must be told of the C compiler."""
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


def lab(setup):
    """All that a notebook needs, and the journal's command; completion and help too, without which cells run."""
    notebooks(setup)
    gotools.journal(setup)
    try:
        gotools.gopls(setup)
    except Failed as failure:
        say("cells run, but without completion and help", "", "gopls cannot be built: " + reason(failure) + "; make setup tries again")


def open_(setup):
    """All that a notebook needs, and the reader's own copy; completion and help come in the background, when this set-up has ended."""
    notebooks(setup)
    workcopy.update()
    with open(HOME / "log" / "ahead.log", "a") as log:
        subprocess.Popen(["nice", sys.executable, os.path.abspath(__file__), "ahead"], stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)


def ahead(setup):
    """gopls, a quarter of what is compiled on a bare machine, with the library read, and the journal's command."""
    compiler = notebooks(setup)
    gotools.gopls(setup)
    gotools.read_ahead(setup, compiler)
    gotools.journal(setup)


def test(setup):
    """All that `make test` needs: lab's things, peers written in Python, PostgreSQL and Chromium."""
    notebooks(setup)
    together(lambda: pythons.venv(setup, "venv-test", ["test"]), lambda: compiled(setup), lambda: servers(setup))


def compiled(setup):
    """gopls and staticcheck, one after the other: each keeps every core busy."""
    gotools.gopls(setup)
    gotools.staticcheck(setup)


def servers(setup):
    """PostgreSQL and Chromium."""
    debian.postgres(setup)
    debian.chromium(setup)


def bench(setup):
    """All that `make bench` needs: lab's things and the peers we are measured against."""
    lab(setup)
    pythons.venv(setup, "venv-bench", ["bench"])


GOALS = {"lab": (lab, 3), "open": (open_, 3), "ahead": (ahead, 3), "test": (test, 6), "bench": (bench, 12)}  # goal: (what to do, GB of disk it needs)


def main():
    if len(sys.argv) != 2 or sys.argv[1] not in GOALS:
        sys.exit("usage: python3 .ci/setup.py " + "|".join(GOALS))
    goal, gigabytes = GOALS[sys.argv[1]]
    try:
        machine.check(gigabytes)
        with Setup() as setup:
            goal(setup)
    except Failed as failure:
        sys.exit("flowbook: %s" % failure)
    except OSError as error:
        sys.exit("flowbook: set-up cannot go on: %s; mend that and run it again, and it goes on with the step it was at" % error)
    except KeyboardInterrupt:
        sys.exit("flowbook: set-up stopped; run it again and it goes on with the step it was at")


if __name__ == "__main__":
    main()
