"""The environment that Go code needs, and the Jupyter kernel `flowbook` that carries it."""
import json
import os
import shlex
import shutil
import sys
from pathlib import Path

from .gotools import imported
from .places import BIN, GOPLS, GOPLS_CACHE, HOME, PROJECT, VENV
from .step import write

KERNEL = VENV / "share/jupyter/kernels/flowbook"
KERNEL_BIN = HOME / "kernel-bin"
BESIDE = KERNEL_BIN / "beside"  # what the second GoNB, for completion and help, finds before others
COMMAND = HOME / "command"  # the journal's command, as `go` built it last
SCRIPTS = Path(__file__).parent  # kernel-bin/ and bin/
# JupyterLab asks nothing of the network by itself: no news, no look for updates.
LAB_SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    # A closed notebook's kernel ends, and gopls with it, which holds much memory.
    "@jupyterlab/notebook-extension:tracker": {"kernelShutdown": True},
    # JupyterLab throws away names that come after a second; beside a training gopls takes longer.
    "@jupyterlab/completer-extension:manager": {"providerTimeout": 20_000},
}
SERVER_SETTINGS = {
    "KernelSpecManager": {"ensure_native_kernel": False, "allowed_kernelspecs": ["flowbook"]},
    # GoNB answers only kernel_info when a notebook opens; JupyterLab would not count that and show the kernel as Unknown.
    "MappingKernelManager": {"untracked_message_types": []},
}


def variables(backend, compiler):
    """What a Go program of flowbook's finds in its environment."""
    env = {
        "FLOWBOOK_HOME": str(HOME),
        "GOMLX_BACKEND": backend.name,
        "GOMLX_NO_AUTO_INSTALL": "1",  # go-xla would else download a plugin by itself
        "PJRT_PLUGIN_LIBRARY_PATH": ":".join(str(p) for p in backend.plugins) or str(HOME / "xla"),
        **compiler,
    }
    if sys.platform == "linux":
        # XLA takes a step's memory anew for every step; with 2 MB pages that costs a third less (realnvp/bench/README.md).
        env["GLIBC_TUNABLES"] = "glibc.malloc.hugetlb=1"
    if backend.libraries:
        env["LD_LIBRARY_PATH"] = ":".join(str(p) for p in backend.libraries)
    return env


def environment(setup, backend, compiler):
    """Writes .flowbook/env, for `source`, and .flowbook/env.json, for the kernel: the same variables."""
    env = variables(backend, compiler)
    lines = ["# source this before a bare `go test ./...` or `go run`; written by make lab"]
    lines += [f"export {name}={shlex.quote(value)}" for name, value in env.items()]
    # Given here and not to the kernel, where it would replace what the user set; without it, it is xla-cache in FLOWBOOK_HOME.
    lines += [f'[ -n "${{FLOWBOOK_XLA_CACHE:-}}" ] || export FLOWBOOK_XLA_CACHE={shlex.quote(str(HOME / "xla-cache"))}']
    lines += [f'case ":$PATH:" in *:{shlex.quote(str(BIN))}:*) ;; *) export PATH={shlex.quote(str(BIN))}:"$PATH" ;; esac']

    def build():
        write(HOME / "env", "\n".join(lines) + "\n")
        write(HOME / "env.json", json.dumps(env, indent=1) + "\n")

    setup.step("env", f"{show(HOME / 'env')}: what a bare go test needs", lines, build)


def spec(setup):
    """Installs the kernel `flowbook` in the venv's own Jupyter folder, where only that venv's Jupyter sees it."""
    def build():
        shutil.rmtree(KERNEL, ignore_errors=True)
        write_programs()
        write(VENV / "share/jupyter/lab/settings/overrides.json", json.dumps(LAB_SETTINGS, indent=1) + "\n")
        write(VENV / "etc/jupyter/jupyter_server_config.json", json.dumps(SERVER_SETTINGS, indent=1) + "\n")
        write_spec(KERNEL, json.loads((HOME / "env.json").read_text()))

    setup.step("kernel", "Jupyter kernel: flowbook", [Path(__file__).read_text(), *(p.read_text() for p in sorted(SCRIPTS.rglob("*.sh"))),
                                                      (HOME / "env.json").read_text(), go_folder(), str(HOME), str(PROJECT), imported()],
               build, after=["venv", "tools", "front"])


def write_spec(folder, env, beside=BESIDE):
    """Writes a kernel spec whose cells build in the project's module graph and find `env`. beside="" leaves completion and help out."""
    env = {**env, "GOPLSCACHE": str(GOPLS_CACHE), "PATH": f"{KERNEL_BIN}:{BIN}:{go_folder()}:${{PATH}}"}
    write(folder / "kernel.json", json.dumps({
        "argv": [str(BIN / "kernel"), "serve", "{connection_file}", str(HOME), str(beside), str(BIN / "gonb"), f"-go_work={PROJECT}"],
        "display_name": "Go (flowbook)",
        "language": "go",
        "interrupt_mode": "message",
        "env": env,
    }, indent=1) + "\n")


def with_state(folder):
    """The kernel's variables, with journal and checkpoints in `folder`; data sets are the same for everyone and stay where they are."""
    folder.mkdir(parents=True, exist_ok=True)
    (HOME / "data").mkdir(exist_ok=True)
    if not (folder / "data").exists():
        (folder / "data").symlink_to(HOME / "data")
    return {**json.loads((HOME / "env.json").read_text()), "FLOWBOOK_HOME": str(folder)}


def write_programs():
    """Puts the scripts of kernel-bin/ before the real programs on the kernel's PATH, and `journal` into bin/."""
    shutil.rmtree(KERNEL_BIN, ignore_errors=True)
    real = {"@GO@": shutil.which("go"), "@KERNEL@": BIN / "kernel", "@GOPLS@": GOPLS, "@PROJECT@": PROJECT, "@ENV@": HOME / "env", "@COMMAND@": COMMAND}
    for source in SCRIPTS.rglob("*.sh"):
        text = source.read_text()
        for name, path in real.items():
            text = text.replace(name, shlex.quote(str(path)))
        script = HOME / source.relative_to(SCRIPTS).with_suffix("")
        write(script, text)
        script.chmod(0o755)
    write(BESIDE / "ahead.go", "package ahead\n\nimport (\n" + "".join(f'\t_ "{p}"\n' for p in imported()) + ")\n")


def go_folder():
    return os.path.dirname(shutil.which("go"))


def show(path):
    """A path as a person at the project's root would write it."""
    return path.relative_to(PROJECT) if path.is_relative_to(PROJECT) else path
