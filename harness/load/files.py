"""The files that a load is told of, read and written; where that cannot be, a sentence says so."""

from pathlib import Path

from ue_sim.identity.saved import replacing
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT
from valkit.net.files import NoFile, content, why
from valkit.net.serving import leave
from valkit.settings import SettingsError, decoded

LARGEST = 64 << 20
"""Bytes of a file that are read: those of some 400,000 users."""
FOR_OWNER, FOR_ALL = 0o600, 0o666
"""Who may read a file: the latter as far as the umask lets them."""


def text_of(file: Path) -> str:
    """Give what stands in a file; leave with a sentence where that cannot be."""
    try:
        return decoded(content(file, LARGEST), str(file))
    except (SettingsError, NoFile) as error:
        leave(str(error), BAD_INPUT)
    except OSError as error:
        leave(f"{file} cannot be read: {why(error)}", BAD_ENVIRONMENT)


def writable(file: Path) -> None:
    """Make sure that a file can be written, and leave what is in it; leave with a sentence where that cannot be."""
    if (complaint := _put(file, None, FOR_ALL)) is not None:
        leave(complaint, BAD_ENVIRONMENT)


def write(file: Path, text: str, mode: int = FOR_ALL) -> str | None:
    """Write a file, whole or not at all; gives a sentence where that cannot be."""
    return _put(file, text, mode)


def _put(file: Path, text: str | None, mode: int) -> str | None:
    try:
        if file.exists() and not file.is_file():  # such as /dev/stdout, in whose place nothing can be put
            if file.is_dir():
                return f"{file} cannot be written: it is a folder"
            if text is not None:
                file.write_text(text, encoding="utf-8")
            return None
        with replacing(file, mode) as put:
            if text is not None:
                put(text)
    except OSError as error:
        return f"{file} cannot be written: {why(error)}"
    return None
