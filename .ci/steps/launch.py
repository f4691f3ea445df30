"""Runs GoNB and, when it ends, stops what it left running: `launch.py GONB ARGUMENTS…`. The kernel spec names it.

GoNB leaves a running cell behind when its kernel is shut down or restarted, and a training would go on unseen. Here
it gets the interrupt that the stop button sends, so that it writes its checkpoint, and a little later it is killed.
"""
import ctypes
import os
import signal
import subprocess
import sys
import time

PATIENCE = 4  # seconds between interrupt and kill; Jupyter itself gives up on a kernel after five


def adopt_orphans():
    """Makes the orphans of GoNB children of this process (Linux), so that it can wait for them."""
    if sys.platform == "linux":
        PR_SET_CHILD_SUBREAPER = 36
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def none_left(seconds):
    """Waits until no child is left, or the seconds are over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if os.waitpid(-1, os.WNOHANG) == (0, 0):
                time.sleep(0.05)
        except ChildProcessError:
            return True
    return False


def main():
    adopt_orphans()
    code = subprocess.Popen(sys.argv[1:]).wait()
    if not none_left(0.1) and os.getpgrp() == os.getpid():  # Jupyter starts each kernel in a process group of its own
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        os.killpg(0, signal.SIGINT)
        if not none_left(PATIENCE):
            os.killpg(0, signal.SIGKILL)
    sys.exit(code)


if __name__ == "__main__":
    # GoNB handles the interrupts of its group; they are not for this process.
    signal.signal(signal.SIGINT, lambda *_: None)
    main()
