"""The C compiler that cgo needs for go-xla: the machine's own, else zig's, which comes as a wheel."""
import shlex
import shutil
import subprocess

from .places import HOME, VENV, pins
from .pythons import install
from .step import write

ZIG = HOME / "zig"


def compiler(setup):
    """Returns what the environment must say of it: nothing where Go finds a compiler by itself."""
    cc = subprocess.run(["go", "env", "CC"], cwd="/", capture_output=True, text=True).stdout
    cc = shlex.split(cc)
    if cc and shutil.which(cc[0]):
        return {}

    def build():
        shutil.rmtree(ZIG, ignore_errors=True)
        install(VENV, "zig", "zig", "--no-compile", "--target", ZIG)
        write(ZIG / "cc", f'#!/bin/sh\nexec "{ZIG}/ziglang/zig" cc "$@"\n')
        (ZIG / "cc").chmod(0o755)

    setup.step("zig", "C compiler: none is here, zig from PyPI serves", [pins("zig"), str(ZIG)], build)
    return {"CC": shlex.quote(str(ZIG / "cc")),  # Go splits it at spaces, but for quotes
             "ZIG_GLOBAL_CACHE_DIR": str(ZIG / "cache")}
