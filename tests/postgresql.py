"""A PostgreSQL server of one's own: from Debian's package, in a folder that is thrown away, on a free port."""

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

import pytest

PATIENCE = 30.0
"""Seconds after which a server that does not answer counts as hung."""


class Postgresql:
    """A running server; each database made by it is empty."""

    def __init__(self, port: int, folder: Path) -> None:
        self.port = port
        self._folder = folder
        self._made = 0

    def new_database(self) -> str:
        """Make a database and give its URL."""
        self._made += 1
        name = f"idms{self._made}"
        self.run("psql", "-qd", "postgres", "-c", f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0")
        return f"postgresql://idms@127.0.0.1:{self.port}/{name}"

    def run(self, program: str, *arguments: str) -> str:
        """Run one of PostgreSQL's own programs against the server."""
        told = [program_of(program), "-h", "127.0.0.1", "-p", str(self.port), "-U", "idms", *arguments]
        done = subprocess.run(told, cwd=self._folder, capture_output=True, text=True, timeout=PATIENCE, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout


def program_of(name: str) -> str:
    """Give the path of one of PostgreSQL's programs; Debian keeps the server's apart, by version."""
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    path = str(debian[-1]) if debian else shutil.which(name)
    if path is None:
        missing = f"{name} is not installed (apt-get install postgresql)"
        if os.environ.get("VAL_NO_SKIP") == "1":
            pytest.fail(missing)
        pytest.skip(missing)
    return path


@contextmanager
def postgresql() -> Iterator[Postgresql]:
    """Start a server, and end it."""
    initdb, server = program_of("initdb"), program_of("postgres")
    folder = Path(mkdtemp(prefix="val-postgresql-"))
    user = _own_user(folder)
    made = [initdb, "-D", str(folder / "data"), "-U", "idms", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C"]
    try:
        subprocess.run(made, cwd=folder, user=user, stdout=subprocess.DEVNULL, timeout=PATIENCE, check=True)
        with _serving(server, folder, user) as port:
            yield Postgresql(port, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _serving(server: str, folder: Path, user: str | None) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    told = [server, "-D", str(folder / "data"), "-p", str(port), "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]
    told += ["-c", f"unix_socket_directories={folder}"]
    with (folder / "log").open("wb") as log, subprocess.Popen(told, cwd=folder, user=user, stderr=log) as child:
        try:
            _wait(port, child, folder / "log")
            yield port
        finally:
            child.terminate()
            child.wait(PATIENCE)


def _wait(port: int, child: subprocess.Popen[bytes], log: Path) -> None:
    asked = [program_of("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    deadline = time.monotonic() + PATIENCE
    while subprocess.run(asked, cwd=log.parent, check=False).returncode != 0:
        assert child.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.05)


def _own_user(folder: Path) -> str | None:
    """Give the folder to a user who may run the server, which the superuser may not."""
    if os.geteuid() != 0:
        return None
    shutil.chown(folder, "postgres")
    return pwd.getpwnam("postgres").pw_name
