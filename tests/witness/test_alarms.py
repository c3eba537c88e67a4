from pathlib import Path

from harness.seen.capture import save
from tests.harness.scenes import registration, request, sent
from tests.witness.alarms import alarms
from valkit.sip import Request
from valkit.trace import Message

MESSAGES = [event for event in registration() if isinstance(event, Message) and isinstance(event.message, Request)]
"""Without the 401, whose nonce is made up."""


def test_what_is_well_raises_no_alarm(tmp_path: Path) -> None:
    """A registration with a token, as our captures have it."""
    save(MESSAGES, tmp_path / "one.pcapng")
    assert alarms(tmp_path)[0] == 1
    assert not alarms(tmp_path)[1]


def test_what_is_not_raises_one_unless_it_is_meant(tmp_path: Path) -> None:
    """By the scenario's file."""
    wrong = sent("alice", "pcscf", request(P_Associated_URI="<sip:alice"))
    for name in ("one.pcapng", "third-party-shapes-one.pcapng"):
        save([*MESSAGES, wrong], tmp_path / name)
    captures, found = alarms(tmp_path)
    assert captures == 2
    assert [alarm.split(": ")[:2] for alarm in found] == [["one.pcapng", "p-associated-uri"]]
