"""GoNB, built from the source that go.mod pins with a few changes: it connects to gopls at once, waits for its answers, leaves the
project's files to it, and imports itself what it writes into each cell."""
import json
import os
import shutil
import subprocess

from .places import BIN, HOME, PROJECT
from .step import Failed, run

MODULE = "github.com/janpfeifer/gonb"
GOPLS = "internal/goexec/goplsclient/"
WALK = "err = common.WalkDirWithSymbolicLinks(fileOrDirPath, func(path string, d fs.DirEntry, err error) error {\n"
TRACKING = "internal/goexec/tracking.go"
RELATED = "\t\t\tif !isGoRelated(entryPath) {\n"
QUESTION = '\tklog.V(1).Infof("Stdin(%v) input request", inputRequest.Content)\n'
IMPORTS = '\tif mergeCursorAndReportError(w, decls.RenderImports, "imports") {\n'
FLAG = """\tif mainDecl != nil && strings.Contains(mainDecl.Definition, "\\tflag.Parse()\\n") && decls.Imports["flag"] == nil {
\t\tdecls = decls.Copy()
\t\tdecls.Imports["flag"] = NewImport("flag", "")
\t}
"""
# Why is said in notebooks/kernel/gonb.md.
CHANGES = [
    (GOPLS + "exec.go", "time.After(ConnectTimeout)", "time.After(ConnectTimeout / 1000)"),
    (GOPLS + "conn.go", "CommunicationTimeout = 8000 * time.Millisecond", "CommunicationTimeout = 2 * time.Minute"),
    ("internal/kernel/messages.go", QUESTION, QUESTION + "\tm.kernel.stdinMsg = m\n\tm.kernel.stdinFn = onInput\n"),
    (TRACKING, WALK, WALK + "\t\t\treturn fs.SkipAll\n"),
    (TRACKING, RELATED, "\t\t\tif info.IsDir() && strings.HasPrefix(info.Name(), \".\") && ti.tracked[entryPath] == nil {\n\t\t\t\treturn fs.SkipDir\n\t\t\t}\n" + RELATED),
    ("internal/goexec/inspect.go", '"go.mod", "go.sum", "go.work"', '"go.mod", "go.work"'),
    ("internal/goexec/composer.go", IMPORTS, FLAG + IMPORTS),
    (TRACKING, "replaceTarget := string(match[1])", 'replaceTarget := strings.Trim(string(match[1]), `"`)'),
]


def build(environment):
    """Builds .flowbook/bin/gonb out of a copy of the module, with the versions of everything else as go.mod has them."""
    found = subprocess.run(["go", "list", "-m", "-json", MODULE], cwd=PROJECT, capture_output=True, text=True)
    if found.returncode:
        raise Failed(f"GoNB's source is not to be found: {found.stderr.strip()}")
    work = HOME / "gonb"
    shutil.rmtree(work, ignore_errors=True)
    copy(json.loads(found.stdout)["Dir"], work / "source")
    for name, is_, becomes in CHANGES:
        file = work / "source" / name
        text = file.read_text()
        if is_ not in text:
            raise Failed(f"{MODULE}/{name} has no {is_!r}: look whether GoNB still needs the change that .ci/steps/gonb.py makes there")
        file.write_text(text.replace(is_, becomes))
    (work / "go.mod").write_text((PROJECT / "go.mod").read_text() + f"\nreplace {MODULE} => {json.dumps(str(work / 'source'))}\n")
    shutil.copyfile(PROJECT / "go.sum", work / "go.sum")
    run(["go", "build", f"-modfile={work / 'go.mod'}", "-o", BIN / "gonb", MODULE], "tools", cwd=PROJECT, env=environment)


def copy(module, folder):
    """Copies a module out of Go's cache, where nothing may be written, and makes its folders writable."""
    shutil.copytree(module, folder, copy_function=shutil.copyfile, ignore=shutil.ignore_patterns("docs", "examples", "*_test.go"))
    for path, _, _ in os.walk(folder):
        os.chmod(path, 0o755)
