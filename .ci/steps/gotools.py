"""The Go side: modules, GoNB, goimports, gopls, staticcheck."""
import hashlib
import json
import os
import re
import shutil
import subprocess

from . import gonb
from .places import BIN, GOPLS, GOPLS_CACHE, HOME, PROJECT
from .step import Failed, reason, run, say, write

GOPLS_MODULE = "golang.org/x/tools/gopls@v0.21.1"
STATICCHECK = "honnef.co/go/tools/cmd/staticcheck@v0.7.0"


def go_version():
    return subprocess.run(["go", "version"], cwd=PROJECT, capture_output=True, text=True).stdout.strip()


def module_digest():
    return hashlib.sha256((PROJECT / "go.mod").read_bytes() + (PROJECT / "go.sum").read_bytes()).hexdigest()


def modules(setup):
    """Downloads every module of go.mod, MNIST's files among them, so that nothing later needs the network."""
    cache = subprocess.run(["go", "env", "GOMODCACHE"], cwd=PROJECT, capture_output=True, text=True).stdout.strip()
    have = os.path.isdir(cache)
    setup.step("modules", "Go modules", [module_digest(), cache, have],
               lambda: run(["go", "mod", "download"], "modules", cwd=PROJECT))


def tools(setup):
    """Builds the tools that go.mod pins with its `tool` lines: goimports as it is, and GoNB as gonb.py says."""
    environment = {**os.environ, "GOBIN": str(BIN)}

    def build():
        run(["go", "install", "golang.org/x/tools/cmd/goimports"], "tools", cwd=PROJECT, env=environment)
        gonb.build(environment)

    setup.step("tools", "GoNB and goimports (go.mod's tools)", [module_digest(), go_version(), str(BIN), gonb.CHANGES], build)


def gopls(setup):
    """Builds gopls, for completion and help in cells."""
    (BIN / "gopls").unlink(missing_ok=True)  # where earlier set-ups put it
    apart(setup, "gopls", "gopls (completion and help in cells)", GOPLS_MODULE, GOPLS.parent)


def staticcheck(setup):
    """Builds staticcheck, which looks for mistakes that vet does not know."""
    apart(setup, "staticcheck", "staticcheck", STATICCHECK, BIN)


def apart(setup, name, title, package, folder):
    """Builds a tool that pins its own modules and so stays out of go.mod."""
    setup.step(name, title, [package, go_version(), str(folder)],
               lambda: run(["go", "install", package], name, cwd="/", env={**os.environ, "GOBIN": str(folder)}))


def front(setup, compiler):
    """Builds the process between Jupyter and GoNB."""
    sources = [p.read_bytes() for p in sorted((PROJECT / "notebooks" / "kernel").rglob("*.*")) if p.suffix in (".go", ".txt")]
    setup.step("front", "the kernel's own process", [sources, module_digest(), go_version(), str(BIN), compiler],
               lambda: run(["go", "build", "-o", BIN / "kernel", "./notebooks/kernel"], "front", cwd=PROJECT, env={**os.environ, **compiler}))


def warm(setup, compiler):
    """Compiles what cells import once, so that the first cell need not. A project that does not compile is told, not refused."""
    packages = imported()
    try:
        setup.step("compiled", "Go packages that cells import, compiled", [module_digest(), go_version(), compiler, packages],
                   lambda: run(["go", "build", *packages], "compiled", cwd=PROJECT, env={**os.environ, **compiler}))
    except Failed as failure:
        say("Go packages do not all compile", "", reason(failure))


def journal(setup):
    """Builds the journal's command, so that the first call of it need not wait."""
    setup.step("journal", "journal (the command)", [module_digest(), go_version(), str(BIN)], lambda: run([BIN / "journal", "--help"], "journal"))


def read_ahead(setup, environment):
    """Has gopls read what cells import, in the background, from a module like the one in which GoNB asks it: it keeps what it has read in
    GOPLSCACHE, and the first Tab of a notebook finds it there."""
    packages, folder = imported(), HOME / "gopls" / "ahead"

    def build():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        run([HOME / "kernel-bin/beside/go", "mod", "init", "ahead"], "ahead", cwd=folder)
        with open(HOME / "log" / "ahead.log", "a") as log:
            subprocess.Popen(["nice", GOPLS, "check", "ahead/ahead.go"], cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                             env={**os.environ, **environment, "GOPLSCACHE": str(GOPLS_CACHE)})

    setup.step("ahead", "gopls reads what cells import, in the background", [packages, module_digest(), go_version(), GOPLS_MODULE, environment, str(folder)], build)


def imported():
    """The packages that cells of the notebooks import, but for Go's own: about half of what the project's packages need together."""
    found = {"flowbook/notebooks/experiment"}
    for path in (PROJECT / "notebooks").glob("*.ipynb"):
        for cell in json.loads(path.read_text())["cells"]:
            if cell["cell_type"] == "code":
                found.update(re.findall(r'^(?:import)?\s*(?:\w+ )?"([\w-]+(?:\.[\w-]+)*/[\w./-]+)"$', "".join(cell["source"]), re.M))
    return sorted(p for p in found if p.startswith("flowbook/") or "." in p.split("/")[0])
