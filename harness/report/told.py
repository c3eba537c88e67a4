"""A comparison of two runs in words, for a terminal and for a pull request, and as JSON.

Messages are told by what changed, and beneath it in which scenarios: one change of a program is in many.
"""

from collections.abc import Iterator
from typing import Any

from attrs import asdict

from harness.report.comparing import Comparison, Ended, LeftOut, Standing
from harness.report.differing import Change, Exchanged
from harness.report.markdown import plain
from harness.report.timing import Timed
from valkit import terminal

NOTHING = "Nothing changed: the same verdicts, requirements and messages, and times within what runs differ by anyhow."
FEW = 3
"""So many scenarios are named where one change is in several."""
LONGEST = 160
"""Characters of a value."""
LINES = 60
"""Of each kind of change in Markdown: a comment on a pull request has at most 65536 characters."""

Section = tuple[str, list[str]]
"""A title and lines; what belongs to the line before begins with more blanks."""


def text(found: Comparison) -> str:
    """Tell it for a terminal."""
    parts = [line for title, lines in _sections(found) for line in (title, *lines, "")]
    return "\n".join(terminal.plain(line) for line in (*([NOTHING, ""] if found.same else []), *parts)).rstrip("\n")


def as_markdown(found: Comparison) -> str:
    """Tell it for a pull request."""
    said = f"✅ {NOTHING}" if found.same else "❌ Something got worse" if found.worse else "✅ Nothing got worse"
    return "\n".join([f"### {said}", *(line for section in _sections(found) for line in _listed(*section)), ""])


def as_json(found: Comparison) -> dict[str, Any]:
    """Give it for other programs."""
    return {
        "worse": found.worse,
        "verdicts": [
            {
                "id": one.id,
                "before": one.before and one.before.value,
                "after": one.after and one.after.value,
                "why": one.why,
                "worse": one.worse,
            }
            for one in found.verdicts
        ],
        "messages": [asdict(one) for one in found.messages],
        "times": [{**asdict(one), "slower": one.slower} for one in found.times],
        "requirements": [{**asdict(one), "worse": one.worse} for one in found.requirements],
        "not_played": [asdict(one) for one in found.left_out],
    }


def _listed(title: str, lines: list[str]) -> Iterator[str]:
    yield f"\n**{title}**\n"
    for line in lines[:LINES]:
        yield f"{'  ' if line.startswith(' ' * 6) else ''}- {plain(line)}"
    if len(lines) > LINES:
        yield f"\n... and {len(lines) - LINES} lines more."


def _sections(found: Comparison) -> Iterator[Section]:
    parts: list[Section] = [
        ("Verdicts", [line for one in found.verdicts for line in _ended(one)]),
        ("Requirements", [_standing(one) for one in found.requirements]),
        ("Messages", list(_messages(found.messages))),
        ("Times", [_timed(one) for one in found.times]),
        ("Not compared", [_left_out(one) for one in found.left_out]),
    ]
    yield from (part for part in parts if part[1])


def _ended(one: Ended) -> Iterator[str]:
    if one.after is None:
        said = f"{one.before.value if one.before else ''} before, now not there"
    elif one.before is None:
        said = f"{'not played then, now ' if one.unplayed else 'new, '}{one.after.value}"
    else:
        said = f"{one.before.value} before, now {one.after.value}"
    yield f"  {one.id}: {said}"
    if one.why:
        yield f"      {one.why}"


def _standing(one: Standing) -> str:
    return f"  {one.id}: {one.before} before, now {one.after}: {one.says}"


def _messages(found: tuple[Exchanged, ...]) -> Iterator[str]:
    """Tell each change once, and where it is."""
    places: dict[str, list[str]] = {}
    for one in found:
        for said in dict.fromkeys(_exchanged(one)):
            places.setdefault(said, []).append(one.id)
    for said, ids in places.items():
        yield f"  {said}"
        yield from (f"      in {id_}" for id_ in ids[:FEW])
        if len(ids) > FEW:
            yield f"      and in {len(ids) - FEW} more"


def _exchanged(one: Exchanged) -> Iterator[str]:
    for word, kinds in (("gone", one.gone), ("new", one.new)):
        for name, count in kinds.items():
            yield f"{word:<4} {name}" + (f" ({count} times)" if count > 1 else "")
    for changed in one.changed:
        yield from (f"{changed.message}: {_change(change)}" for change in changed.changes)


def _change(one: Change) -> str:
    if one.after is None:
        return f"{one.element} is gone" + (f", it was {_cut(one.before)}" if one.before else "")
    if one.before is None:
        return f"{one.element} is new" + (f": {_cut(one.after)}" if one.after else "")
    return f"{one.element} was {_cut(one.before)}, now {_cut(one.after)}"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} ..."


def _timed(one: Timed) -> str:
    where = f", most of it before {one.where}" if one.where else ""
    return f"  {one.id}: {one.before * 1000:.0f} ms before, now {one.after * 1000:.0f} ms{where}"


def _left_out(one: LeftOut) -> str:
    count = len(one.ids)
    return f"  {count} scenario{'s' if count != 1 else ''} not played {one.when}: {one.why}"
