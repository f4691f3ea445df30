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
        install = [folder / "bin" / "python", "-m", "pip", "install", "--no-deps", "--disable-pip-version-check"]
        for each in lists:
            run([*install, "-r", PINS / f"{each}.txt"], name)

    key = [sys.version, str(folder)] + [pins(each) for each in lists]
    setup.step(name, f"{name}: Python packages ({', '.join(lists)})", key, build)
