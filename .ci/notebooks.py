"""Executes notebooks headless through the flowbook kernel. Run it with the venv's Python:

    .flowbook/venv/bin/python .ci/notebooks.py [--profile quick] [--in-place | --out DIR] [--html DIR] NOTEBOOK…

It prints a line a cell and stops at the first cell that fails, with that cell's output. The notebook itself is
left as it is unless --in-place is given, which also records in each cell what was executed (steps/outputs.py). --fresh DIR keeps the run's own state (journal, checkpoints) in DIR.
--shorten N makes each training N times shorter than the profile has it, for tests; their runs say so.
--rerun SECONDS checks that cells can be run again by themselves once all have run: the shortest, as many as took so long together.
"""
import argparse
import asyncio
import copy
import json
import os
import re
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from jupyter_core.utils import ensure_async
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

import stopwatch
from steps import kernel, outputs
from steps.places import HOME


class Client(NotebookClient):
    """Executes one notebook in its own folder and tells of each cell as it ends."""

    def __init__(self, path, cell_limit=None):
        self.path = path
        super().__init__(nbformat.read(path, as_version=4), kernel_name="flowbook", timeout=cell_limit, coalesce_streams=True,
                         resources={"metadata": {"path": str(path.parent)}})
        self.cells = [i for i, c in enumerate(self.nb.cells) if c.cell_type == "code" and c.source.strip()]
        self.times = {}

    async def run(self, rerun=0):
        """Executes all cells in order and then, each alone, the last first, as many of the shortest as took `rerun` seconds together."""
        async with self.async_setup_kernel():
            info = await self.async_wait_for_reply(await ensure_async(self.kc.kernel_info()))
            self.nb.metadata["language_info"] = info["content"]["language_info"]
            for index in self.cells:
                self.times[index] = await self.cell(index, "")
            done = copy.deepcopy(self.nb)
            for index in reversed(self.shortest(rerun)):
                await self.cell(index, "again ")
        self.nb = done
        return done

    def shortest(self, seconds):
        """The shortest cells, in their order: as many as took so many seconds together, and one more."""
        found = []
        for index in sorted(self.cells, key=self.times.get):
            if seconds <= 0:
                break
            found.append(index)
            seconds -= self.times[index]
        return sorted(found)

    async def cell(self, index, word):
        """Executes one cell, prints its line and returns its seconds."""
        cell, start = self.nb.cells[index], time.monotonic()
        used = stopwatch.tree(os.getpid())
        await self.async_execute_cell(cell, index, execution_count=self.code_cells_executed + 1)
        took, used = time.monotonic() - start, stopwatch.tree(os.getpid()) - used
        source = [line for line in cell.source.splitlines() if line.strip() and not re.match(r"%|//|import|\)|\s+\S*\s?\"", line)]
        print(f"  {word}{self.path.stem} [{self.cells.index(index) + 1}/{len(self.cells)}] {took:7.1f} s {used:6.1f} s of processor  {(source or [''])[0].strip()[:70]}", flush=True)
        return took


def use_kernel(folder, fresh):
    """Makes this process find a copy of the kernel that, with `fresh`, keeps its state apart."""
    env = kernel.with_state(fresh) if fresh else json.loads((HOME / "env.json").read_text())
    kernel.write_spec(folder / "kernels" / "flowbook", env, beside="")  # nobody asks for completion
    os.environ.update(JUPYTER_PATH=str(folder), JUPYTER_RUNTIME_DIR=str(folder / "runtime"), IPYTHONDIR=str(folder))


def main():
    options = argparse.ArgumentParser(description="execute notebooks headless")
    options.add_argument("notebooks", nargs="+", type=Path)
    options.add_argument("--profile", default=os.environ.get("FLOWBOOK_PROFILE", "quick"), choices=["quick", "cpu", "full"])
    options.add_argument("--fresh", type=Path, help="keep journal and checkpoints in this folder, not in the user's")
    options.add_argument("--out", type=Path, help="write the executed notebooks here")
    options.add_argument("--html", type=Path, help="write HTML pages here")
    options.add_argument("--in-place", action="store_true", help="write the outputs into the notebooks themselves")
    options.add_argument("--shorten", type=int, default=1, help="make each training so many times shorter; only with --fresh, and not with --in-place")
    options.add_argument("--cell-limit", type=int, help="seconds that one cell may take")
    options.add_argument("--rerun", type=float, default=0, help="then run the shortest cells again, each alone: as many as took so many seconds together")
    args = options.parse_args()
    if args.shorten > 1 and (args.in_place or not args.fresh):
        options.error("--shorten is for tests: it needs a journal of its own, --fresh DIR, and goes into no committed notebook")
    os.environ.update(FLOWBOOK_PROFILE=args.profile, FLOWBOOK_SHORTEN=str(args.shorten))
    if args.in_place:
        os.environ["FLOWBOOK_FIGURES"] = "png"  # whoever opens the notebook has not trusted it, and sees no SVG
    with tempfile.TemporaryDirectory(prefix="flowbook-kernel-") as folder:
        use_kernel(Path(folder), args.fresh and args.fresh.resolve())
        failed = [path.name for path in args.notebooks if not done(path.resolve(), args)]
    print(f"{len(args.notebooks) - len(failed)} notebooks executed, {len(failed)} failed" + "".join("\n  " + f for f in failed))
    sys.exit(1 if failed else 0)


def done(path, args):
    """Executes a notebook, writes what was asked for and returns whether it went well."""
    start, client = time.monotonic(), Client(path, args.cell_limit)
    try:
        nb = asyncio.run(client.run(args.rerun))
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        print(f"FAIL {path.name} after {time.monotonic() - start:.0f} s\n{error}", flush=True)
        return False
    print(f"ok   {path.name}: {len(client.times)} cells in {time.monotonic() - start:.0f} s, profile {args.profile}", flush=True)
    if args.in_place:
        outputs.record(nb)
        nbformat.write(nb, path)
    if args.out:
        args.out.mkdir(parents=True, exist_ok=True)
        nbformat.write(nb, args.out / path.name)
    if args.html:
        from steps import pages
        pages.write(nb, path, args.html)
    return True


if __name__ == "__main__":
    main()
