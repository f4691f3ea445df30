"""Removes what the commands made, and says what. Data, journal, checkpoints, your notebooks and compiled programs stay unless --all is given. `make clean` calls it."""
import shutil
import sys

from steps.places import HOME, PROJECT

MADE = ["venv", "venv-test", "venv-bench", "bin", "command", "kernel-bin", "kernels", "gonb", "gopls", "xla", "zig", "stamps", "log", "jupyter", "test", "html", "tmp", "env", "env.json", "linker", "lock", "bench.json"]


def size(path):
    files = [path] if path.is_file() or path.is_symlink() else path.rglob("*")
    return sum(f.lstat().st_size for f in files if f.is_symlink() or f.is_file())


def remove(path):
    print(f"  removing {path} ({size(path) / 1e6:.1f} MB)")
    shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def main():
    if not HOME.exists():
        sys.exit(print(f"nothing to remove: {HOME} is not there"))
    if HOME in (PROJECT, *PROJECT.parents):
        sys.exit(f"flowbook: FLOWBOOK_HOME={HOME} holds the project itself: nothing was removed")
    everything = "--all" in sys.argv
    for path in sorted(HOME.iterdir()):
        if path.name in MADE or everything and path.name in ("data", "journal", "checkpoints", "figures", "notebooks", "xla-cache"):
            remove(path)
    left = sorted(p.name for p in HOME.iterdir())
    print("left in " + str(HOME) + ": " + ", ".join(left) if left else f"{HOME} is empty")
    if not left:
        HOME.rmdir()


if __name__ == "__main__":
    main()
