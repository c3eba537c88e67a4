"""Files that an operator names: read whole, if they are files.

A pipe or a device in place of a file would keep the server waiting, or reading, without end.
"""

import os
import stat
from pathlib import Path

LARGEST = 1 << 20
"""Bytes read of any of them, where nobody says otherwise: a key set with a thousand keys has half of that."""


class NoFile(OSError):
    """What stands there is no file, or too large for one that is meant here."""


def tried(path: Path) -> str:
    """Name a file for whoever has to find it: as it is written and, where that is relative, where it was looked for.

    That is from the working directory, whichever file says so: settings name files as a shell in that folder does.
    """
    return str(path) if path.is_absolute() else f"{path} (in the working directory: {path.absolute()})"


def why(error: Exception) -> str:
    """Say what was wrong with a file, without its name."""
    return getattr(error, "strerror", None) or str(error)


def identity(path: Path) -> tuple[int, int] | None:
    """Tell a file from another at the same path; None if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def content(path: Path, largest: int = LARGEST) -> bytes:
    """Give what is in the file, if that is no more than so many bytes. OSError where that cannot be."""
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # so that no pipe is waited for
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise NoFile(f"{path} is no regular file")
        found = file.read(largest + 1)
    if len(found) > largest:
        raise NoFile(f"{path} has more than {largest} bytes")
    return found


def text(path: Path) -> str:
    """Give what is in the file as UTF-8 text. OSError or UnicodeDecodeError where that cannot be."""
    return content(path).decode()
