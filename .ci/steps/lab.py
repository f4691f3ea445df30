"""A JupyterLab server for a test: own port, own token, own settings, a folder of the test's as its root."""
import json
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

from . import kernel
from .places import HOME, VENV
from .step import Failed


class Lab:
    """A running JupyterLab; use it in a `with`. State (journal, checkpoints) goes into `state`, not into the user's."""

    def __init__(self, root, state):
        self.root, self.state = root, state
        self.port, self.token = free_port(), secrets.token_hex(16)
        self.folder = Path(tempfile.mkdtemp(prefix="flowbook-jupyter-"))

    def url(self, notebook=""):
        return f"http://127.0.0.1:{self.port}/lab{'/tree/' + notebook if notebook else ''}?token={self.token}&reset"

    def ask(self, path, method="GET"):
        """What the server's API answers, read as JSON; None for nothing."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/api/{path}", method=method, headers={"Authorization": f"token {self.token}"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def end_kernels(self):
        """Ends every kernel that runs."""
        for session in self.ask("sessions"):
            self.ask(f"sessions/{session['id']}", "DELETE")

    def __enter__(self):
        kernel.write_spec(self.folder / "share/kernels/flowbook", kernel.with_state(self.state))
        own = {"JUPYTER_PATH": self.folder / "share", "JUPYTER_CONFIG_DIR": self.folder / "config", "JUPYTER_DATA_DIR": self.folder / "data",
               "JUPYTER_RUNTIME_DIR": self.folder / "runtime", "IPYTHONDIR": self.folder}
        self.log = open(HOME / "log" / "lab-test.log", "w")
        self.process = subprocess.Popen(
            [VENV / "bin/jupyter", "lab", "--no-browser", "--ip=127.0.0.1", f"--port={self.port}", "--ServerApp.port_retries=0",
             f"--IdentityProvider.token={self.token}", f"--ServerApp.root_dir={self.root}", "--allow-root"],
            env={**os.environ, **{k: str(v) for k, v in own.items()}}, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        for _ in range(1500):  # five minutes on a busy machine; a second or two else
            if self.process.poll() is not None:
                break
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/status?token={self.token}", timeout=2).close()
                return self
            except OSError:
                time.sleep(0.2)
        self.__exit__()
        raise Failed(f"JupyterLab did not start: {self.log.name}")

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def free_port():
    """A port of 127.0.0.1 that nothing listens on now."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]
