"""PyTorch on a CPU from PyPI's wheel, without the 2.5 GB of NVIDIA libraries that its import loads.

The only Linux wheel on PyPI is built for CUDA, and its libraries name NVIDIA's as needed. For timings on a CPU none of them
is ever called to any purpose, so one small library stands in for all: it defines each name they are asked for,
as a function that answers 100, CUDA's code for "no device". torch.cuda.is_available() is then False.
"""
import re
import subprocess
import sys
from collections import defaultdict

from .step import Failed, run

NVIDIA = re.compile(r"lib(cu|nv|nccl)\w*\.so\.\d+")


def without_cuda(folder):
    """Puts the stand-in beside torch's libraries in the venv at `folder`, under each name that they need."""
    if sys.platform != "linux":
        return  # elsewhere the wheel is built for the CPU
    libraries = next(folder.glob("lib/python*/site-packages/torch/lib"))
    files = sorted(f for f in libraries.glob("*.so*") if not f.is_symlink() and f.name != "no_cuda.so")
    needed, asked, given = set(), set(), set()
    for file in files:
        needed.update(m.group() for m in NVIDIA.finditer(text("readelf", "-d", file)))
        for line in text("nm", "-D", file).splitlines():
            kind, name = line.split()[-2:]
            asked.add(name) if kind == "U" else given.add(name.split("@")[0])
    versions = defaultdict(set)  # symbol version → names; "" for names that carry none
    for name, _, version in (symbol.partition("@") for symbol in asked):
        if name not in given and re.match(r"_*(cu|nv|nccl)\w*$", name):
            versions[version].add(name)
    versions[""] -= set().union(*(names for version, names in versions.items() if version))
    source = libraries / "no_cuda.c"
    source.write_text("".join(f"int {name}(void) {{ return 100; }}\n" for name in sorted(set().union(*versions.values()))))
    script = libraries / "no_cuda.map"
    script.write_text("".join(f"{version} {{ global: {' '.join(f'{n};' for n in sorted(names))} }};\n" for version, names in sorted(versions.items()) if version))
    run(["cc", "-shared", "-fPIC", "-fno-builtin", "-w", f"-Wl,--version-script={script}", "-o", libraries / "no_cuda.so", source], "venv-bench")
    for name in needed:
        link = libraries / name
        link.unlink(missing_ok=True)
        link.symlink_to("no_cuda.so")
    # dlopen by its own folder (torch's libraries carry RPATH $ORIGIN), then see that a sum comes out.
    run([folder / "bin/python", "-c", "import torch; assert torch.ones(3).sum() == 3 and not torch.cuda.is_available()"], "venv-bench")


def text(*command):
    out = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    if out.returncode:
        raise Failed(f"{command[0]} cannot read {command[-1]}: {out.stderr.strip()[:200]}")
    return out.stdout

