"""Compares flowbook's four scikit-learn toys with scikit-learn itself.

Run from the repository's root with a Python that has scikit-learn 1.9 (`make bench`'s):

    python data/bench/toys.py

For each toy 20,000 points of either side are compared by the two-sample Kolmogorov-Smirnov test along four directions,
and flowbook's exact density is averaged over both sides' points. Fails where a p-value is under 1e-4 or the averages
differ by more than five standard errors' worth, 0.05 nats.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from scipy.stats import ks_2samp
from sklearn.datasets import make_blobs, make_circles, make_moons

N = 20_000
THEIRS = {
    "circles": lambda seed: make_circles(N, noise=0.05, factor=0.5, random_state=seed)[0],
    "moons": lambda seed: make_moons(N, noise=0.05, random_state=seed)[0],
    # random_state fixes the centres, so the points are those of the one call that the article makes
    "blobs": lambda seed: make_blobs(N, random_state=8)[0],
    "random": lambda seed: np.random.RandomState(seed).rand(N, 2),
}
DIRECTIONS = {"x": (1, 0), "y": (0, 1), "x+y": (1, 1), "x-y": (1, -1)}


def main():
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        tool = str(Path(folder) / "bench")
        subprocess.run(["go", "build", "-o", tool, "./data/bench"], check=True)
        print(f"| toy | smallest KS p of {len(DIRECTIONS)} directions | -log p of our points | of scikit-learn's |")
        print("|---|---|---|---|")
        for name, draw in THEIRS.items():
            theirs = draw(1)
            text = subprocess.run([tool, "draw", name, str(N), "1"], check=True, capture_output=True, text=True).stdout
            ours = np.array(text.split(), float).reshape(N, 2)
            p = min(ks_2samp(ours @ d, theirs @ d).pvalue for d in map(np.array, DIRECTIONS.values()))
            nll = [exact_nll(tool, name, points) for points in (ours, theirs)]
            bad = p < 1e-4 or abs(nll[0] - nll[1]) > 0.05
            failed |= bad
            print(f"| {name} | {p:.3f} | {nll[0]:.4f} | {nll[1]:.4f} |{' DIFFERS' if bad else ''}")
    centres = make_blobs(3, random_state=8, return_centers=True)[2]
    print("centres of make_blobs(random_state=8):", centres.tolist())
    sys.exit(failed)


def exact_nll(tool, name, points):
    lines = "\n".join(f"{x!r} {y!r}" for x, y in points.tolist())
    return float(subprocess.run([tool, "nll", name], input=lines, check=True, capture_output=True, text=True).stdout)


if __name__ == "__main__":
    main()
