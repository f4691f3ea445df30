"""Runs one peer for `go run ./realnvp/bench`: does a task once for each line it reads, and answers with JSON lines.

    python worker.py jax step CHECKPOINT BATCH_FILE BATCH RATE     one training step a line; the first one compiles
    python worker.py torch sample CHECKPOINT - 64 0                one set of samples a line
    python worker.py jax train CHECKPOINT POINTS_FILE 1000 RATE    1,000 steps over the points a line, from the start

BATCH_FILE holds raw float32. At the end of its input it says its peak memory.
"""
import importlib
import json
import math
import resource
import sys
import time

import numpy as np

import flow


def main(framework, task, checkpoint, data, batch, rate):
    batch, rate = int(batch), float(rate)
    peer_of = importlib.import_module(f"flow_{framework}").Peer
    built, _ = flow.read(checkpoint)
    dims = tuple(built["Settings"]["Sample"])
    image = len(dims) == 3
    x = None if data == "-" else np.fromfile(data, np.float32).reshape(-1, *dims)
    peer = peer_of(checkpoint)
    rng = np.random.default_rng(1)

    def work():
        match task:
            case "step":
                return peer.step(x[:batch], rate)
            case "sample":
                parts = [rng.standard_normal((batch, *shape), np.float32) for shape in flow.latent_shapes(built)]
                return float(peer.sample(parts).mean())
            case "train":
                fresh = peer_of(checkpoint)
                for step in range(1000):
                    at = step * batch % len(x)
                    loss = fresh.step(x[at:at + batch], rate)
                return loss

    print(json.dumps({"ready": True}), flush=True)
    for _ in sys.stdin:
        start, cpu = time.perf_counter(), time.process_time()
        value = work()
        seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
        print(json.dumps({"seconds": seconds, "cpu": cpu, "value": value if math.isfinite(value) else None}), flush=True)
    print(json.dumps({"rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
