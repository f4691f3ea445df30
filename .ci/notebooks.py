"""Executes notebooks headless through the flowbook kernel. Run it with the venv's Python:

    .flowbook/venv/bin/python .ci/notebooks.py [--profile quick] [--in-place | --out DIR] [--html DIR] NOTEBOOK…

It prints a line a cell and stops at the first cell that fails, with that cell's output. The notebook itself is
left as it is unless --in-place is given. --fresh DIR keeps the run's own state (journal, checkpoints) in DIR.
"""
import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from steps import kernel
from steps.places import HOME


class Client(NotebookClient):
    """Executes one notebook in its own folder and tells of each cell as it ends."""

    def __init__(self, path, cell_limit):
        self.path = path
        super().__init__(nbformat.read(path, as_version=4), kernel_name="flowbook", timeout=cell_limit,
                         resources={"metadata": {"path": str(path.parent)}}, on_cell_start=self.begin, on_cell_executed=self.end)
        self.cells = [c for c in self.nb.cells if c.cell_type == "code" and c.source.strip()]
        self.times = []

    def begin(self, cell, cell_index):
        if cell.cell_type == "code":
            self.started = time.monotonic()

    def end(self, cell, cell_index, execute_reply):
        self.times.append(time.monotonic() - self.started)
        source = [line for line in cell.source.splitlines() if line.strip() and not line.startswith(("%", "import", "//"))]
        print(f"  {self.path.stem} [{len(self.times)}/{len(self.cells)}] {self.times[-1]:7.1f} s  {(source or [''])[0].strip()[:70]}", flush=True)


def execute(path, cell_limit=None):
    """Returns the executed notebook and its cells' times, or raises the nbclient error of the first cell that failed."""
    client = Client(path, cell_limit)
    nb = client.execute()
    nb.metadata.pop("widgets", None)
    return nb, client.times


def use_kernel(fresh):
    """Makes this process find a copy of the kernel that reports errors as text and, with `fresh`, keeps its state apart."""
    folder = Path(tempfile.mkdtemp(prefix="flowbook-kernel-"))
    env = json.loads((HOME / "env.json").read_text())
    if fresh:
        fresh.mkdir(parents=True, exist_ok=True)
        data = fresh / "data"  # data sets are the same for everyone: read and cached once
        if not data.exists():
            (HOME / "data").mkdir(exist_ok=True)
            data.symlink_to(HOME / "data")
        env["FLOWBOOK_HOME"] = str(fresh)
    spec = folder / "kernels" / "flowbook"
    kernel.write_spec(spec, env, "-raw_error")
    os.environ["JUPYTER_PATH"] = str(folder)
    os.environ["JUPYTER_RUNTIME_DIR"] = str(folder / "runtime")
    os.environ.setdefault("IPYTHONDIR", str(folder))
    return folder


def last_words(nb):
    """The text that the failing cell left, for the log."""
    for cell in reversed(nb.cells):
        if cell.cell_type == "code" and any(o.output_type == "error" for o in cell.outputs):
            return cell.source + "\n---\n" + "\n".join(
                o.get("text") or "\n".join(o.get("traceback", [])) or str(o.get("data", {}).get("text/plain", "")) for o in cell.outputs)[-4000:]
    return ""


def main():
    options = argparse.ArgumentParser(description="execute notebooks headless")
    options.add_argument("notebooks", nargs="+", type=Path)
    options.add_argument("--profile", default=os.environ.get("FLOWBOOK_PROFILE", "quick"), choices=["quick", "cpu", "full"])
    options.add_argument("--fresh", type=Path, help="keep journal and checkpoints in this folder, not in the user's")
    options.add_argument("--out", type=Path, help="write the executed notebooks here")
    options.add_argument("--html", type=Path, help="write HTML pages here")
    options.add_argument("--in-place", action="store_true", help="write the outputs into the notebooks themselves")
    options.add_argument("--cell-limit", type=int, help="seconds that one cell may take")
    args = options.parse_args()
    os.environ["FLOWBOOK_PROFILE"] = args.profile
    use_kernel(args.fresh and args.fresh.resolve())

    failed = []
    for path in (p.resolve() for p in args.notebooks):
        start = time.monotonic()
        try:
            nb, times = execute(path, args.cell_limit)
        except (CellExecutionError, CellTimeoutError, DeadKernelError, RuntimeError) as error:
            failed.append(path.name)
            print(f"FAIL {path.name} after {time.monotonic() - start:.0f} s\n{error}", flush=True)
            continue
        print(f"ok   {path.name}: {len(times)} cells in {time.monotonic() - start:.0f} s, profile {args.profile}", flush=True)
        if args.in_place:
            nbformat.write(nb, path)
        if args.out:
            args.out.mkdir(parents=True, exist_ok=True)
            nbformat.write(nb, args.out / path.name)
        if args.html:
            from steps import pages
            pages.write(nb, path, args.html)
    print(f"{len(args.notebooks) - len(failed)} notebooks executed, {len(failed)} failed" + "".join("\n  " + f for f in failed))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    asyncio.set_event_loop_policy(asyncio.DefaultEventLoopPolicy())
    main()
