"""Runs every room's measurements, one after the other; each prints its table. `make bench` calls it.

Nothing else should run on the machine meanwhile. The rows of realnvp and of the journal are also in .flowbook/bench.json.
"""
import subprocess
import sys

from steps.places import HOME, PROJECT

PEERS = HOME / "venv-bench" / "bin" / "python"

ROOMS = {
    "realnvp": [PEERS, "realnvp/bench/run.py"],
    "journal": ["go", "run", "./journal/bench", "-python", PEERS],
    "data": [PEERS, "data/bench/toys.py"],
}


def main():
    failed = []
    for room, command in ROOMS.items():
        print(f"\n== {room}", flush=True)
        if subprocess.run(command, cwd=PROJECT).returncode:
            failed.append(room)
    sys.exit("flowbook: failed: " + ", ".join(failed) if failed else 0)


if __name__ == "__main__":
    main()
