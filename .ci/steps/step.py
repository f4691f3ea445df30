"""A step: a named piece of set-up that is done once for each value of its key.

A stamp file, written last, holds the key's digest. A step whose stamp is missing or holds another digest is
done anew from nothing, so a set-up that was killed half-way is never trusted.
"""
import fcntl
import hashlib
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from .places import HOME, TEMPORARY


class Failed(Exception):
    """Set-up cannot go on; the message is the one line that a person reads."""


class Setup:
    """A set-up in progress; holds the lock, so two at once wait for each other."""

    def __enter__(self):
        try:
            for folder in (HOME / "stamps", HOME / "log", TEMPORARY):
                folder.mkdir(parents=True, exist_ok=True)
            self.lock = open(HOME / "lock", "w")
        except OSError as error:
            raise Failed(f"cannot write in {HOME}: {error}; set FLOWBOOK_HOME to a folder of yours") from None
        os.environ["TMPDIR"] = str(TEMPORARY)  # the system's may be full, or may not hold programs
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("flowbook: another set-up is at work in", HOME, "- waiting for it", flush=True)
            fcntl.flock(self.lock, fcntl.LOCK_EX)
        self.redone = set()
        return self

    def __exit__(self, *_):
        self.lock.close()

    def step(self, name, what, key, build, after=()):
        """Runs build() unless it was done for this key; `after` names steps whose redoing makes this one stale."""
        stamp = HOME / "stamps" / name
        digest = hashlib.sha256(repr(key).encode()).hexdigest()
        done = stamp.exists() and stamp.read_text() == digest
        if done and not self.redone.intersection(after):
            say(what, "ready")
            return
        stamp.unlink(missing_ok=True)
        start = time.monotonic()
        if sys.stdout.isatty():
            print(f"  {what} …", end="\r", flush=True)
        note = build()
        self.redone.add(name)
        write(stamp, digest)
        say(what, f"{time.monotonic() - start:.1f} s", note)


def together(*works):
    """Does several things at once: what is downloaded arrives while something else compiles. Raises the first failure, when all have ended."""
    with ThreadPoolExecutor(len(works)) as lanes:
        for done in [lanes.submit(work) for work in works]:
            done.result()


def say(what, state, note=None):
    """Prints the line of a step."""
    print(f"  {what:<58} {state:>8}" + (f"  ({note})" if note else ""), flush=True)


def write(path, text):
    """Writes a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_text(text)
    os.replace(part, path)


def reason(failure):
    """The last line of a failure that tells why: `go run` ends with one of the exit status."""
    lines = [line.strip() for line in str(failure).splitlines()]
    return [line for line in lines if line and not line.startswith("exit status")][-1][-160:]


def run(command, log, **options):
    """Runs a command with its output in .flowbook/log/LOG.log; raises Failed with the last lines when it fails."""
    path = HOME / "log" / f"{log}.log"
    with open(path, "a") as out:
        print("$", *command, file=out, flush=True)
        start = out.tell()
        try:
            code = subprocess.run([str(c) for c in command], stdin=subprocess.DEVNULL, stdout=out, stderr=out, **options).returncode
        except OSError as error:
            raise Failed(f"cannot run {command[0]}: {error}") from None
    if code:
        with open(path) as out:
            out.seek(start)
            tail = out.read().strip().splitlines()[-15:]
        raise Failed(f"{' '.join(str(c) for c in command[:6])} … failed (exit {code}); all of it is in {path}:\n    " + "\n    ".join(tail))
