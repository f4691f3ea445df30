"""A small notebook for the tests of the plumbing, and what a reader does with it."""
from dataclasses import dataclass


@dataclass
class Story:
    """What the browser test does with a notebook. Cells are named by a text that is in their source."""
    limit: int       # seconds that running everything may take
    outputs: dict    # cell: what it must say
    rerun: str       # a short cell to run again
    long: str        # a long cell, to be stopped
    progress: str    # pattern of the text that moves while it runs
    stopped: str     # what it says when stopped
    complete: str    # text typed before Tab
    completes: str   # a name that must be offered
    help: tuple      # (cell, word): where the cursor goes for help
    helps: str       # pattern of what contextual help must say


CELLS = [
    ("markdown", "# A scratch notebook\nWith some maths: $\\log p(x) = \\log p(z) + \\log\\left|\\det J\\right|$"),
    ("code", '%%\nfmt.Println("two and two is", 2+2)'),
    ("code", '''import "flowbook/data"

%%
train, test, err := data.MNIST()
fmt.Println(train.Len(), test.Len(), err)'''),
    ("code", '''import "github.com/janpfeifer/gonb/gonbui"

%%
interrupted := make(chan os.Signal, 1)
signal.Notify(interrupted, os.Interrupt)
bar := gonbui.UniqueId()
for step := range 200 {
	gonbui.UpdateHtml(bar, fmt.Sprintf(`<progress max=200 value=%d></progress> step %d of 200`, step, step))
	select {
	case <-interrupted:
		fmt.Println("interrupted at step", step)
		return
	case <-time.After(100 * time.Millisecond):
	}
	if os.Getenv("FLOWBOOK_PROFILE") == "quick" && step == 5 { break }
}'''),
]

STORY = Story(limit=120, outputs={"two and two": "two and two is 4", "data.MNIST": "60000 10000 <nil>"}, rerun="two and two", long="interrupted",
              progress=r"step \d+ of", stopped="interrupted at step", complete="%%\ndata.", completes="MNIST", help=("data.MNIST", "MNIST"), helps=r"func data\.MNIST|MNIST reads|MNIST")


def notebook(cells=CELLS):
    """The cells as a notebook of the flowbook kernel."""
    def cell(i, kind, source):
        more = {"outputs": [], "execution_count": None} if kind == "code" else {}
        return {"cell_type": kind, "id": f"cell-{i}", "metadata": {}, "source": source, **more}
    return {"nbformat": 4, "nbformat_minor": 5,
            "metadata": {"kernelspec": {"name": "flowbook", "display_name": "Go (flowbook)", "language": "go"}},
            "cells": [cell(i, kind, source) for i, (kind, source) in enumerate(cells)]}
