"""What the terminal is like that is written to, and lines broken to fit it."""

import os
import shutil
import sys
import textwrap
from typing import Literal

PIPED = 100
"""Columns where there is no terminal."""


def columns() -> int | None:
    """Give the columns of standard output, which COLUMNS may overrule; None if that is no terminal."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def colours() -> Literal["auto"] | None:
    """Give Rich's colour system; None, which leaves out bold and dim as well, where NO_COLOR is set."""
    return None if os.environ.get("NO_COLOR") else "auto"


def broken(line: str, width: int | None) -> str:
    """Break a line between words to fit a terminal; anything else that reads it has it whole."""
    if width is None:
        return line
    return textwrap.fill(line, width, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)
