"""Processor time, which other programs on the machine change little: of a command and all that it started and waited for."""
import os
import subprocess
from pathlib import Path

# go test -exec=…: a test's program tells at its end what it took, in a line that `told` reads.
EXEC = "-exec=bash -c 'TIMEFORMAT=\"processor seconds: %U %S\"; time \"$0\" \"$@\"'"


def call(command, **options):
    """Runs a command; returns its exit code and its processor seconds."""
    return wait(subprocess.Popen(command, **options))


def wait(process):
    """Waits for a process; returns its exit code and its processor seconds."""
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, used.ru_utime + used.ru_stime


def told(line):
    """The processor seconds that a line of EXEC tells of, or None."""
    words = line.removeprefix("processor seconds: ").split()
    return sum(map(float, words)) if line.startswith("processor seconds: ") else None


def tree(pid):
    """The processor seconds so far of a process and of all that it started, where the system tells them (Linux), else 0."""
    parents, used = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        parents[int(folder.name)], used[int(folder.name)] = int(stat[1]), sum(map(int, stat[11:15]))  # its own, and of children that it waited for
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return sum(used.get(p, 0) for p in found) / os.sysconf("SC_CLK_TCK")
