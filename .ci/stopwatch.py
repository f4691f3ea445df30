"""Processor time, which other programs on the machine change little: of a command and all that it started and waited for."""
import os
import subprocess

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
