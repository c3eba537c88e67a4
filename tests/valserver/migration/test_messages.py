"""What servers say to each other, written and read strictly."""

import json

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from valserver.migration.messages import (
    LARGEST,
    Act,
    Message,
    NoMessage,
    Outcome,
    Result,
    decoded,
    encoded,
    outcome_decoded,
    outcome_said,
)

MESSAGE = Message(Act.MIGRATE, "attempt-1", 1_795_000_000_000, "home", "alice", "partner", "visitor-7", ("rescue",), 1)
names = st.from_regex(r"[!-~]{1,60}", fullmatch=True)


@given(
    st.from_regex(r"[A-Za-z0-9-]{8,64}", fullmatch=True),
    st.integers(0, 2**53),
    st.lists(names, min_size=2, max_size=2, unique=True),
    names,
    st.lists(names, max_size=5),
)
def test_what_is_written_is_read(id_: str, at: int, domains: list[str], user: str, services: list[str]) -> None:
    """Whoever begins or ends it."""
    home, partner = domains
    message = Message(Act.MIGRATE, id_, at, home, user, partner, user, tuple(services), 1)
    for said in (message, evolve(message, act=Act.END, by=home), evolve(message, act=Act.END, by=partner)):
        assert decoded(encoded(said)) == said


def test_it_goes_from_one_domain_to_the_other() -> None:
    """A request from the partner to the primary, an end from whoever ends it."""
    assert (MESSAGE.source, MESSAGE.target) == ("partner", "home")
    end = evolve(MESSAGE, act=Act.END, by="home")
    assert (end.source, end.target) == ("home", "partner")
    assert evolve(end, by="partner").target == "home"


def changed(**members: object) -> bytes:
    """Write a message with other members; None leaves one out."""
    said = json.loads(encoded(MESSAGE)) | members
    return json.dumps({name: value for name, value in said.items() if value is not None}).encode()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        changed(access_token="eyJ.eyJ.x"),
        changed(id=None),
        changed(id="short"),
        changed(id=7),
        changed(act="stay"),
        changed(act="end"),
        changed(by="home"),
        changed(act="end", by="other"),
        changed(asked_at=-1),
        changed(asked_at=1.5),
        changed(asked_at=True),
        changed(home_domain="partner"),
        changed(home_user=""),
        changed(home_user="a b"),
        changed(partner_user=None),
        changed(val_service_ids="rescue"),
        changed(val_service_ids=["a"] * 65),
        changed(user_profile=256),
        changed(home_user="a" * LARGEST),
    ],
)
def test_what_is_no_message_is_refused(data: bytes) -> None:
    """Nor is one with a member that is not known: so no token travels in it."""
    with pytest.raises(NoMessage):
        decoded(data)


def test_an_answer_is_read_as_strictly() -> None:
    """One result, one word for the cause."""
    for outcome in (Outcome(Result.MIGRATED), Outcome(Result.REFUSED, "not_allowed")):
        assert outcome_decoded(json.dumps(outcome_said(outcome)).encode()) == outcome
    for data in (b"{}", b'{"result": "yes", "cause": ""}', b'{"result": "ended", "cause": "at 10.0.0.1"}'):
        with pytest.raises(NoMessage):
            outcome_decoded(data)
