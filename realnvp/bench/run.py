"""Measures realnvp against JAX and PyTorch on this machine, prints a table and adds its rows to .flowbook/bench.json.

    . .flowbook/env && .flowbook/venv-bench/bin/python realnvp/bench/run.py [NAME…]

Every contestant is a process of its own that does a piece of work for each line it is sent; they take turns, so that a
change of the machine's load meets all of them, and the smallest time of each counts. Processor time is printed too: on
a machine that is busy with other things it is the steadier of the two.

A training takes its steps one after the other, and so a turn is some steps and the first of them does not count: it finds
caches, pages and sleeping threads as the other contestants left them. The rows `turn-…` are of those first steps.

Nobody has a cache of compiled programs but in the rows `again-…`: there each contestant has a folder of its own, which a
process before it filled.
"""
import json
import os
import pathlib
import platform
import re
import subprocess
import sys
import tempfile

import numpy as np

ROOM = pathlib.Path(__file__).resolve().parent
PROJECT = ROOM.parents[1]
HOME = pathlib.Path(os.environ.get("FLOWBOOK_HOME", PROJECT / ".flowbook"))
PEERS = {"jax": "JAX jit", "torch": "PyTorch eager"}

STEPS = 4  # of a training in one turn
BUSY = os.getloadavg()[0] > 1.5  # with other things

# name: (net, task, batch, learning rate, turns after the first, peers, what is reported)
TASKS = {
    "step-small": ("small", "step", 50, 5e-4, 4, ["jax", "torch"], "loop"),
    "step-large": ("large", "step", 50, 5e-4, 3, ["jax", "torch"], "loop"),
    "sample64-small": ("small", "sample", 64, 0, 8, ["jax", "torch"], "later"),
    "sample64-large": ("large", "sample", 64, 0, 5, ["jax", "torch"], "later"),
    # Compilation is the first step less a later one: of two images, so that a step is nothing beside it.
    "compile-mnist": ("mnist", "step", 2, 5e-4, 1, ["jax"], "first"),
    "compile-cifar10": ("cifar10", "step", 2, 5e-4, 1, ["jax"], "first"),
    # The same again, each by a new process whose cache holds the program.
    "again-mnist": ("mnist", "step", 2, 5e-4, 1, ["jax"], "first"),
    "again-cifar10": ("cifar10", "step", 2, 5e-4, 1, ["jax"], "first"),
    "toy2d-1000": ("toy2d", "train", 1000, 1e-3, 0, ["jax", "torch"], "whole"),
}


class Contestant:
    """A process that works when told to."""

    def __init__(self, name, command, env):
        self.name, self.answers, self.turns = name, [], []
        self.process = subprocess.Popen(command, env=env, cwd=ROOM / "peers", stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.read()

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"{self.name} ended without an answer (exit {self.process.wait()})")
        return json.loads(line)

    def work(self, times=1):
        turn = []
        for _ in range(times):
            self.process.stdin.write("\n")
            self.process.stdin.flush()
            turn.append(self.read())
        self.turns.append(turn)
        self.answers += turn

    def end(self):
        self.process.stdin.close()
        self.rss = self.read()["rss"]
        self.process.wait()

    def result(self, what, measure):
        first, later = self.answers[0], self.answers[1:]
        match what:
            case "whole": return first[measure]
            case "later": return min(a[measure] for a in later)
            case "loop": return min(a[measure] for turn in self.turns[1:] for a in turn[1:])
            case "turn": return min(turn[0][measure] for turn in self.turns[1:])
            case "first": return first[measure] - min(a[measure] for a in later)


def environments(folder):
    """Ours and the peers' environment; `folder` holds the cache of each, or is None for none."""
    ours = {**os.environ, "FLOWBOOK_XLA_CACHE": str(folder / "ours") if folder else "off"}
    theirs = {k: v for k, v in os.environ.items() if k != "GLIBC_TUNABLES" and not k.startswith("JAX_")}
    if BUSY:  # PyTorch's waiting threads spin by default, which costs it a multiple of its own time there
        theirs["OMP_WAIT_POLICY"] = "passive"
    if folder:
        theirs |= {"JAX_COMPILATION_CACHE_DIR": str(folder / "jax"), "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
                   "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1"}
    return ours, theirs


def contest(binary, work, name):
    net, task, batch, rate, more, peers, what = TASKS[name]
    checkpoint, data = work / f"{net}.safetensors", "-"
    if not checkpoint.exists():
        subprocess.run([binary, "new", net, checkpoint], check=True)
    rng = np.random.default_rng(1)
    if task == "step":
        config_dims = {"cifar10": (32, 32, 3)}.get(net, (28, 28, 1))
        data = work / f"{net}-{batch}.f32"
        (0.5 + 255 * rng.random((batch, *config_dims))).astype(np.float32).tofile(data)
    elif task == "train":
        data = work / "circle.f32"
        angle, radius = rng.uniform(0, 2 * np.pi, 10_000), rng.choice([0.5, 1.0], 10_000)
        points = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], 1) + 0.05 * rng.standard_normal((10_000, 2))
        points.astype(np.float32).tofile(data)
    arguments = [checkpoint, data, str(batch), str(rate)]
    ours, theirs = environments(work / f"cache-{net}" if name.startswith("again-") else None)
    contestants = [Contestant("flowbook", [binary, "loop" if what == "loop" else task, *arguments], ours)]
    contestants += [Contestant(p, [sys.executable, ROOM / "peers/worker.py", p, task, *arguments], theirs) for p in peers]
    for turn in range(1 + more):
        for c in contestants:
            c.work(STEPS if what == "loop" and turn else 1)
    for c in contestants:
        c.end()
    if task != "sample":
        check_agreement(name, contestants)
    return contestants


def check_agreement(name, contestants):
    """The same loss from the same weights, or the comparison is void."""
    ours, *theirs = (c.answers[0]["value"] for c in contestants)
    # A thousand steps let the last digits drift apart; a step's loss must agree to 1e-4.
    tolerance = 1e-4 if TASKS[name][1] == "step" else 0.2
    for c, value in zip(contestants[1:], theirs):
        if ours is None or value is None or abs(ours - value) > tolerance * max(1, abs(ours)):
            sys.exit(f"{name}: our loss is {ours}, {c.name}'s {value}: they do not compute the same")


def rows_of(name, rounds):
    what = TASKS[name][-1]

    def best(runs, measure):
        return min(run.result(what, measure) for run in runs)

    def best_of(runs, what):
        return min(run.result(what, "seconds") for run in runs)

    ours, *theirs = zip(*rounds)
    for peer in theirs:
        a, b = best(ours, "seconds"), best(peer, "seconds")
        yield {"name": name, "unit": "s", "ours": a, "peer": b, "peer_name": PEERS[peer[0].name], "ratio": a / b,
               "processor_ratio": best(ours, "cpu") / best(peer, "cpu")}
        if what == "loop":
            a, b = best_of(ours, "turn"), best_of(peer, "turn")
            yield {"name": name.replace("step", "turn"), "unit": "s", "ours": a, "peer": b, "peer_name": PEERS[peer[0].name], "ratio": a / b}
        if name == "step-large":
            a, b = ours[0].rss / 2**30, peer[0].rss / 2**30
            yield {"name": "rss-large", "unit": "GiB", "ours": a, "peer": b, "peer_name": PEERS[peer[0].name], "ratio": a / b}
    if name in ("step-small", "step-large"):  # what the training loop adds to XLA's own work
        steps = [step for turn in ours[0].turns[1:] for step in turn[1:]]
        a, b = (sum(step[of] for step in steps) / len(steps) for of in ("seconds", "inside"))
        yield {"name": name.replace("step", "loop"), "unit": "s", "ours": a, "peer": b, "peer_name": "XLA inside", "ratio": a / b}


def conditions():
    """What the numbers are of: the wheel of the XLA plugin, since builds differ by a factor of two, and the processor."""
    folder = pathlib.Path(os.environ.get("PJRT_PLUGIN_LIBRARY_PATH", "").partition(":")[0])
    wheel = next(folder.parent.glob("*.dist-info"), folder)
    cpuinfo = pathlib.Path("/proc/cpuinfo")  # Linux has it
    processor = re.search(r"^model name\s*: (.*)$", cpuinfo.read_text() if cpuinfo.exists() else "", re.MULTILINE)
    return {"plugin": wheel.name.removesuffix(".dist-info"), "processor": processor[1] if processor else platform.machine(), "cores": os.cpu_count(), "busy": BUSY}


def main(names):
    unknown = [n for n in names if n not in TASKS]
    if unknown:
        sys.exit(f"no benchmark {unknown[0]}; there are {', '.join(TASKS)}")
    if BUSY:
        print("the machine is busy with other things: trust the processors' ratio more than the clock's. PyTorch's waiting threads sleep")
    rows, of = [], conditions()
    print("XLA plugin {plugin}; {processor}, {cores} cores".format(**of))
    with tempfile.TemporaryDirectory(dir=HOME) as folder:
        binary = pathlib.Path(folder) / "bench"
        subprocess.run(["go", "build", "-o", binary, "."], cwd=ROOM, check=True)
        print(f"{'':<16} {'peer':<14} {'ours':>9} {'peer':>9}       ratio  of processor time")
        for name in names or TASKS:
            # A process compiles once, so several of them must for the smallest time; one more fills the caches.
            rounds = 3 if TASKS[name][-1] == "first" else 1
            if name.startswith("again-"):
                contest(binary, pathlib.Path(folder), name)
            for row in rows_of(name, [contest(binary, pathlib.Path(folder), name) for _ in range(rounds)]):
                busy = f"{row['processor_ratio']:15.2f}" if "processor_ratio" in row else ""
                print(f"{row['name']:<16} {row['peer_name']:<14} {row['ours']:9.3f} {row['peer']:9.3f} {row['unit']:<4} {row['ratio']:6.3f} {busy}", flush=True)
                rows.append(row | of)
    table = HOME / "bench.json"
    kept = json.loads(table.read_text()) if table.exists() else []
    measured = {row["name"] for row in rows}
    table.write_text(json.dumps([r for r in kept if r["name"] not in measured] + rows, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
