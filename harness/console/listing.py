"""What `val bindings` shows: a VAL server's answers read as values, and these as lines of text.

Whatever a peer has put into an identity is shown and does nothing. An IMPU is never cut, for half of one names nobody;
where a terminal is too narrow, the client id is shortened. Times are UTC.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from math import isfinite
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from valkit.terminal import plain

COLOURS = {
    "bound": "green",
    "rebound": "cyan",
    "moved": "cyan",
    "unbound": "yellow",
    "refused": "red",
    "tolerated": "yellow",
    "no token": "yellow",
    "followed": "green",
    "unfollowed": "yellow",
    "user migrated": "green",
    "migrated user served": "green",
    "user returned": "green",
    "migration ended": "yellow",
    "migration refused": "red",
    "migration unanswered": "red",
}
GAP = "  "
SAID = ("impu", "home", "partner", "val_user_id", "val_service_ids", "service", "via", "cause")
"""What an event says, in the order in which a line has it."""


def is_admin(url: str) -> bool:
    """Say whether a URL can be an admin address: of HTTP, and whole."""
    try:
        return urlsplit(url).scheme in {"http", "https"}
    except ValueError:
        return False


class NoValServer(Exception):
    """What answered said something that no VAL server says."""


class Row(NamedTuple):
    """One binding, each column as its text."""

    impu: str
    val_user: str
    val_services: str
    service: str
    via: str
    client: str
    until: str


HEADINGS = Row("IMPU", "VAL user", "VAL services", "service", "via", "client", "bound until")
SHORTENED = HEADINGS.index("client")
"""The column that gives way where there is no room."""
ONE_OF_SEVERAL = HEADINGS.index("service")
"""The column that is there where a server has several VAL services."""
LEAST = 8
"""Cells that are left of it."""


class Listing(NamedTuple):
    """Who is bound."""

    rows: tuple[Row, ...]
    more: bool


class Happening(NamedTuple):
    """One event."""

    what: str
    at: str
    said: tuple[str, ...]


@contextmanager
def from_a_val_server() -> Iterator[None]:
    """Read what a VAL server says; NoValServer where it is of another form."""
    try:
        yield
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError) as error:
        raise NoValServer from error


def listing(found: Mapping[str, Any]) -> Listing:
    """Read the answer about bindings."""
    with from_a_val_server():
        return Listing(tuple(_row(each) for each in found["bindings"]), bool(found["more"]))


def with_dates(found: Mapping[str, Any]) -> dict[str, Any]:
    """Give the answer about bindings, or an event, with its times as ISO 8601 beside epoch seconds.

    Null stands for a time beyond the calendar.
    """
    with from_a_val_server():
        said = {**found, **({"time": _iso(found["at"])} if "at" in found else {})}
        if "bindings" in found:
            said["bindings"] = [{**each, "ends_time": _iso(each["ends"])} for each in found["bindings"]]
        return said


def happening(event: Mapping[str, Any]) -> Happening:
    """Read an event; what was missed is one too."""
    with from_a_val_server():
        if "what" not in event:
            return Happening("missed", "", (f"{int(event['count'])} events were missed",))
        said = (event.get(name) for name in SAID)
        words = (" ".join(word) if isinstance(word, list) else str(word) for word in said if word)
        return Happening(plain(str(event["what"])), _time(event["at"]), tuple(plain(word) for word in words))


def table(rows: Sequence[Row], width: int | None) -> Iterator[str]:
    """Give heading and rows in columns; the client is shortened as far as a terminal's width asks for it."""
    widths = [max(map(cell_len, column)) for column in zip(HEADINGS, *rows, strict=True)]
    if not any(row.service for row in rows):  # there is only one, and it has no name
        widths[ONE_OF_SEVERAL] = 0
    if width is not None:
        shown = [room for room in widths if room]
        over = sum(shown) + len(GAP) * (len(shown) - 1) - width
        widths[SHORTENED] -= max(0, min(over, widths[SHORTENED] - LEAST))
    for row in (HEADINGS, *rows):
        cells = (_fitted(cell, room) for cell, room in zip(row, widths, strict=True) if room)
        yield GAP.join(cells).rstrip()


def sentence(told: Happening) -> Text:
    """Give an event as a line."""
    if told.what == "missed":
        return Text(" ".join(told.said), style="red")
    words = (f"{GAP}{word}" for word in told.said)
    return Text.assemble(f"{told.at}{GAP}", (f"{told.what:8}", COLOURS.get(told.what, "")), *words)


def _row(binding: Mapping[str, Any]) -> Row:
    services, via, clients = (" ".join(binding[name]) for name in ("val_service_ids", "via", "client_ids"))
    texts = (
        binding["impu"],
        binding["val_user_id"],
        services,
        binding.get("service", ""),
        via,
        clients,
        _time(binding["ends"]),
    )
    return Row(*(plain(text) for text in texts))


def _fitted(text: str, room: int) -> str:
    """Fill up, or shorten to the last characters, which tell one client id from another."""
    if cell_len(text) <= room:
        return set_cell_size(text, room)
    return "…" + text[1 - room :]


def _iso(at: float) -> str | None:
    date = _date(at)
    return None if date is None else f"{date:%Y-%m-%dT%H:%M:%SZ}"


def _time(at: float) -> str:
    date = _date(at)
    return "beyond the calendar" if date is None else f"{date:%Y-%m-%d %H:%M:%SZ}"


def _date(at: float) -> datetime | None:
    """Give the date of epoch seconds; None where the calendar has none, as a capture may say any time."""
    try:
        return datetime.fromtimestamp(at, UTC)
    except (ValueError, OverflowError, OSError):
        if isfinite(at):
            return None
        raise
