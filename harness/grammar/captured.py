"""Values that a scenario takes out of messages while it is played, and where it speaks of them: `${captured.call_id}`.

What stands under `vars`, `matrix` and `takes` is known before anything is played, and is put in when the script is read
(`harness.grammar.matrix`); what is captured is put into the arguments of a step right before it is taken. Pure.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import evolve, field, frozen

from valkit.settings import Document, Path

ROOT = "captured"
"""What names of captured values begin with; no variable may be called so."""
REFERENCE = re.compile(rf"\$\{{{ROOT}\.([^}}]*)\}}")
HIDDEN = "(hidden)"


@frozen
class Captured:
    """A value out of a message."""

    text: str = field(repr=False)
    secret: bool = False
    """Whether a report must not show it."""


def is_captured(name: str) -> bool:
    """Whether a reference is to a captured value."""
    return name.startswith(f"{ROOT}.")


def spoken_of(document: Document, place: Path) -> Iterator[tuple[Path, str]]:
    """Give every name of a captured value in a part of a document, with the place of the text that has it."""
    yield from _names(part(document, place), place)


def put(document: Document, place: Path, captured: Mapping[str, Captured]) -> Document:
    """Give the document with captured values in one part of it; KeyError for a name that nobody has captured."""
    return evolve(document, value=_with(document.value, place, lambda value: _filled(value, captured)))


def part(document: Document, place: Path) -> Any:
    """Give what stands at a place."""
    value: Any = document.value
    for step in place:
        value = value[step]
    return value


def refuse_captured(text: str, what: str) -> None:
    """Raise ValueError for a captured value where it would be read as something else than a value."""
    if REFERENCE.search(text):
        raise ValueError(f"speaks of a captured value, which would be read as {what} (expected it where a text stands)")


def without_secrets(text: str, captured: Mapping[str, Captured]) -> str:
    """Give a text in which captured values that are secrets are hidden, the longest first."""
    for secret in sorted((each.text for each in captured.values() if each.secret), key=len, reverse=True):
        text = text.replace(secret, HIDDEN) if secret else text
    return text


def _names(value: Any, place: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _names(inner, (*place, key))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from _names(inner, (*place, at))
    elif isinstance(value, str):
        yield from ((place, name) for name in REFERENCE.findall(value))


def _filled(value: Any, captured: Mapping[str, Captured]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(inner, captured) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, captured) for inner in value]
    return REFERENCE.sub(lambda found: captured[found[1]].text, value) if isinstance(value, str) else value


def _with(value: Any, place: Path, change: Any) -> Any:
    """Copy what leads to a place, and change what stands there."""
    if not place:
        return change(value)
    step, *rest = place
    copy = value.copy()
    copy[step] = _with(value[step], tuple(rest), change)
    return copy
