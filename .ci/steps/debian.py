"""What tests want of the system: PostgreSQL and Chromium. Installed from Debian as root, else said aloud."""
import os
import shutil
from pathlib import Path

from .step import Failed, run, say



def postgres_bin():
    """The folder of PostgreSQL's own programs (initdb, postgres), or None."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = shutil.which("initdb")
    folders += [Path(found).parent] if found else []
    return next((f for f in folders if (f / "initdb").exists() and (f / "postgres").exists()), None)


def chromium_bin():
    """Chromium's path, or None."""
    return next((p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None)


def postgres(setup):
    ensure(postgres_bin, "postgresql", "PostgreSQL", "the journal's tests against a real server")


def chromium(setup):
    ensure(chromium_bin, "chromium", "Chromium", "the tests in a real browser")


def ensure(find, package, name, what):
    """Finds a program or installs its Debian package; says what will be skipped when neither works."""
    if not find() and os.geteuid() == 0 and shutil.which("apt-get"):
        apt(package)
    if find():
        say(f"{name}: {find()}", "ready")
    else:
        say(f"{name} is NOT here: {what} will be skipped", "", f"as root on Debian it installs itself: apt-get install {package}")


def apt(package):
    """Installs a Debian package; a failure is told, not raised: its tests are then skipped aloud."""
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        run(["apt-get", "update", "-q"], "apt", env=env)
        run(["apt-get", "install", "-q", "-y", "--no-install-recommends", package], "apt", env=env)
    except Failed as failure:
        print(f"  {failure}")
