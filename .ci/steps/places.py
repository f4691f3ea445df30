"""Where things are: the project, and the folder that holds everything commands make."""
import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
HOME = Path(os.path.abspath(os.environ.get("FLOWBOOK_HOME") or PROJECT / ".flowbook"))
PINS = PROJECT / ".ci" / "pins"
TEMPORARY = HOME / "tmp"  # of set-up and what it runs
BIN = HOME / "bin"
GOPLS = HOME / "gopls" / "gopls"  # apart, so that only the GoNB that answers completion finds it
GOPLS_CACHE = GOPLS.parent / "cache"
VENV = HOME / "venv"
XLA = HOME / "xla"


def pins(name):
    """The text of a pinned requirements file, `pins/NAME.txt`."""
    return (PINS / f"{name}.txt").read_text()
