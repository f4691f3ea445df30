"""Runs every room's bench script, one after the other, and prints their tables. `make bench` calls it.

A room's script is bench/run.py in the room's folder; it is run with venv-bench's Python and prints its table.
Those that measure against peers add their rows to .flowbook/bench.json.
"""
import json
import subprocess
import sys

from steps.places import HOME, PROJECT


def main():
    scripts = sorted(PROJECT.glob("[!.]*/bench/run.py")) + sorted(PROJECT.glob("[!.]*/*/bench/run.py"))
    if not scripts:
        sys.exit("flowbook: no room has a bench/run.py")
    failed = []
    for script in scripts:
        name = script.parents[1].relative_to(PROJECT)
        print(f"\n== {name}", flush=True)
        if subprocess.run([HOME / "venv-bench/bin/python", script], cwd=PROJECT).returncode:
            failed.append(str(name))
    table = HOME / "bench.json"
    if table.exists():
        print(f"\n{table}:")
        for row in json.loads(table.read_text()):
            print(f"  {row['name']:<18} ours {row['ours']:10.4g} {row['unit']:<6} {row['peer_name']:<14} {row['peer']:10.4g}   ratio {row['ratio']:.2f}")
    sys.exit("failed: " + ", ".join(failed) if failed else 0)


if __name__ == "__main__":
    main()
