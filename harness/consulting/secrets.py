"""A secret that a user hands over: on the command line, or so that nobody else sees it."""

import sys
from collections.abc import Callable
from getpass import getpass
from pathlib import Path

from harness.consulting.errors import NotUsable

LONGEST = 4_096
"""Characters of a secret."""

HOW = "as it is, @FILE, - for a line of standard input, or ? to be asked for it"
"""How a secret may be given, for help texts."""


def secret(given: str, name: str, ask: Callable[[str], str] = getpass) -> str:
    """Give the secret. Raises NotUsable if the file has none, or nobody can be asked; OSError."""
    if given == "?":
        try:
            return ask(f"{name}: ").strip()
        except EOFError:
            raise NotUsable(f"--{name} ? was not answered") from None
    if given == "-":
        return _first_line(sys.stdin.readline(LONGEST), f"--{name} -: standard input")
    if given.startswith("@"):
        with Path(given[1:]).open(encoding="utf-8", errors="replace") as file:
            return _first_line(file.readline(LONGEST), given[1:])
    return given


def _first_line(line: str, place: str) -> str:
    if not line.strip():
        raise NotUsable(f"{place} has nothing in its first line")
    return line.strip()


def octets(text: str, name: str, *sizes: int) -> bytes:
    """Read hexadecimal digits, with 0x, blanks or colons as people write them. NotUsable, which never shows them."""
    plain = text.removeprefix("0x").translate(str.maketrans("", "", " :-\t"))
    try:
        value = bytes.fromhex(plain)
    except ValueError:
        raise NotUsable(f"--{name} is not hexadecimal (expected {_digits(*sizes)})") from None
    if sizes and len(value) not in sizes:
        raise NotUsable(f"--{name} has {len(plain)} hexadecimal digits (expected {_digits(*sizes)})")
    return value


def _digits(*sizes: int) -> str:
    return f"{' or '.join(str(2 * size) for size in sizes)} digits" if sizes else "an even number of digits 0-9, a-f"
