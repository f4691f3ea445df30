"""A PostgreSQL server of the tests' own: a temporary cluster on 127.0.0.1, gone when they end."""
import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

from .debian import postgres_bin
from .step import Failed, run


@contextlib.contextmanager
def postgres():
    """Yields the URL of a running server, or None (and says why) where there is none to run."""
    programs = postgres_bin()
    if not programs:
        print("PostgreSQL is not installed: the tests that need it are skipped")
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="flowbook-postgres-"))
    # PostgreSQL refuses to run as root; Debian's package brings the user postgres.
    drop = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    password, port = secrets.token_hex(16), free_port()
    (folder / "password").write_text(password)
    if drop:
        for path in (folder, folder / "password"):
            shutil.chown(path, "postgres")
    start = [*drop, programs / "pg_ctl", "-D", folder / "db", "-w", "-l", folder / "log",
             "-o", f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"]
    try:
        run([*drop, programs / "initdb", "-D", folder / "db", "-U", "flowbook", "-A", "scram-sha-256", "-E", "UTF8",
             "--locale=C.UTF-8", f"--pwfile={folder / 'password'}"], "postgres", cwd=folder)
        run([*start, "start"], "postgres", cwd=folder)
    except Failed as failure:
        print(f"PostgreSQL is here but does not start, so the tests that need it are skipped: {failure}")
        shutil.rmtree(folder, ignore_errors=True)
        yield None
        return
    try:
        yield f"postgres://flowbook:{password}@127.0.0.1:{port}/postgres?sslmode=disable"
    finally:
        subprocess.run([str(c) for c in [*drop, programs / "pg_ctl", "-D", folder / "db", "-m", "immediate", "stop"]],
                       cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        shutil.rmtree(folder, ignore_errors=True)


def free_port():
    """A port of 127.0.0.1 that nothing listens on now."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]
