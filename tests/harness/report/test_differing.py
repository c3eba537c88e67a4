from collections.abc import Callable

import pytest

from harness.report.differing import Change, Changed, Exchanged, exchanged, kind
from harness.report.model import Event, Noted, Sent
from tests.harness.report.runs import performance, played
from tests.harness.scenes import registration

EVENTS = played(performance(registration())).events


def messages(events: tuple[Event, ...] = EVENTS) -> list[Sent]:
    """Give the messages among them."""
    return [event for event in events if isinstance(event, Sent)]


def changed(at: int, change: Callable[[Sent], Sent]) -> list[Sent]:
    """Give the messages with one of them changed."""
    found = messages()
    found[at] = change(found[at])
    return found


def another(old: str, new: str) -> Callable[[Sent], Sent]:
    """Say something else in its text."""

    def change(sent: Sent) -> Sent:
        assert old in sent.text
        return sent.model_copy(update={"text": sent.text.replace(old, new, 1)})

    return change


def the_one(found: Exchanged | None) -> Changed:
    """Give the only change there is."""
    assert found is not None
    assert (found.new, found.gone) == ({}, {})
    [one] = found.changed
    return one


@pytest.mark.parametrize("at", range(len(messages())))
def test_each_message_that_is_gone_or_new_is_named_alone(at: int) -> None:
    """Whichever it is, also where others are like it but for where they go."""
    whole = messages()
    left = [*whole[:at], *whole[at + 1 :]]
    name = kind(whole[at])
    assert exchanged("s", whole, left) == Exchanged("s", {}, {name: 1})
    assert exchanged("s", left, whole) == Exchanged("s", {name: 1}, {})


@pytest.mark.parametrize("at", range(len(messages())))
def test_each_header_field_that_is_gone_is_named_alone(at: int) -> None:
    """And one that is new, by its name and value."""
    added = changed(at, another("\nCSeq:", "\nSubject: hello\nCSeq:"))
    name = kind(messages()[at])
    assert the_one(exchanged("s", added, messages())) == Changed(name, (Change("Subject", "hello", None),))
    assert the_one(exchanged("s", messages(), added)) == Changed(name, (Change("Subject", None, "hello"),))


def test_another_value_is_named_with_both() -> None:
    """Of a header field."""
    found = the_one(exchanged("s", messages(), changed(0, another("Digest username", "Basic username"))))
    [change] = found.changes
    assert (change.element, str(change.before)[:6], str(change.after)[:5]) == ("Authorization", "Digest", "Basic")


def test_what_is_other_in_the_body_is_named_by_its_element() -> None:
    """Of XML, the element."""
    at = next(at for at, sent in enumerate(messages()) if "<val-client-id>" in sent.text)
    found = the_one(exchanged("s", messages(), changed(at, another("val-client-id>", "other-id>"))))
    assert {change.element for change in found.changes} == {"body <val-client-id>", "body <other-id>"}


def test_another_claim_is_named() -> None:
    """By the carrier of its token."""
    at = next(at for at, sent in enumerate(messages()) if sent.tokens)

    def claimed(sent: Sent) -> Sent:
        [token] = sent.tokens
        return sent.model_copy(update={"tokens": (token.model_copy(update={"claims": {**token.claims, "aud": "x"}}),)})

    [change] = the_one(exchanged("s", messages(), changed(at, claimed))).changes
    assert change == Change("token in val-info, aud", '"val-server"', '"x"')


def test_another_status_is_one_change() -> None:
    """Neither a new message nor one that is gone, whatever else is other in it."""

    def refused(sent: Sent) -> Sent:
        text = sent.text.replace("401 Unauthorized", "403 Forbidden").replace("WWW-Authenticate", "Warning")
        return sent.model_copy(update={"name": "403 Forbidden", "status": 403, "text": text})

    at = next(at for at, sent in enumerate(messages()) if sent.status == 401)
    found = the_one(exchanged("s", messages(), changed(at, refused)))
    assert found.message == "401 Unauthorized to REGISTER, scscf to icscf"
    assert found.changes == (Change("status", "401 Unauthorized", "403 Forbidden"),)


def test_another_reason_is_told_as_that() -> None:
    """The status is the same."""
    at = next(at for at, sent in enumerate(messages()) if sent.status == 401)
    found = the_one(
        exchanged("s", messages(), changed(at, lambda sent: sent.model_copy(update={"name": "401 Who are you"})))
    )
    assert found.changes == (Change("reason", "401 Unauthorized", "401 Who are you"),)


def test_order_is_no_difference() -> None:
    """What goes on at once has none."""
    assert exchanged("s", messages(), messages()[::-1]) is None


def test_a_message_that_is_sent_again_is_no_difference() -> None:
    """In SIP, to the same one: a busy machine does so."""
    assert exchanged("s", messages(), [messages()[0], *messages()]) is None


def test_notes_are_no_messages() -> None:
    """They are not compared here."""
    assert exchanged("s", EVENTS, [*EVENTS, Noted(kind="note", at=0.0, who="hss", what="flag")]) is None


def test_many_that_differ_are_taken_in_their_order() -> None:
    """Each with each would take long."""
    first = messages()[0]
    old, new = (
        [first.model_copy(update={"text": f"{first.text.rstrip()}\nSubject: {word} {at:03}\n"}) for at in range(60)]
        for word in ("a", "b")
    )
    found = exchanged("s", old, new)
    assert found is not None
    assert [one.changes for one in found.changed] == [
        (Change("Subject", f"a {at:03}", f"b {at:03}"),) for at in range(60)
    ]


def test_kinds_are_told_by_who_and_what() -> None:
    """An answer says to what; a lost message is of another kind; a port of a stranger varies."""
    first = messages()[0]
    assert kind(first) == "REGISTER, alice to pcscf"
    assert kind(first.model_copy(update={"fate": "lost"})) == "REGISTER, alice to pcscf, lost"
    assert kind(first.model_copy(update={"source": "127.0.0.1:4711"})) == "REGISTER, 127.0.0.1 to pcscf"
    answer = first.model_copy(update={"name": "200 OK", "method": "POST", "path": "/token", "status": 200})
    assert kind(answer) == "200 OK to POST /token, alice to pcscf"
