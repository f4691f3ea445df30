"""Whether the outputs that a notebook holds are of its cells as they stand. Executed in place, each cell keeps the digest of its
source; a cell that is changed and not executed again then has another. Works on a notebook as JSON gives it, or nbformat.
"""
import hashlib


def digest(cell):
    return hashlib.sha256("".join(cell["source"]).encode()).hexdigest()[:16]


def record(notebook):
    """Notes in each code cell what it was executed with."""
    for cell in code(notebook):
        cell["metadata"]["flowbook"] = {"executed": digest(cell)}


def older(notebook):
    """The cells whose outputs are of an older text, with their numbers among the code cells. What was never recorded is not among them."""
    return [(i, cell) for i, cell in enumerate(code(notebook), 1) if cell["outputs"] and executed(cell) not in (None, digest(cell))]


def unrecorded(notebook):
    """How many cells have outputs and no record of what made them."""
    return sum(bool(cell["outputs"]) and executed(cell) is None for cell in code(notebook))


def mark(notebook):
    """Says above each older output that it is one; tells whether there were any. Running the cell removes the words."""
    text = "stale: this output is of the cell as it was before its code was changed; run it again"
    said = {"output_type": "display_data", "metadata": {}, "data": {"text/plain": [text], "text/html": [f"<small><b>{text}</b></small>"]}}
    found = older(notebook)
    for _, cell in found:
        cell["outputs"].insert(0, said)
    return bool(found)


def code(notebook):
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def executed(cell):
    return cell["metadata"].get("flowbook", {}).get("executed")
