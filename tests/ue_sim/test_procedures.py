"""What a UE does at the network, shown on the native engine with a network in place of sockets."""

import pytest

from tests.ue_sim.network import IMPI, IMPU, SERVICE_ROUTE, Network, credentials
from tests.ue_sim.test_engine_native import PUBLICATION, Clock, engine, options, result
from ue_sim import conduct
from ue_sim.engine import BY_THE_BOOK
from ue_sim.engine_native import NativeEngine
from ue_sim.procedures import sip_uri
from valkit.reginfo import Contact, RegInfo, Registration
from valkit.sip.hop import Hop
from valkit.sip.message import Request
from valkit.trace import Note


def test_a_registration_ends_by_the_clock() -> None:
    """When its time is over, nothing is registered any more."""
    clock = Clock()
    phone = engine(Network(granted=60), clock=clock)
    result(phone.register(IMPU))
    clock.now += 60
    assert phone.registered(IMPU) is None


@pytest.mark.parametrize(
    ("network", "sqn", "notes"),
    [
        (Network(), 0, [("autn verified", {})]),
        (Network(opc=bytes(16)), 0, [("autn refused", {"cause": "mac"})]),
        (Network(), 9600, [("autn refused", {"cause": "sqn", "ahead": "-298"}), ("autn verified", {})]),
    ],
    ids=["genuine", "wrong MAC", "used SQN"],
)
def test_it_tells_what_the_card_said(network: Network, sqn: int, notes: list[tuple[str, dict[str, str]]]) -> None:
    """Step 4 of figure 5.X.3.2.2-1 is told to the observer, with the cause of a refusal."""
    heard: list[Note] = []
    result(engine(network, heard, sqn=sqn).register(IMPU))
    who = {"impi": IMPI, "impu": IMPU}
    assert [(note.who, note.what, dict(note.fields)) for note in heard] == [
        ("ue", what, who | fields) for what, fields in notes
    ]


@pytest.mark.parametrize("info", [f'qop=auth, rspauth="{"0" * 32}"', 'rspauth="'])
def test_it_tells_of_a_network_that_proves_itself_wrongly(info: str) -> None:
    """The registration stands, since the AUTN was right; whoever runs the core should know (RFC 7616 3.5)."""
    heard: list[Note] = []
    answer = result(engine(Network(info=info), heard).register(IMPU))
    assert answer.ok
    assert [note.what for note in heard] == ["autn verified", "rspauth wrong"]


def test_each_impu_is_registered_by_itself() -> None:
    """A second IMPU has a Call-ID of its own, and de-registering one leaves the other."""
    network = Network()
    phone = engine(network)
    result(phone.register(IMPU))
    result(phone.register("sip:alice2@home.example"))
    result(phone.deregister(IMPU))
    assert len({request.call_id for request in network.seen}) == 2
    assert phone.registered(IMPU) is None
    assert phone.registered("sip:alice2@home.example") is not None


def test_publish_takes_the_route_of_the_registration() -> None:
    """First the P-CSCF, then Service-Route (TS 24.229 5.1.2A.1.1)."""
    network = Network()
    phone = engine(network)
    result(phone.register(IMPU))
    published = result(phone.publish(PUBLICATION))
    assert (published.status, published.expires) == (200, 3600)
    assert [str(route) for route in network.seen[-1].routes] == ["<sip:192.0.2.21:5060;lr>", SERVICE_ROUTE]


def test_publish_without_registration_goes_to_the_pcscf_alone() -> None:
    """Whether it takes it is the core's business, not the phone's."""
    network = Network()
    result(engine(network).publish(PUBLICATION))
    assert [str(route) for route in network.seen[-1].routes] == ["<sip:192.0.2.21:5060;lr>"]


def test_a_barred_impu_lets_the_default_one_speak() -> None:
    """P-Preferred-Identity is the first of P-Associated-URI when the registered one is not there."""
    network = Network(associated="<tel:+1555>, <sip:a@home.example>")
    phone = engine(network)
    result(phone.register(IMPU))
    result(phone.publish(PUBLICATION))
    assert network.seen[-1].headers.get("P-Preferred-Identity") == "<tel:+1555>"


def test_a_conduct_alters_res() -> None:
    """With a wrong RES the network refuses; the card itself was content."""
    network, notes = Network(), list[Note]()
    assert result(engine(network, notes).register(IMPU, conduct=conduct.wrong_res())).status == 403
    assert [note.what for note in notes] == ["autn verified"]


def test_an_empty_response_is_a_conduct_too() -> None:
    """The network is told of a MAC failure that was none."""
    network = Network()
    assert result(engine(network).register(IMPU, conduct=conduct.no_response())).status == 403
    assert credentials(network.seen[-1])["response"] == ""


def test_by_the_book_nothing_is_altered() -> None:
    """The default changes nothing and goes to the P-CSCF."""
    assert (BY_THE_BOOK.outcome, BY_THE_BOOK.request, BY_THE_BOOK.to) == (None, None, None)


@pytest.mark.parametrize(
    ("hop", "user", "uri"),
    [
        (Hop("udp", "192.0.2.1", 5060), "", "sip:192.0.2.1:5060"),
        (Hop("tcp", "192.0.2.1", 5060), "alice", "sip:alice@192.0.2.1:5060;transport=tcp"),
        (Hop("tls", "2001:db8::1", 5061), "", "sip:[2001:db8::1]:5061;transport=tls"),
    ],
)
def test_a_hop_as_a_uri(hop: Hop, user: str, uri: str) -> None:
    """UDP needs no word, other transports have theirs, IPv6 its brackets (RFC 3261 19.1.1)."""
    assert sip_uri(hop, user) == uri


@pytest.mark.parametrize(("method", "status"), [("OPTIONS", 200), ("INFO", 405), ("NOTIFY", 481), ("MESSAGE", 200)])
def test_what_the_phone_answers(method: str, status: int) -> None:
    """OPTIONS, NOTIFY where it watches something, MESSAGE, and no other (RFC 3261 8.2.1, 11.2, RFC 3428 7)."""
    response = engine(Network()).asked(options("sip:alice@192.0.2.11", method))
    assert response.status == status
    names = ("OPTIONS", "NOTIFY", "MESSAGE")
    assert response.headers.all("Allow") == (names if method in {"OPTIONS", "INFO"} else ())


@pytest.mark.parametrize("method", ["OPTIONS", "NOTIFY", "MESSAGE"])
def test_what_requires_an_extension_is_refused_with_its_name(method: str) -> None:
    """All that are required, for the phone knows none; an unknown method is told first (RFC 3261 8.2.1, 8.2.2.3)."""
    asked = options("sip:alice@192.0.2.11", method).with_header("Require", "foo, 100rel")
    response = engine(Network()).asked(asked)
    assert (response.status, response.headers.all("Unsupported")) == (420, ("foo", "100rel"))
    unknown = options("sip:alice@192.0.2.11", "INFO").with_header("Require", "foo")
    assert engine(Network()).asked(unknown).status == 405


def heard(event: str, *, active: bool) -> tuple[NativeEngine, list[Note]]:
    """Give a registered phone that watches, and was told this of its contact."""
    notes: list[Note] = []
    phone = engine(Network(), notes)
    result(phone.register(IMPU))
    watched = result(phone.subscribe(IMPU))
    dialog = phone._watches[IMPU]._dialog
    assert dialog is not None
    contact = Contact("1", "sip:alice@192.0.2.11:5060", active, event, expires=60 if active else None)
    body = bytes(RegInfo(0, True, (Registration(IMPU, "a", "active", (contact,)),)))
    told = [("From", str(dialog.remote)), ("To", str(dialog.local)), ("Call-ID", dialog.call_id)]
    told += [("Via", "SIP/2.0/UDP h;branch=z9hG4bK1"), ("CSeq", "1 NOTIFY"), ("Contact", "<sip:192.0.2.23>")]
    told += [("Subscription-State", "active;expires=600")]
    notify = Request.create("NOTIFY", "sip:alice@192.0.2.11:5060", told, body)
    assert (watched.status, phone.asked(notify).status) == (200, 200)
    return phone, notes


@pytest.mark.parametrize("event", ["deactivated", "rejected", "probation", "expired"])
def test_a_registration_ends_by_the_networks_word(event: str) -> None:
    """What a NOTIFY ends is registered no longer, and the observer hears why (TS 24.229 5.1.1.7)."""
    phone, notes = heard(event, active=False)
    assert phone.registered(IMPU) is None
    assert (notes[-1].what, notes[-1].fields["event"]) == ("reg event", event)
    assert phone.watched(IMPU).registrations[0].contacts[0].event == event


def test_a_registration_is_shortened_by_the_networks_word() -> None:
    """It runs out sooner, and is due at half the time that is left."""
    phone, _ = heard("shortened", active=True)
    registered = phone.registered(IMPU)
    assert registered is not None
    assert (registered.until - Clock.now, registered.due - Clock.now) == (60, 30)


def test_nothing_is_known_where_nothing_is_watched() -> None:
    """An empty view."""
    assert engine(Network()).watched(IMPU).registrations == ()


def test_what_was_sent_can_be_sent_again() -> None:
    """Byte for byte but for its Via, and nothing is learned from the answer."""
    network = Network()
    phone = engine(network)
    replayed = options("sip:alice@192.0.2.11", "REGISTER").adding("Via", "SIP/2.0/UDP h;branch=z9hG4bKold")
    network.answers.append((403, []))
    assert result(phone.resend(replayed)).status == 403
    assert "Via" not in network.seen[-1].headers
    assert network.seen[-1].headers.without("Via") == replayed.headers.without("Via")
    assert phone.registered(IMPU) is None
