"""Recomputes log p of points under a saved 2D flow (the author's form) with NumPy and the safetensors package alone.

usage: logprob.py CHECKPOINT x0 y0 x1 y1 …; prints one log p a line.
"""
import sys

import numpy as np
from safetensors import safe_open

path, points = sys.argv[1], np.array([float(v) for v in sys.argv[2:]]).reshape(-1, 2)
with safe_open(path, "numpy") as f:
    tensors = {name: f.get_tensor(name).astype(np.float64) for name in f.keys()}


def mlp(scope, x):
    i = 0
    while f"{scope}/layer{i}/w" in tensors:
        if i > 0:
            x = np.maximum(x, 0)
        x = x @ tensors[f"{scope}/layer{i}/w"] + tensors[f"{scope}/layer{i}/b"]
        i += 1
    return x[:, 0]


z, logdet = points.copy(), np.zeros(len(points))
couplings = {name.split("/")[1] for name in tensors if name.startswith("flow/coupling")}
for i in range(len(couplings)):
    scope, kept = f"flow/coupling{i}", i % 2
    x = z[:, kept : kept + 1]
    s = tensors[f"{scope}/s_scale"] * np.tanh(mlp(f"{scope}/s", x))
    t = np.tanh(mlp(f"{scope}/t", x))
    z[:, 1 - kept] = z[:, 1 - kept] * np.exp(s) + t
    logdet += s
for v in -0.5 * (z**2).sum(1) - np.log(2 * np.pi) + logdet:
    print(repr(float(v)))
