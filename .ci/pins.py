"""Compiles pyproject.toml's groups into .ci/pins/GROUP.txt: versions and hashes of all that a group needs. `make pins` calls it.

What is pinned stays as it is unless pyproject.toml asks otherwise or --upgrade is given.
"""
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from steps.places import PINS, PROJECT

# What a group's packages ask for and is left out: beginnings of names.
LEFT_OUT = {"lab": ["ipykernel"]}
# Platforms that a group's packages are for, where it is not every one.
ONLY = {"xla-cpu": "linux", "xla-cuda12": "linux", "xla-cuda13": "linux"}


def main():
    if not shutil.which("uv"):
        sys.exit("flowbook: uv is missing, which compiles the pins: pip install uv")
    groups = tomllib.loads((PROJECT / "pyproject.toml").read_text())["dependency-groups"]
    for group in sys.argv[1:] if sys.argv[1:] and not sys.argv[1].startswith("-") else groups:
        compile_group(group, [a for a in sys.argv[1:] if a.startswith("-")])


def compile_group(group, options):
    """Writes the pins of one group."""
    out = PINS / f"{group}.txt"
    with tempfile.TemporaryDirectory() as folder:
        draft, overrides = Path(folder, "pins.txt"), Path(folder, "overrides.txt")
        draft.write_text(out.read_text() if out.exists() else "")
        overrides.write_text("")
        platform = ["--python-platform", "x86_64-manylinux_2_28", "--no-deps"] if group in ONLY else ["--universal"]
        for _ in range(2):  # the first finds what to leave out
            command = ["uv", "pip", "compile", "-q", *platform, "--python-version", "3.11", "--generate-hashes", "--no-annotate", "--no-header", "--no-emit-index-url",
                       "--override", overrides, "--group", f"{PROJECT / 'pyproject.toml'}:{group}", "-o", draft, *options]
            if subprocess.run(command, cwd=folder).returncode:
                sys.exit(f"flowbook: the pins of {group} cannot be compiled")
            names = re.findall(r"^([\w.-]+)==", draft.read_text(), re.M)
            overrides.write_text("".join(f"{n} ; sys_platform == 'never'\n" for n in names if n.startswith(tuple(LEFT_OUT.get(group, ["?"])))))
            if not overrides.read_text():
                break
        pins = re.findall(r"^[^\s#].*?(?=^[^\s#]|\Z)", draft.read_text(), re.M | re.S)
    pins = [p for p in pins if "'never'" not in p]
    out.write_text(f"# Made by `make pins` from the group `{group}` of pyproject.toml; installed with pip --no-deps.\n" + "".join(pins))
    print(f"{group}: {len(pins)} pins")


if __name__ == "__main__":
    main()
