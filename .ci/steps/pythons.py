"""Python environments with pinned packages. None of them is ever on the user's own Python."""
import shutil
import sys

from .places import HOME, PINS, pins
from .step import run


def venv(setup, name, lists):
    """Makes .flowbook/NAME hold exactly the packages of pins/LIST.txt for each list."""
    folder = HOME / name

    def build():
        shutil.rmtree(folder, ignore_errors=True)
        run([sys.executable, "-m", "venv", folder], name)
        for each in lists:
            install(folder, each, name)

    key = [sys.version, str(folder)] + [pins(each) for each in lists]
    setup.step(name, f"{name}: Python packages ({', '.join(lists)})", key, build)


def install(venv, name, log, *options):
    """Installs the packages of pins/NAME.txt with a venv's pip, which keeps nothing outside the state folder, no cache either."""
    run([venv / "bin" / "python", "-m", "pip", "install", "--no-deps", "--no-cache-dir", "--disable-pip-version-check", *options, "-r", PINS / f"{name}.txt"], log)
