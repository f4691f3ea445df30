"""For the tests of set-up: a Python program in an environment of its own."""
import os
import subprocess
import sys
from pathlib import Path

SETUP = Path(__file__).with_name("setup.py")


def with_steps(program, home, **env):
    """Runs a Python program that may import `steps`, in an environment of its own."""
    return subprocess.run([sys.executable, "-c", f"import sys; sys.path.insert(0, {str(SETUP.parent)!r})\n{program}"],
                          env={**os.environ, "FLOWBOOK_HOME": str(home), **env}, capture_output=True, text=True)
