"""What a reader does with a notebook in the browser test: notebook 03, its training cut to a few steps of a narrow flow."""
import json
from dataclasses import dataclass

from steps.places import PROJECT

NOTEBOOK = PROJECT / "notebooks" / "03-mnist.ipynb"

# The training cell of the copy asks for a short run; all else is as the reader finds it.
TRAINING = 'experiment.NewLive(figures.Level("Keng, full size", 1.67))'
SHORT = "".join(f', "{change}"' for change in (
    "digits=4", "train.steps=160", "train.validate_every=80", "train.checkpoint_every=40", "validate=50", "test=100"))


@dataclass
class Story:
    """Cells are named by a text that is in their source."""
    limit: int        # seconds that running everything may take
    says: dict        # cell: what it must print
    shows: list       # cells that must show a picture
    rerun: str        # a short cell to run again, alone
    long: str         # the training cell, to be stopped
    progress: str     # pattern of the text that moves while it trains
    stopped: str      # what it says when stopped
    score: str        # the cell that says a score, and
    scored: str       # what it says when a later run was stopped: the score of the finished one, and which that is
    table: str        # the cell that lists runs, and
    interrupted: str  # what it says of a run that was stopped
    complete: str     # typed before Tab
    completes: str    # a name that must then be offered
    help: tuple       # (cell, word): where the cursor goes for contextual help
    helps: str        # what the help must say


STORY = Story(
    limit=1200,
    says={"uniform := -D": "8.000 bits/dim", "experiment.Record(": "finished", "500 test images: mean error": "grey levels"},
    shows=["first := train.Pixels", "model.Sample(ctx, 64", "latents of 500 test images", "experiment.Likeliest", "model.Interpolate"],
    rerun="model.Sample(ctx, 64", long="experiment.Record(", progress=r"step \d+ of", stopped="interrupted after step",
    score="runs.Value(record, \"test_bpd\")", scored=r"run \w+ of mnist-quick, step 160: test \d\.\d+ ± ", table="journal.Table", interrupted="interrupted",
    complete="%%\npreset.", completes="MNIST", help=("model.Sample(ctx, 64", "SampleConfig"), helps=r"type (realnvp\.)?SampleConfig struct",
)


def figures(path):
    """The pictures that the outputs of a notebook hold: the name of each, and a part of its base64 by which it is known."""
    outputs = [o["data"] for c in json.loads(path.read_text())["cells"] for o in c.get("outputs", []) if "image/png" in o.get("data", {})]
    return [("".join(data["text/plain"]), "".join(data["image/png"]).replace("\n", "")[1000:1100]) for data in outputs]


def of_cells(*sources):
    """A notebook of code cells."""
    cells = [{"cell_type": "code", "id": f"cell-{i}", "source": s, "metadata": {}, "outputs": [], "execution_count": None} for i, s in enumerate(sources)]
    return {"nbformat": 4, "nbformat_minor": 5, "cells": cells, "metadata": {"kernelspec": {"name": "flowbook", "display_name": "Go (flowbook)", "language": "go"}}}


def notebook():
    """Notebook 03 without outputs, its training cut short."""
    nb = json.loads(NOTEBOOK.read_text())
    found = 0
    for cell in nb["cells"]:
        if cell["cell_type"] != "code":
            continue
        source = "".join(cell["source"])
        found += source.count(TRAINING)
        cell.update(source=source.replace(TRAINING, TRAINING + SHORT), outputs=[], execution_count=None)
    if found != 1:
        raise SystemExit(f"FAIL {NOTEBOOK.name} has {found} cells with {TRAINING}; .ci/story.py names what it cuts short")
    return nb
