"""The XLA plugin that go-xla loads: from a wheel on PyPI, for the CPU or for CUDA 12 or 13.

Where PyPI has no plugin for the CPU (macOS, Linux on ARM), GoMLX's own installer gets one, and where that fails the pure Go
backend serves.

go-xla looks in PJRT_PLUGIN_LIBRARY_PATH for pjrt_c_api_NAME_plugin.so; the backend is then `xla:NAME`. For `cuda`
it also expects NVIDIA's libraries in ../nvidia beside the plugin's folder, as its own installer lays them out.
"""
import glob
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from . import pythons
from .places import HOME, PROJECT, VENV, XLA, pins
from .step import Failed, reason, run, say, write

PROBE = PROJECT / ".ci/probe/main.go"
INSTALLER = PROJECT / ".ci/plugin/main.go"
KINDS = ("cpu", "cuda12", "cuda13", "none")


@dataclass
class Backend:
    """What GoMLX is told: the backend's name, the plugins' folders, the libraries they load."""
    name: str = "go"
    plugins: list = field(default_factory=list)
    libraries: list = field(default_factory=list)


def kind():
    """The plugin asked for: XLA's value, else the last one chosen, else cpu. Raises Failed where it could not work."""
    chosen = XLA / "chosen"
    value = os.environ.get("XLA") or (chosen.read_text() if chosen.exists() else "cpu")
    if value not in KINDS:
        raise Failed(f"XLA={value} is not known: it is one of {', '.join(KINDS)}")
    if value.startswith("cuda") and not nvidia():
        raise Failed(f"XLA={value} needs an NVIDIA GPU and its driver: there is no /dev/nvidia* here and no nvidia-smi that works; XLA=cpu goes back to the CPU")
    return value


def nvidia():
    """Whether go-xla will take this machine for one with an NVIDIA GPU: it looks at these two things."""
    try:
        return bool(glob.glob("/dev/nvidia*")) or "NVIDIA-SMI" in subprocess.run(["nvidia-smi"], capture_output=True, text=True).stdout
    except OSError:
        return False


def plugin(setup, wanted, compiler):
    """Installs the plugin that kind() named and returns the Backend that uses it."""
    if wanted != "none" and sys.platform == "linux" and os.uname().machine == "x86_64":
        cpu = install(setup, "cpu")
        backend = Backend("xla:cpu", [cpu])
        if wanted != "cpu":
            cuda = install(setup, wanted)
            backend = Backend("xla:cuda", [cuda, cpu], sorted(cuda.glob("*/lib")))
    elif wanted == "cpu":
        backend = other_platform(compiler)
    elif wanted == "none":
        backend = slow("asked for")
    else:
        raise Failed(f"XLA={wanted} needs Linux on x86-64; this is {sys.platform} {os.uname().machine}")
    write(XLA / "chosen", wanted)
    return backend


def slow(why):
    """GoMLX's pure Go backend, and a line that says why."""
    say("XLA: the pure Go backend serves, and it is slow", "", why)
    return Backend()


def other_platform(compiler):
    """The CPU's plugin where PyPI has none, if GoMLX's installer has one that computes here. It is asked each time: it may have one by then."""
    folder, here = XLA / "gomlx", f"{sys.platform} {os.uname().machine}"
    backend = Backend("xla:cpu", [folder])
    try:
        run(["go", "run", INSTALLER, folder], "xla-gomlx", cwd=PROJECT, env={**os.environ, **compiler})
    except Failed as failure:
        return slow(f"no XLA plugin for {here} on PyPI, and GoMLX's installer failed: {reason(failure)}; make setup asks it again")
    if probe(backend, compiler).returncode:
        return slow(f"GoMLX's XLA plugin for {here} does not compute")
    say("XLA plugin for cpu, from GoMLX's installer", "", f"PyPI has none for {here}")
    return backend


def install(setup, which):
    """Puts the wheel's plugin under .flowbook/xla/WHICH and returns the folder that holds the .so."""
    folder = XLA / which

    def build():
        shutil.rmtree(folder, ignore_errors=True)
        pythons.install(VENV, f"xla-{which}", f"xla-{which}", "--only-binary", ":all:", "--no-compile", "--target", folder)
        if which != "cpu":
            arrange_cuda(folder)
        plugin_file(folder, which)

    setup.step(f"xla-{which}", f"XLA plugin for {which}", [pins(f"xla-{which}"), str(folder)], build)
    return plugin_file(folder, which).parent


def plugin_file(folder, which):
    """The plugin's path; raises Failed when the wheel did not hold it."""
    name = f"pjrt_c_api_{'cpu' if which == 'cpu' else 'cuda'}_plugin.so"
    found = next(folder.rglob(name), None)
    if found is None:
        raise Failed(f"{name} is not under {folder}: remove {HOME / 'stamps' / ('xla-' + which)} and run make lab again")
    return found


def arrange_cuda(folder):
    """Lays the CUDA wheels out as go-xla's installer does: the plugin inside nvidia/, and ptxas where XLA looks for it."""
    nvidia = folder / "nvidia"
    source = next(folder.glob("jax_plugins/*/xla_cuda_plugin.so"))
    source.rename(nvidia / "pjrt_c_api_cuda_plugin.so")
    (nvidia / "bin").mkdir(exist_ok=True)
    ptxas = next(p for p in nvidia.glob("*/bin/ptxas"))
    (nvidia / "bin" / "ptxas").symlink_to(Path("..") / ptxas.relative_to(nvidia))


def probe(backend, compiler):
    """Compiles and runs a sum on the backend, through GoMLX and go-xla; returns the finished process."""
    from .kernel import variables
    return subprocess.run(["go", "run", PROBE], cwd=PROJECT, env={**os.environ, **variables(backend, compiler)}, capture_output=True, text=True)


def check(setup, backend, compiler):
    """Says what answered the probe, or raises Failed."""
    key = [backend, compiler, pins("xla-cpu"), PROBE.read_text()]

    def build():
        out = probe(backend, compiler)
        if out.returncode:
            raise Failed(f"backend {backend.name} does not work here (XLA=none takes the slow Go backend):\n    {out.stderr.strip()[-1500:]}")
        return re.sub(r" \(/.*?\.so\)", "", out.stdout.strip())

    setup.step("probe", f"backend {backend.name} computes", key, build, after=["xla-cpu", "xla-cuda12", "xla-cuda13"])
