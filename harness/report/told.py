"""A comparison of two runs in words, for a terminal and for a pull request, and as JSON."""

from collections.abc import Iterator
from typing import Any

from attrs import asdict

from harness.report.comparing import Comparison, Ended, Exchanged, Standing, Timed
from harness.report.markdown import plain
from valkit import terminal

NOTHING = (
    "Nothing changed: the same verdicts, requirements and kinds of messages, and times within what runs differ by "
    "anyhow. What is in messages is not compared."
)


def text(found: Comparison) -> str:
    """Tell it for a terminal."""
    return "\n".join(terminal.plain(line) for line in _text(found)) or NOTHING


def as_markdown(found: Comparison) -> str:
    """Tell it for a pull request."""
    if found.same:
        return f"### ✅ {NOTHING}\n"
    head = "### ❌ Something got worse" if found.worse else "### ✅ Nothing got worse"
    rows = [f"- {plain(line.strip())}" if line.startswith(" ") else f"\n**{line}**\n" for line in _text(found) if line]
    return "\n".join([head, *rows, ""])


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
    }


def _text(found: Comparison) -> Iterator[str]:
    parts: list[tuple[str, list[str]]] = [
        ("Verdicts", [line for one in found.verdicts for line in _ended(one)]),
        ("Requirements", [_standing(one) for one in found.requirements]),
        ("Messages", [line for one in found.messages for line in _exchanged(one)]),
        ("Times", [_timed(one) for one in found.times]),
    ]
    for title, lines in parts:
        if lines:
            yield title
            yield from lines
            yield ""


def _ended(one: Ended) -> Iterator[str]:
    if one.after is None:
        said = f"{one.before.value if one.before else ''} before, now not there"
    elif one.before is None:
        said = f"new, {one.after.value}"
    else:
        said = f"{one.before.value} before, now {one.after.value}"
    yield f"  {one.id}: {said}"
    if one.why:
        yield f"      {one.why}"


def _standing(one: Standing) -> str:
    return f"  {one.id}: {one.before} before, now {one.after}: {one.says}"


def _exchanged(one: Exchanged) -> Iterator[str]:
    yield f"  {one.id}"
    for word, kinds in (("new", one.new), ("gone", one.gone)):
        for name, count in kinds.items():
            yield f"      {word:<4} {name}" + (f" ({count} times)" if count > 1 else "")


def _timed(one: Timed) -> str:
    where = f", most of it before {one.where}" if one.where else ""
    return f"  {one.id}: {one.before * 1000:.0f} ms before, now {one.after * 1000:.0f} ms{where}"
