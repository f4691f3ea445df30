"""The reader's own copy of the notebooks, `.flowbook/notebooks`, which `make lab` opens: reading changes nothing in the checkout.

A notebook that the reader has not changed follows the checkout; one that they have is theirs, and is told of when the
checkout has another. `make lab` trusts what it copies, since it is the project's own.
"""
import hashlib
import json
import os
import subprocess

from . import outputs
from .places import HOME, PROJECT, VENV
from .step import Failed, say, write

COPY = HOME / "notebooks"
TAKEN = COPY / ".taken.json"  # the digest of what was put there
TRUST = """
import sys, nbformat
from nbformat.sign import NotebookNotary
notary = NotebookNotary(data_dir=sys.argv[1])
for path in sys.argv[2:]:
    notary.sign(nbformat.read(path, as_version=4))
"""


def update():
    """Brings the copy up to date, trusts what is new in it, and says what it did."""
    taken = json.loads(TAKEN.read_text()) if TAKEN.exists() else {}
    new, kept = [], []
    for source in sources():
        name = str(source.relative_to(PROJECT / "notebooks"))
        copy, content = COPY / name, marked(source)
        is_, has = digest(content), copy.exists() and digest(copy.read_bytes())
        if has not in (False, taken.get(name)):  # the reader's
            if taken.get(name) != is_ and has != is_:
                kept.append(name)
            continue
        if has != is_:
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(content)
            new.append(copy)
        taken[name] = is_
    if new:
        write(TAKEN, json.dumps(taken, indent=1) + "\n")
        trust([p for p in new if p.suffix == ".ipynb"])
    say(f"notebooks: {COPY}", f"{len(new)} new" if new else "ready")
    for name in kept:
        say(f"  {name}: yours is kept", "", "the checkout has another; remove or rename yours to get it")


def sources():
    folder = PROJECT / "notebooks"
    return sorted(folder.glob("*.ipynb")) + sorted(folder.glob("pictures/*"))


def marked(path):
    """A file of the checkout as the reader gets it: outputs that are older than their cells say so."""
    content = path.read_bytes()
    if path.suffix != ".ipynb":
        return content
    notebook = json.loads(content)
    return json.dumps(notebook, indent=1, ensure_ascii=False).encode() + b"\n" if outputs.mark(notebook) else content


def digest(content):
    return hashlib.sha256(content).hexdigest()


def trust(notebooks):
    """Signs notebooks as JupyterLab does when a person says that they trust them."""
    data = HOME / "jupyter" / "data"
    data.mkdir(parents=True, exist_ok=True)
    out = subprocess.run([VENV / "bin/python", "-c", TRUST, data, *notebooks], capture_output=True, text=True,
                         env={**os.environ, "JUPYTER_DATA_DIR": str(data), "IPYTHONDIR": str(HOME / "jupyter")})
    if out.returncode:
        raise Failed(f"the notebooks cannot be trusted: {out.stderr.strip()[-500:]}")
