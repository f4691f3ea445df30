"""What tests ask of notebooks that were executed, beside that no cell failed: pictures where the committed ones have some, and trainings that learn."""
import json
import subprocess

from steps.places import BIN, PROJECT


def missing(committed, executed):
    """The IDs of the cells that show a picture as committed and none as executed."""
    return [cell["id"] for cell, now in zip(committed["cells"], executed["cells"], strict=True) if shows(cell) and not shows(now)]


def shows(cell):
    """Tells whether a cell's outputs have a picture."""
    return any(kind.startswith("image/") for output in cell.get("outputs", []) for kind in output.get("data", {}))


def wrong(runs):
    """Says what is wrong with runs of the journal: one that did not finish, or that has not learned. Where a bug was switched on, anything may be."""
    found = []
    for run in runs:
        name = f"run {run['id']} of {run['experiment']}"
        losses = {metric: loss for metric, loss in run["metrics"].items() if metric.removesuffix("_bpd").removesuffix("_nll") in ("train", "val")}
        if run["experiment"].startswith("bug-"):
            continue
        if run["status"] != "finished":
            found.append(f"{name} is {run['status']}")
        elif not any(map(fell, losses.values())):
            found.append(f"{name} has not learned: " + (", ".join(f"{metric} {loss['last']:.3f} of {loss['min']:.3f} to {loss['max']:.3f}" for metric, loss in losses.items()) or "no loss is logged"))
    return found


def fell(loss):
    """Tells whether a loss came nearer to its lowest than to its highest. That of a few samples a batch is noisy, and that held out rises where they are learned by heart."""
    return not loss["not_finite"] and 2 * loss["last"] < loss["min"] + loss["max"]


def check(state):
    """Prints what is wrong with the notebooks in state/executed and the runs in state/journal; tells whether nothing is."""
    faults = []
    for path in sorted((PROJECT / "notebooks").glob("*.ipynb")):
        executed = state / "executed" / path.name
        if executed.exists():  # else a cell of it has failed, and that was said
            faults += [f"{path.name}: cell {cell} shows no picture" for cell in missing(json.loads(path.read_text()), json.loads(executed.read_text()))]
    listed = subprocess.run([BIN / "journal", "ls", "--json", "--journal", state / "journal" / "journal.db"], capture_output=True, text=True)
    faults += [listed.stderr] if listed.returncode else wrong(json.loads(listed.stdout))
    for fault in faults:
        print("FAIL", fault)
    return not faults
