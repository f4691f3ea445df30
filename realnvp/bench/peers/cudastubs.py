"""Lets PyPI's Linux build of PyTorch run on a CPU without 2.5 GB of CUDA libraries.

That wheel links CUDA even where none is used. For each CUDA library it needs and does not find, this makes an empty
one beside PyTorch's own, whose functions abort when called; on a CPU none is. Run it once after installing torch:

    python cudastubs.py
"""
import importlib.util
import pathlib
import re
import subprocess
import sys
import tempfile

CUDA = re.compile(r"^lib(cublas|cublasLt|cudnn|cufft|cufile|cupti|cusolver|cusparse|cusparseLt|nccl|nvrtc|nvshmem_host)\.so")
SYMBOL = re.compile(r"^(cublas|cudnn|cufft|cuFile|cupti|cusolver|cusparse|nccl|pnccl|nvrtc|nvshmem)\w*$")


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def needed(library):
    return re.findall(r"\(NEEDED\).*\[(.*)\]", output("readelf", "-d", str(library)))


def undefined(library):
    names = (line.split()[-1].split("@")[0] for line in output("nm", "-D", "--undefined-only", str(library)).splitlines())
    return {name for name in names if SYMBOL.match(name)}


def main():
    folder = pathlib.Path(importlib.util.find_spec("torch").origin).parent / "lib"
    libraries = sorted(folder.glob("*.so*"))
    missing = {n for library in libraries for n in needed(library) if CUDA.match(n) and not (folder / n).exists()}
    missing = {n for n in missing if not list(folder.parent.parent.glob(f"nvidia/*/lib/{n}"))}
    if not missing:
        return
    symbols = sorted(set().union(*(undefined(library) for library in libraries)))
    with tempfile.TemporaryDirectory() as work:
        source = pathlib.Path(work) / "stub.c"
        source.write_text("#include <stdlib.h>\n" + "".join(f"void {s}(void) {{ abort(); }}\n" for s in symbols))
        for name in sorted(missing):
            subprocess.run(["cc", "-shared", "-fPIC", "-w", f"-Wl,-soname,{name}", "-o", str(folder / name), str(source)], check=True)
    print(f"{len(missing)} CUDA libraries that PyTorch links and a CPU never calls: empty ones made in {folder}")


if __name__ == "__main__":
    sys.exit(main())
