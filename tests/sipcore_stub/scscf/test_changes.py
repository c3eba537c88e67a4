import pytest
from attrs import evolve

from sipcore_stub.contacts import Binding
from sipcore_stub.scscf.changes import Contact, Event, of_all, of_register
from valkit.sip.headers import NameAddr


def binding(host: str, cseq: int = 1) -> Binding:
    """Give a contact at a host."""
    return Binding(NameAddr.parse(f"<sip:a@{host}>"), (), "call", cseq, 3600.0)


A, B = binding("192.0.2.1"), binding("192.0.2.2")
A_AGAIN = binding("192.0.2.1", 2)


@pytest.mark.parametrize(
    ("before", "after", "became"),
    [
        ((), (A,), [(A, Event.REGISTERED)]),
        ((A,), (A_AGAIN,), [(A_AGAIN, Event.REFRESHED)]),
        ((A,), (A, B), [(B, Event.REGISTERED)]),
        ((A,), (B,), [(B, Event.REGISTERED), (A, Event.DEACTIVATED)]),
        ((A, B), (B,), [(A, Event.UNREGISTERED)]),
        ((A, B), (), [(A, Event.UNREGISTERED), (B, Event.UNREGISTERED)]),
        ((A,), (A,), []),
    ],
    ids=("new", "renewed", "one more", "in place of another", "one leaves", "all leave", "asked"),
)
def test_what_a_register_did(
    before: tuple[Binding, ...], after: tuple[Binding, ...], became: list[tuple[Binding, Event]]
) -> None:
    """A contact that had to give way was ended by the network, one that left by its UE (TS 24.229 5.4.1.2.2)."""
    assert [(contact.binding, contact.event) for contact in of_register(before, after)] == became


def test_what_the_network_did() -> None:
    """The same to each contact, with the time after which a UE may come back."""
    assert of_all([A, B], Event.PROBATION, 30) == (
        Contact(A, Event.PROBATION, 30),
        Contact(B, Event.PROBATION, 30),
    )


@pytest.mark.parametrize("event", Event)
def test_which_events_end_a_contact(event: Event) -> None:
    """As RFC 3680 5.2 sorts them into active and terminated."""
    standing = {"registered", "created", "refreshed", "shortened"}
    assert event.ends is (event.value not in standing)
    assert evolve(Contact(A, event)).retry_after is None
