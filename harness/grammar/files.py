"""The files that users write: how they are named back to them, and what is in them."""

from functools import cache
from pathlib import Path

from valkit.settings import Document, Fault, SettingsError, documents


def as_written(path: Path) -> str:
    """Write a path as its user would: from where they are, if it lies below."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def text_of(path: Path, shown: str) -> str:
    """Give the text of a file; SettingsError if it cannot be read or is no text in UTF-8."""
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise SettingsError([Fault(shown, line, 1, (), "is not text in UTF-8")]) from None
    except OSError as error:
        raise SettingsError([Fault(shown, 1, 1, (), f"cannot be read ({error.strerror})")]) from None


def document_of(path: Path) -> Document:
    """Read a file of YAML that holds one document; SettingsError with what is wrong with its form."""
    shown = as_written(path)
    return _document(text_of(path, shown), shown)


@cache
def _document(text: str, shown: str) -> Document:
    """Read each text once: hundreds of scenarios play in one lab, each with something of its own on top."""
    first, *more = documents(text, shown)
    if more:
        raise SettingsError([more[0].fault((), "begins a second document (expected only one)")])
    return first
