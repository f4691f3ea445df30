"""Is this machine fit? Go, Python's venv, disk: one line for what is missing or too old."""
import os
import re
import shutil
import subprocess

from .places import HOME, PROJECT
from .step import Failed

LEFT_OUT = PROJECT / "notebooks/kernel/internal/front/leftout.txt"


def check(gigabytes):
    """Raises Failed, in one line, for the first thing that is missing."""
    own_settings(os.environ)
    go()
    caches()
    try:
        import ensurepip, venv  # noqa: F401, E401
    except ImportError:
        raise Failed("Python's venv module is missing: install it (Debian, Ubuntu: apt install python3-venv)") from None
    disk(gigabytes)


def own_settings(env):
    """Leaves out settings of Go's that a person has for other modules, and with which this one is not built: those that the kernel leaves out for cells."""
    names = LEFT_OUT.read_text().split()
    for name in names:
        env.pop(name, None)
    if "GOFLAGS" in env:
        env["GOFLAGS"] = " ".join(flag for flag in env["GOFLAGS"].split() if re.sub("^--?", "-", flag.partition("=")[0]) not in names)


def go():
    """Raises Failed unless `go` is as new as go.mod asks."""
    wanted = re.search(r"^go (\S+)", (PROJECT / "go.mod").read_text(), re.M).group(1)
    if not shutil.which("go"):
        raise Failed(f"Go is missing: install Go {wanted} or newer and put it on PATH")
    # GOTOOLCHAIN=local asks for the installed Go, not for one that it might download.
    found = subprocess.run(["go", "env", "GOVERSION"], cwd="/", env={**os.environ, "GOTOOLCHAIN": "local"},
                           capture_output=True, text=True).stdout.strip().removeprefix("go")
    if numbers(found) < numbers(wanted):
        raise Failed(f"Go {found or '?'} is too old: install Go {wanted} or newer")


def caches():
    """Raises Failed where Go cannot keep what it compiles and downloads: it does so below HOME, unless told otherwise."""
    names = "GOCACHE", "GOMODCACHE"
    said = subprocess.run(["go", "env", *names], cwd="/", capture_output=True, text=True).stdout.splitlines()
    for name, folder in zip(names, said):
        try:
            if not os.path.isabs(folder):
                raise OSError("HOME is not set")
            os.makedirs(folder, exist_ok=True)
            if name == "GOCACHE" and not os.access(folder, os.W_OK):
                raise OSError(f"{folder} cannot be written")
        except OSError as error:
            raise Failed(f"Go has no folder for its {name}: {error}. Set HOME to a folder of yours, or GOCACHE and GOMODCACHE to two") from None


def numbers(version):
    return tuple(int(n) for n in re.findall(r"\d+", version)[:3])


def disk(gigabytes, home=HOME):
    """Raises Failed when less than the given GB are free and the set-up is not already there."""
    folder = home
    while not folder.exists():
        folder = folder.parent
    if not os.access(folder, os.W_OK):
        raise Failed(f"cannot write in {folder}: set FLOWBOOK_HOME to a folder of yours")
    free = shutil.disk_usage(folder).free / 1e9
    if free < gigabytes and not (home / "stamps" / "kernel").exists():
        raise Failed(f"{free:.1f} GB of disk are free at {folder} and set-up needs {gigabytes}: make room, or set FLOWBOOK_HOME to a larger disk")
