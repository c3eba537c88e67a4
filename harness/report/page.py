"""A run as one page that needs nothing else: no network, no script from elsewhere, and for the essentials none at all.

What matters first stands in the page as it is. Of a large run the ladders, and of every run the messages, are packed
(JSON, deflated, in base64): one packet for each file, since the scenarios of a file are alike, unpacked when somebody
opens one. So a page of hundreds of scenarios is small and opens at once. A content security policy names the one script
and the one style by their digests.
"""

import json
import zlib
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from importlib.resources import files
from itertools import groupby

from attrs import frozen
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from harness.explaining import rows
from harness.report.conformance import IN_PART
from harness.report.drawing import drawing, written
from harness.report.lanes import lanes
from harness.report.model import Played, Run, Sent, Token
from harness.report.results import Verdict
from valkit.durations import in_words
from valkit.terminal import plain_lines

FEW = 12
"""Up to so many scenarios, every ladder stands in the page; of more, those that failed."""
FAILURES = 40
"""So many of those at most."""

_pages = files("harness.report") / "pages"
STYLE = (_pages / "style.css").read_text("utf-8")
SCRIPT = (_pages / "script.js").read_text("utf-8")


def _harmless(value: object) -> object:
    """Write out what does something where a text is read: of all that a template or a message says, but our own."""
    return plain_lines(value) if isinstance(value, str) and not isinstance(value, Markup) else value


_templates = Environment(
    loader=PackageLoader("harness.report", "pages"),
    autoescape=True,
    finalize=_harmless,
    undefined=StrictUndefined,
    auto_reload=False,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.filters["took"] = lambda seconds: f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


Packed = tuple[str, dict[int, list[object]]]
"""A ladder, if it does not stand in the page, and the messages of a scenario by their places."""


@frozen
class Entry:
    """A scenario in the page."""

    number: int
    played: Played
    body: str
    """Ladder and timeline, if they stand in the page as they are; else empty."""
    packed: Packed

    @property
    def words(self) -> str:
        """Give what a search looks at."""
        return f"{self.played.id} {' '.join(self.played.clauses)} {self.played.about}".casefold()


@frozen
class Group:
    """The scenarios of a file."""

    file: str
    entries: tuple[Entry, ...]

    @property
    def packet(self) -> str:
        """Give what is unpacked when one of them is opened."""
        content = {entry.number: entry.packed for entry in self.entries}
        return b64encode(zlib.compress(json.dumps(content, separators=(",", ":")).encode(), 9)).decode()


def page(run: Run) -> str:
    """Give the whole page."""
    entries = tuple(_entries(run))
    style, script = Markup(STYLE), Markup(SCRIPT)  # noqa: S704  our own files
    return _templates.get_template("report.html").render(
        run=run,
        entries=entries,
        groups=[Group(file, tuple(found)) for file, found in groupby(entries, lambda entry: entry.played.file)],
        numbers={entry.played.id: entry.number for entry in entries},
        failed=[entry for entry in entries if entry.played.verdict is Verdict.FAILED],
        lost=[one for one in run.requirements if one.verdict == "failed"],
        shown=sum(one.verdict == "shown" for one in run.requirements),
        partly=sum(one.verdict == "shown in part" for one in run.requirements),
        in_part=IN_PART,
        clauses=sorted({clause for one in run.scenarios for clause in one.clauses}),
        began=f"{datetime.fromtimestamp(run.began, UTC):%Y-%m-%d %H:%M} UTC",
        took=in_words(run.seconds),
        style=style,
        script=script,
        digests={"style": _digest(STYLE), "script": _digest(SCRIPT)},
        Verdict=Verdict,
    )


def _entries(run: Run) -> Iterator[Entry]:
    room = len(run.scenarios) if len(run.scenarios) <= FEW else FAILURES
    for number, played in enumerate(run.scenarios):
        here = room > 0 and (len(run.scenarios) <= FEW or played.verdict is Verdict.FAILED)
        room -= here
        body = _body(number, played)
        yield Entry(number, played, body if here else "", ("" if here else body, _messages(played)))


def _body(number: int, played: Played) -> str:
    if not played.ladder:
        return ""
    return Markup(  # noqa: S704  the template has escaped it
        _templates.get_template("ladder.html").render(
            number=number, played=played, drawing=drawing(played), lanes=lanes(played)
        )
    )


def _messages(played: Played) -> dict[int, list[object]]:
    """Give what is shown of each message when it is asked for; without names, as there are thousands of them."""
    return {
        at: [
            plain_lines(event.name),
            written(event.at),
            f"{event.protocol} over {event.transport.upper()}",
            event.fate,
            plain_lines(event.text),
            [_token(token, (played.began or 0.0) + event.at) for token in event.tokens],
        ]
        for at, event in enumerate(played.events)
        if isinstance(event, Sent)
    }


def _token(token: Token, now: float) -> list[object]:
    parts = rows(token.header, now), rows(token.claims, now)
    return [token.where, *([[row.name, row.value, row.remark] for row in part] for part in parts)]


def _digest(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
