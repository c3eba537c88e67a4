import pytest
from attrs import evolve

from sipcore_stub.contacts import Binding
from sipcore_stub.errors import Cause, Refused
from sipcore_stub.hss.ifc import Criterion
from sipcore_stub.scscf.changes import Contact, Event, of_all
from sipcore_stub.scscf.registration import Registration
from sipcore_stub.scscf.watchers import Watcher, document, watcher_of, with_standing
from tests.sipcore_stub.parts import BARRED, IMPU, PCSCF, SERVER, SERVER_NAME, UE, WORK, Phone, received, subscriber
from valkit.sip.headers import NameAddr
from valkit.sip.hop import Hop
from valkit.sip.message import Request

CONTACT = NameAddr.parse('<sip:alice@127.0.0.11:5060>;expires=9;+sip.instance="<urn:uuid:1>";+g.3gpp.mcptt')
BINDING = Binding(CONTACT, ("<sip:term@127.0.0.21:5060;lr>",), "first", 2, 3600.0)
OTHER = evolve(BINDING, contact=NameAddr.parse("<sip:alice@127.0.0.12>"))
REGISTRATION = Registration(subscriber().key, (BINDING,), last=Phone().register())


def subscribe(**changes: str | None) -> Request:
    """Write a SUBSCRIBE to Alice's registration; changes as in `Phone.register`."""
    headers: dict[str, str | None] = {
        "Via": "SIP/2.0/UDP 127.0.0.21:5060;branch=z9hG4bKsubscribe",
        "Max-Forwards": "70",
        "From": f"<{IMPU}>;tag=ue",
        "To": f"<{IMPU}>",
        "Call-ID": "watch",
        "CSeq": "1 SUBSCRIBE",
        "Contact": "<sip:alice@127.0.0.11:5060>",
        "Record-Route": "<sip:127.0.0.21:5060;lr>",
        "P-Asserted-Identity": f"<{WORK}>",
        "Event": "reg",
        "Expires": "3600",
    }
    headers |= {name.replace("_", "-"): value for name, value in changes.items()}
    return received(Request.create("SUBSCRIBE", IMPU, [(n, v) for n, v in headers.items() if v is not None]))


def who(request: Request, source: Hop = PCSCF) -> Watcher:
    """Say who that is."""
    return watcher_of(request, source, subscriber(Criterion(SERVER_NAME)), REGISTRATION, [PCSCF.host])


def test_who_may_watch() -> None:
    """The user by any identity of the set, a P-CSCF in the Path, a server that a criterion names (5.4.2.1.1)."""
    assert who(subscribe()) is Watcher.UE
    assert who(subscribe(P_Asserted_Identity="<sip:127.0.0.21:5060>")) is Watcher.PCSCF
    assert who(subscribe(P_Asserted_Identity=None), Hop("tcp", SERVER.host, 49152)) is Watcher.SERVER


@pytest.mark.parametrize(
    ("identity", "source", "cause"),
    [
        ("<sip:bob@home.example>", PCSCF, Cause.NOT_TO_WATCH),
        ("<sip:127.0.0.99:5060>", PCSCF, Cause.NOT_TO_WATCH),
        ("<tel:+15550001>", PCSCF, Cause.NOT_TO_WATCH),
        (None, PCSCF, Cause.NOT_TO_WATCH),
        (f"<{IMPU}>", UE, Cause.NOT_TRUSTED),
    ],
    ids=("another user", "another proxy", "a number of nobody", "nobody", "a stranger in her name"),
)
def test_who_may_not(identity: str | None, source: Hop, cause: Cause) -> None:
    """Whose business it is not is refused, whatever identity it claims."""
    with pytest.raises(Refused) as refused:
        who(subscribe(P_Asserted_Identity=identity), source)
    assert refused.value.cause is cause


def test_each_identity_that_may_be_told_is_in_the_document() -> None:
    """The one that was registered, those that came with it as `created`, and no barred one (5.4.2.1.2)."""
    told = document(subscriber(), REGISTRATION, of_all([BINDING], Event.REGISTERED), 600.0)
    assert [(each.aor, each.state, each.contacts[0].event) for each in told] == [
        (IMPU, "active", "registered"),
        (WORK, "active", "created"),
    ]
    assert BARRED not in str(told)
    assert len({contact.id for each in told for contact in each.contacts} | {each.id for each in told}) == 4


def test_a_contact_is_told_whole() -> None:
    """URI, seconds left, Call-ID and CSeq of its REGISTER, and its further parameters without their quotes."""
    contact = document(subscriber(), REGISTRATION, of_all([BINDING], Event.REFRESHED), 600.0)[0].contacts[0]
    assert (contact.uri, contact.active, contact.expires) == ("sip:alice@127.0.0.11:5060", True, 3000)
    assert (contact.call_id, contact.cseq, contact.event) == ("first", 2, "refreshed")
    assert contact.params == (("+sip.instance", "<urn:uuid:1>"), ("+g.3gpp.mcptt", ""))


def test_the_state_of_a_registration() -> None:
    """Active while a contact stands, terminated when the last one has ended, init when there never was one."""
    over = evolve(REGISTRATION, bindings=())
    ended = of_all([BINDING], Event.PROBATION, 30)
    (first, _) = document(subscriber(), over, ended, 0.0)
    assert (first.state, first.contacts[0].retry_after, first.contacts[0].expires) == ("terminated", 30, None)
    assert document(subscriber(), Registration(REGISTRATION.key), (), 0.0)[0].state == "init"


def test_the_whole_state_has_what_changed_and_what_did_not() -> None:
    """A contact that stands is there once, with what became of it if anything did."""
    both = evolve(REGISTRATION, bindings=(BINDING, OTHER))
    refreshed, gone = Contact(BINDING, Event.REFRESHED), Contact(evolve(OTHER, contact=CONTACT), Event.EXPIRED)
    assert [each.event for each in with_standing(both, [refreshed])] == [Event.REFRESHED, Event.REGISTERED]
    assert [each.event for each in with_standing(evolve(both, bindings=()), [gone])] == [Event.EXPIRED]
