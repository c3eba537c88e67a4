import json

import pytest
from attrs import evolve

from harness.evidence import Evidence
from harness.replaying import shown
from harness.replaying.arrivals import Place
from harness.replaying.judging import Judged
from tests.harness.replaying.heard import ALICE, BOB, TOKEN, evidence, told
from tests.harness.replaying.test_judging import judged, settings
from tests.valkit.tokens.support import GRANT, STRANGER
from valkit.tokens import mint
from valserver.settings import ServerSettings

__all__ = ["settings"]

FORGED = told(BOB, token=mint(STRANGER, GRANT))
HEARD = evidence((told(), told().answer(200)), (FORGED, FORGED.answer(200)))
SAID = "192.0.2.9"


def test_each_request_is_a_line_and_what_was_wrong_is_marked(settings: ServerSettings) -> None:
    """With what is right, what was answered, and what it brings about."""
    decisions, judge = judged(settings, HEARD)
    assert [line.strip() for line in shown.decided(decisions)] == [
        f"frame 1  REGISTER  {ALICE}  due 200, was 200  bound alice dispatch video (token)",
        f"frame 3  REGISTER  {BOB}  due 403, was 200  refused (unknown_kid)",
        "!!  a 200 where a 403 was due",
    ]
    assert shown.summary(decisions, SAID) == (
        f"{SAID} got 2 REGISTER and PUBLISH requests; of 2 that could be judged 1 were answered wrongly."
    )
    assert next(shown.timeline(judge.told)).startswith("2027-01-15 08:00:00.000000Z  sip:alice@home.example  REGISTER")


@pytest.mark.parametrize(
    ("heard", "words"),
    [
        (evidence((told(), told().answer(200))), "of 1 that could be judged all were answered rightly."),
        (evidence((told(), None)), "of 1 that could be judged no answer was seen to 1."),
        (
            evidence((told(), told().answer(200)), (FORGED, None)),
            "of 2 that could be judged no answer was seen to 1, and of the others all were answered rightly.",
        ),
    ],
)
def test_what_was_not_seen_to_be_answered_was_not_answered_rightly(
    settings: ServerSettings, heard: Evidence, words: str
) -> None:
    """Whether the server is down, or the capture lacks its answers."""
    decisions, _ = judged(settings, heard)
    assert shown.summary(decisions, SAID) == f"{SAID} got {len(decisions)} REGISTER and PUBLISH requests; {words}"


def test_the_bindings_at_the_end_are_a_table(settings: ServerSettings) -> None:
    """As `val bindings` has it."""
    _, judge = judged(settings, HEARD)
    heading, row = shown.bound(judge.bindings, None)
    assert heading.startswith("IMPU")
    assert row.startswith(ALICE)
    assert list(shown.bound((), None)) == ["Nobody is bound."]


def test_json_has_all_of_it(settings: ServerSettings) -> None:
    """And no token."""
    decisions, judge = judged(settings, HEARD)
    text = shown.as_json(Judged("one", Place(SAID), tuple(decisions), tuple(judge.told), judge.bindings))
    said = json.loads(text)
    assert [(each["due"], each["said"], each["agrees"]) for each in said["decisions"]] == [
        (200, 200, True),
        (403, 200, False),
    ]
    assert [each["what"] for each in said["events"]] == ["bound", "refused"]
    assert [each["impu"] for each in said["bindings"]] == [ALICE]
    assert TOKEN not in text


@pytest.mark.parametrize("at", [4.6e18, -4.6e18, 1e13, -1e12])
def test_a_time_that_no_calendar_has_is_told_in_seconds(settings: ServerSettings, at: float) -> None:
    """A capture may say any."""
    _, judge = judged(settings, HEARD)
    (line, *_) = shown.timeline([evolve(judge.told[0], at=at)])
    assert line.startswith(f"{at:.6g} s  sip:alice@home.example  REGISTER")
