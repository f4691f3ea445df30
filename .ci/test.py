"""Runs every test; `make test` calls it when set-up is done.

ONLY=gofmt,vet,setup,go,notebooks,browser picks some. All of them run even when one fails; the last lines say what ran.
"""
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import gotest
from steps.debian import chromium_bin
from steps.places import HOME, PROJECT

PYTHON = HOME / "venv" / "bin" / "python"
STATE = HOME / "test"  # the tests' own journal and checkpoints, made anew each time


def gofmt():
    """Every Go file is as gofmt writes it."""
    rooms = [p for p in PROJECT.iterdir() if p.is_dir() and not p.name.startswith(".")] + [PROJECT / ".ci"]
    out = subprocess.run(["gofmt", "-l", *map(str, rooms)], capture_output=True, text=True, check=True).stdout
    for name in out.split():
        print("not formatted:", os.path.relpath(name, PROJECT))
    return (0, len(out.split()), 0) if out else (1, 0, 0)


def vet():
    """go vet has nothing to say."""
    codes = [subprocess.run(["go", "vet", what], cwd=PROJECT).returncode for what in ("./...", ".ci/probe/main.go")]
    return codes.count(0), len(codes) - codes.count(0), 0


def setup():
    """The tests of the set-up scripts."""
    code = subprocess.run([sys.executable, "-m", "unittest", "-q", "test_setup"], cwd=PROJECT / ".ci").returncode
    return (1, 0, 0) if code == 0 else (0, 1, 0)


def go():
    """go test ./..., XLA for real, PostgreSQL for real where it is."""
    env = dict(os.environ, FLOWBOOK_TEST_PYTHON=str(HOME / "venv-test/bin/python"))
    if chromium_bin():
        env["FLOWBOOK_TEST_CHROMIUM"] = str(chromium_bin())
    return gotest.run(["-timeout", "20m", *os.environ.get("GOTESTFLAGS", "").split(), "./..."], PROJECT, env)


def notebooks():
    """Every notebook runs headless through the real kernel, quick profile, from nothing; then each cell again, alone."""
    found = sorted((PROJECT / "notebooks").glob("*.ipynb"))
    if not found:
        print("there are no notebooks")
        return 0, 0, 0
    subset = PROJECT.parent / "shared" / "data" / "cifar10-subset"
    if "FLOWBOOK_CIFAR10" not in os.environ and subset.is_dir():
        os.environ["FLOWBOOK_CIFAR10"] = str(subset)  # real pixels that some workplaces put beside the checkout; else they are downloaded
        print(f"CIFAR-10 from {subset}")
    def execute(path):
        return subprocess.run([PYTHON, ".ci/notebooks.py", "--profile", "quick", "--fresh", STATE, "--out", STATE / "executed",
                               "--rerun", "30", "--cell-limit", "1800", path], cwd=PROJECT).returncode

    # Two at a time: linking and compiling keep one core busy, and one journal serves both, as it must. The last take longest.
    with ThreadPoolExecutor(2) as pool:
        failed = sum(code != 0 for code in pool.map(execute, reversed(found)))
    return len(found) - failed, failed, 0


def browser():
    """JupyterLab in real Chromium."""
    if not chromium_bin():
        print("Chromium is not installed: JupyterLab is not driven in a browser")
        return 0, 0, 1
    code = subprocess.run([HOME / "venv-test/bin/python", ".ci/browser.py", "--shots", STATE / "screenshots"], cwd=PROJECT).returncode
    return (1, 0, 0) if code == 0 else (0, 1, 0)


CHECKS = [gofmt, vet, setup, go, notebooks, browser]


def main():
    only = [name for name in os.environ.get("ONLY", "").replace(",", " ").split()]
    unknown = set(only) - {check.__name__ for check in CHECKS}
    if unknown:
        sys.exit(f"flowbook: ONLY={','.join(only)}: no test is called {', '.join(unknown)}; there are " + ", ".join(c.__name__ for c in CHECKS))
    shutil.rmtree(STATE, ignore_errors=True)
    lines, total = [], [0, 0, 0]
    for check in CHECKS:
        if only and check.__name__ not in only:
            continue
        print(f"\n== {check.__name__}: {check.__doc__.strip()}", flush=True)
        start = time.monotonic()
        counts = check()
        total = [a + b for a, b in zip(total, counts)]
        lines.append(f"{check.__name__:<10} {'FAIL' if counts[1] else 'ok':<5} {counts[0]:4} passed {counts[1]:3} failed {counts[2]:3} skipped"
                     f"  {time.monotonic() - start:6.0f} s   {check.__doc__.strip()}")
    print("\nWhat ran, on backend " + os.environ.get("GOMLX_BACKEND", "?") + ":\n" + "\n".join(lines))
    print(f"{total[0]} passed, {total[1]} failed, {total[2]} skipped")
    sys.exit(1 if total[1] else 0)


if __name__ == "__main__":
    main()
