"""A run as Markdown, for a pull request: what failed and why, then the rest folded away."""

import re
from collections.abc import Iterator

from harness.report.conformance import IN_PART, shown
from harness.report.model import Cause, Played, Run
from harness.report.results import Verdict
from valkit import terminal
from valkit.durations import in_words

FAILURES = 20
"""So many failures are told; a comment on a pull request has at most 65536 characters."""
LONGEST = 400
"""Characters of what was wanted or got."""
SIGNS = {"shown": "✅", "shown in part": "🟡", "failed": "❌", "not applicable": "⚪"}


def markdown(run: Run) -> str:
    """Give the whole summary."""
    return "\n".join([*_head(run), *_failures(run), *_requirements(run), ""])


def plain(text: str) -> str:
    """Write a text so that Markdown and HTML find nothing in it, nor a terminal that shows the file.

    No one is notified by it and no issue linked: a space of no width stands behind what would begin a mention on
    GitHub or GitLab, which look for one when escapes are undone. What follows a letter or digit is an address.
    """
    escaped = re.sub(r"([\\`*_\[\]<>|~#&])", r"\\\1", terminal.plain(" ".join(text.split())))
    return re.sub(r"((?<![A-Za-z0-9])@(?=\w)|#(?=\d))", r"\1&#8203;", escaped)


def _head(run: Run) -> Iterator[str]:
    failed, passed = run.count(Verdict.FAILED), run.count(Verdict.PASSED)
    beside = run.count(Verdict.NOT_APPLICABLE)
    sign = "❌" if failed or run.ended_by else "✅" if run.interrupted_of is None else "⚠️"
    yield f"### {sign} val: {passed} passed, {failed} failed" + (f", {beside} n/a" if beside else "")
    if run.interrupted_of is not None:
        how, why = ("Ended", f": {plain(run.ended_by)}") if run.ended_by else ("Interrupted", ".")
        yield f"\n{how} after {len(run.scenarios)} of {run.interrupted_of} scenarios{why}"
    yield ""
    yield f"{shown(one.verdict for one in run.requirements)}, in {in_words(run.seconds)}, val {run.version}."


def _failures(run: Run) -> Iterator[str]:
    failed = [one for one in run.scenarios if one.verdict is Verdict.FAILED]
    for one in failed[:FAILURES]:
        yield from _failure(one)
    if len(failed) > FAILURES:
        yield f"\n... and {len(failed) - FAILURES} more."


def _failure(one: Played) -> Iterator[str]:
    yield f"\n**{plain(one.name)}** ({plain(one.file)}:{one.line})" + (f": {plain(one.about)}" if one.about else "")
    if one.failure is not None:
        yield from (f"- {line}" for line in _cause(one.failure))


def _cause(cause: Cause) -> Iterator[str]:
    yield plain(f"{cause.place}: {cause.says}" if cause.place else cause.says)
    if cause.wanted:
        yield f"wanted: {plain(_cut(cause.wanted))}"
        yield f"got: {plain(_cut(cause.got))}"
    yield from (f"doctor: {plain(each)}" for each in cause.found)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} ..."


def _requirements(run: Run) -> Iterator[str]:
    spoken = [one for one in run.requirements if one.scenarios]
    if not spoken:
        return
    yield "\n<details><summary>Requirements</summary>\n"
    yield "| | requirement | scenarios |"
    yield "|---|---|---|"
    for one in spoken:
        yield f"| {SIGNS[one.verdict]} | {one.id} {plain(one.says)} | {len(one.scenarios)} |"
    if any(one.verdict == "shown in part" for one in spoken):
        yield f"\n{SIGNS['shown in part']} {IN_PART}."
    yield "\n</details>"
