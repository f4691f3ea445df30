"""What a reader does with a notebook in the browser test: notebook 03, its training cut to a few steps of a shallow flow."""
import json
from dataclasses import dataclass

from steps.places import PROJECT

NOTEBOOK = PROJECT / "notebooks" / "03-mnist.ipynb"

# The training cell of the copy asks for a short run; all else is as the reader finds it.
TRAINING = 'experiment.NewLive(figures.Level("Keng, full size", 1.67))'
SHORT = "".join(f', "{change}"' for change in (
    "model.checkerboard_couplings=1", "model.channel_couplings=1", "model.final_couplings=2",
    "train.steps=60", "train.validate_every=30", "train.checkpoint_every=20", "validate=50", "test=100"))


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
    table: str        # the cell that lists runs, and
    interrupted: str  # what it says of a run that was stopped
    complete: str     # typed before Tab
    completes: str    # a name that must then be offered
    help: tuple       # (cell, word): where the cursor goes for contextual help
    helps: str        # what the help must say


STORY = Story(
    limit=1200,
    says={"uniform := -D": "8.000 bits/dim", "experiment.Run(": "finished", "500 test images: mean error": "grey levels"},
    shows=["data.MNIST())fmt.Println(train)", "model.Sample(64", "latents of 500 test images", "model.Interpolate"],
    rerun="model.Sample(64", long="experiment.Run(", progress=r"step \d+ of", stopped="interrupted", table="journal.Table", interrupted="interrupted",
    complete="%%\nrealnvp.", completes="MNIST", help=("author, ours := realnvp.MNIST()", "MNIST"), helps=r"func realnvp\.MNIST\(\) realnvp\.Config",
)


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
