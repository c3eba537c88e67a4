"""The key log: with it Wireshark reads captures of our TLS connections. Off unless a user asks for it.

By the convention of NSS, which browsers and curl follow too: the environment variable SSLKEYLOGFILE names a file, and a
line is appended to it for each secret of a connection. Children inherit it, and either end's lines are enough.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from attrs import frozen
from OpenSSL import SSL
from twisted.internet._sslverify import IOpenSSLTrustRoot
from twisted.logger import Logger
from zope.interface import implementer

VARIABLE = "SSLKEYLOGFILE"

_log = Logger()


class UnusableKeyLog(Exception):
    """Lines cannot be appended to the file; the text says what to do."""


def begin(file: Path | None = None) -> str:
    """Have this process and its children log the keys of their TLS connections, in `file` or as the environment says.

    Gives the sentence by which whoever starts it is warned; none where no log is wanted. Raises UnusableKeyLog.
    """
    wanted = file or asked()
    if wanted is None:
        return ""
    path = wanted.absolute()  # a child may have another working directory
    try:
        _append(path, b"")
    except OSError as error:
        raise UnusableKeyLog(
            f"The keys of TLS connections cannot be appended to {path}: {error.strerror}. "
            f"Name another file by {VARIABLE} or --tls-keys, or none."
        ) from error
    os.environ[VARIABLE] = str(path)
    return f"The keys of TLS connections are appended to {path}: who has it reads all that they carry, tokens too."


def attach(context: SSL.Context) -> None:
    """Have connections of this context log their keys, if anybody asked."""
    path = asked()
    if path is not None:
        context.set_keylog_callback(_logger(path))


def attached(trusted: Any, path: Path | None) -> Any:
    """Have the clients' contexts that are made with this trust root log their keys there, if anybody `asked`."""
    return trusted if path is None else _Attached(trusted, path)


def asked() -> Path | None:
    """Say where keys are to be logged; None where nobody asked for it."""
    return Path(os.environ[VARIABLE]) if os.environ.get(VARIABLE) else None


@implementer(IOpenSSLTrustRoot)
@frozen
class _Attached:
    """Sees a context before it is used, which nobody may change afterwards; Twisted shows a client's to no one else."""

    trusted: Any
    path: Path

    def _addCACertsToContext(self, context: SSL.Context) -> None:
        self.trusted._addCACertsToContext(context)  # noqa: SLF001  the interface has nothing else
        context.set_keylog_callback(_logger(self.path))


def _logger(path: Path) -> Callable[[SSL.Connection, bytes], None]:
    def log(_: SSL.Connection, line: bytes) -> None:
        try:
            _append(path, line + b"\n")
        except OSError as error:  # the connection is as good without
            _log.error("The keys of a TLS connection are not in {path}: {why}", path=path, why=error.strerror)

    return log


def _append(path: Path, line: bytes) -> None:
    """Append in one write, which several processes may do at once; what is made here only its owner may read."""
    how = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK | os.O_CLOEXEC
    file = os.open(path, how, 0o600)
    try:
        os.write(file, line)
    finally:
        os.close(file)
