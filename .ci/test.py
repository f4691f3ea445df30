"""Runs every test; `make test` calls it when set-up is done.

ONLY=gofmt,vet,staticcheck,setup,outputs,go,race,fuzz,notebooks,browser picks some. All of them run even when one fails; the last lines say what ran.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import executed
import gotest
import stopwatch
from steps import outputs as made
from steps.debian import chromium_bin
from steps.places import HOME, PROJECT

PYTHON = HOME / "venv" / "bin" / "python"
STATE = HOME / "test"  # the tests' own journal and checkpoints, made anew each time
SPARED = ["nice", "-n", "5"]  # before a command that takes mostly what time the others leave


def rooms():
    """The project's own top-level folders of Go code."""
    return [p for p in PROJECT.iterdir() if p.is_dir() and not p.name.startswith(".")]


def called(*commands, cwd=PROJECT, lane=map):
    """Runs commands, which `lane` may do at once; returns the counts of those that went well and those that did not, and their processor seconds."""
    done = list(lane(lambda command: stopwatch.call(command, cwd=cwd), commands))
    failed = sum(code != 0 for code, _ in done)
    return len(done) - failed, failed, 0, sum(seconds for _, seconds in done)


def added(counts):
    """The sum of several counts."""
    return tuple(map(sum, zip(*counts)))


def gofmt():
    """Every Go file is as gofmt writes it."""
    out = subprocess.run(["gofmt", "-l", *map(str, rooms()), str(PROJECT / ".ci")], capture_output=True, text=True, check=True).stdout
    for name in out.split():
        print("not formatted:", os.path.relpath(name, PROJECT))
    return (0, len(out.split()), 0, 0) if out else (1, 0, 0, 0)


def vet():
    """go vet has nothing to say."""
    return called(["go", "vet", "./..."], ["go", "vet", ".ci/probe/main.go"])


def staticcheck():
    """staticcheck has nothing to say (staticcheck.conf says what it looks for)."""
    return called([*SPARED, HOME / "bin" / "staticcheck", "./..."])


def setup():
    """The tests of the set-up scripts."""
    return called([sys.executable, "-m", "unittest", "discover", "-q"], cwd=PROJECT / ".ci")


def go():
    """go test ./..., XLA for real, PostgreSQL for real where it is."""
    env = dict(os.environ, FLOWBOOK_TEST_PYTHON=str(HOME / "venv-test/bin/python"))
    if chromium_bin():
        env["FLOWBOOK_TEST_CHROMIUM"] = str(chromium_bin())
    # First, so that no long one is the last with a core to itself; kernels wait much, hence three packages at a time.
    longest = ["./realnvp", "./notebooks/kernel", "./realnvp/preset", "./notebooks/experiment", "./notebooks/kerneltest"]
    return gotest.run(["-vet=off", "-p=3", "-timeout=20m", *os.environ.get("GOTESTFLAGS", "").split(), *longest, "./..."], PROJECT, env)  # vetted above


# The packages that have goroutines of their own, and those of their tests that run them. Not realnvp: XLA's plugin does not survive the
# end of a program with the race detector (a double free in its own clean-up).
RACE = {"./data": "Ordered|AtOnce", "./figures/inline": "Notebook|Live", "./journal": "Crowd|Together|RoundTrip|Finish|Spool|Dies", "./journal/cell": ".",
        "./journal/serve": ".", "./notebooks/kernel/internal/...": ".", "./realnvp/xla/internal/store": "."}


def race():
    """The race detector has nothing to say of what has goroutines."""
    # Nine tenths of it are compiling, which without optimisation takes two thirds of the time.
    flags = ["-race", "-short", "-vet=off", "-gcflags=all=-N -l", "-timeout=20m", "-skip=Browser"]
    counts = [gotest.run([*flags, f"-run={tests}", package], PROJECT, dict(os.environ), SPARED) for package, tests in RACE.items()]
    return added(counts)


# Builds and runs one target. Its own package alone tells the fuzzer where an input went: `go test -fuzz` would compile all that it imports anew.
FUZZ = """program=$1/$2.test
go test -c -vet=off -o "$program" -gcflags="$2=-d=libfuzzer" .
exec "$program" -test.run='^$' -test.fuzz="^$3\\$" -test.fuzztime=50000x -test.fuzzcachedir="$1/found" """


def fuzz():
    """Each fuzz target is given 50,000 inputs of the fuzzer's making."""
    counts = [(0, 0, 0, 0)]
    for test in sorted(p for room in rooms() for p in room.rglob("*_test.go")):
        for name in re.findall(r"^func (Fuzz\w+)\(", test.read_text(), re.MULTILINE):
            package = f"flowbook/{test.parent.relative_to(PROJECT)}"
            counts.append(called([*SPARED, "sh", "-ec", FUZZ, "sh", STATE / "fuzz", package, name], cwd=test.parent))
    return added(counts)


def outputs():
    """The committed outputs are of the cells as they stand; those that are not are named, and no failure."""
    whole = [0, 0, 0, 0]
    for path in sorted((PROJECT / "notebooks").glob("*.ipynb")):
        notebook = json.loads(path.read_text())
        older, unrecorded = made.older(notebook), made.unrecorded(notebook)
        for number, cell in older:
            print(f"older than its cell: {path.name}, output of code cell {number}: {''.join(cell['source']).strip().splitlines()[-1][:70]}")
        if unrecorded:
            print(f"not recorded: {path.name}, what the outputs of {unrecorded} cells were made with")
        whole[2 if older or unrecorded else 0] += 1
    return tuple(whole)


# Notebooks and browser share two lanes: linking and compiling keep one core busy, and one journal serves all notebooks, as it must.
LANES = ThreadPoolExecutor(2)
# Tests and a browser wait at times: a third lane takes what is left, for checks that nobody waits for.
SPARE = ThreadPoolExecutor(1)
AT_ONCE = ThreadPoolExecutor(1)


# A training of a notebook's, in tests, is a so many times smaller part of what the quick profile has. Its runs say so, and are in the tests' own journal.
SHORTEN = 5


def notebooks():
    """Every notebook runs headless through the real kernel, quick profile, its trainings shortened, from nothing; then its shortest cells again, each alone."""
    found = sorted((PROJECT / "notebooks").glob("*.ipynb"))
    passed, failed, skipped, seconds = called(*(
        [PYTHON, ".ci/notebooks.py", "--profile", "quick", "--shorten", str(SHORTEN), "--fresh", STATE, "--out", STATE / "executed",
         "--rerun", "5", "--cell-limit", "1800", path] for path in reversed(found)), lane=LANES.map)  # the first are the shortest
    return passed, failed + (not executed.check(STATE)), skipped, seconds


def browser():
    """JupyterLab in real Chromium."""
    if not chromium_bin():
        print("Chromium is not installed: JupyterLab is not driven in a browser")
        return 0, 0, 1, 0
    return called([HOME / "venv-test/bin/python", ".ci/browser.py", "--shots", STATE / "screenshots"])


# In the order in which they start. What has a lane runs there, beside all that comes after it: the spare one from when everything is compiled, the
# browser in its lane before the notebooks, since as the last it would leave the other empty. The others are waited for.
CHECKS = {gofmt: None, outputs: None, vet: None, setup: SPARE, staticcheck: SPARE, race: SPARE, fuzz: SPARE, go: None, browser: LANES, notebooks: None}


def timed(check):
    """Runs a check; returns its counts, its processor seconds last, and the line that tells of it."""
    print(f"\n== {check.__name__}: {check.__doc__.strip()}", flush=True)
    start = time.monotonic()
    counts = check()
    return counts, (f"{check.__name__:<10} {'FAIL' if counts[1] else 'ok':<5} {counts[0]:4} passed {counts[1]:3} failed {counts[2]:3} skipped"
                    f"  {time.monotonic() - start:6.0f} s {counts[3]:6.0f} s of processor   {check.__doc__.strip()}")


def main():
    names = [check.__name__ for check in CHECKS]
    only = os.environ.get("ONLY", "").replace(",", " ").split() or names
    if unknown := set(only) - set(names):
        sys.exit(f"flowbook: ONLY={','.join(only)}: no test is called {', '.join(unknown)}; there are {', '.join(names)}")
    shutil.rmtree(STATE, ignore_errors=True)
    subset = PROJECT.parent / "shared" / "data" / "cifar10-subset"
    if "FLOWBOOK_CIFAR10" not in os.environ and subset.is_dir():
        os.environ["FLOWBOOK_CIFAR10"] = str(subset)  # real pixels that some workplaces put beside the checkout; else they are downloaded
        print(f"CIFAR-10 from {subset}")
    start = time.monotonic()
    results = []
    for check, lane in CHECKS.items():
        if check.__name__ in only:
            results.append((lane or AT_ONCE).submit(timed, check))
            if not lane:
                results[-1].result()
    results = [result.result() for result in results]
    counts = added(counts for counts, _ in results)
    print("\nWhat ran, on backend " + os.environ.get("GOMLX_BACKEND", "?") + ":\n" + "\n".join(line for _, line in results))
    print("{} passed, {} failed, {} skipped; {:.0f} s, {:.0f} s of processor".format(*counts[:3], time.monotonic() - start, counts[3]))
    sys.exit(1 if counts[1] else 0)


if __name__ == "__main__":
    main()
