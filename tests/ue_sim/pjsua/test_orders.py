"""What a request asks of PJSIP, and what cannot be asked."""

import pytest

from tests.ue_sim.network import IMPU, card
from ue_sim import conduct, publication
from ue_sim.credentials import Login
from ue_sim.engine import Body, Conduct, Publication
from ue_sim.errors import Incapable
from ue_sim.pjsua import orders
from ue_sim.pjsua.orders import order
from ue_sim.registration import Registration, Wish
from ue_sim.securing import NOTHING, Securing
from valkit.ids import SeededIds
from valkit.sip.headers import NameAddr
from valkit.sip.hop import Hop
from valkit.sip.message import Request
from valkit.sip.multipart import Part, build_multipart

ROUTE = "<sip:192.0.2.21:5060;lr>"
CONTACT = '<sip:alice@192.0.2.11:5060>;+sip.instance="<urn:uuid:1>"'
TOKEN = Body("application/vnd.val.val-info+xml", b"<val-info/>")


def register(wish: Wish | None = None) -> Request:
    """Give a phone's first REGISTER."""
    login = Login("alice@home.example", "home.example", SeededIds(1))
    securing = Securing(NOTHING, Hop("udp", "192.0.2.11", 5060), SeededIds(1))
    registration = Registration(IMPU, NameAddr.parse(CONTACT), login, SeededIds(1), securing)
    return registration.attempt(wish or Wish(600), card(), 0.0).first()


def publish(body: Body | None = TOKEN) -> Request:
    """Give a PUBLISH with this body."""
    wanted = Publication(IMPU, "sip:val@home.example", "poc-settings", 3600, body=body)
    return publication.request(wanted, IMPU, (ROUTE, "<sip:orig@scscf;lr>"), SeededIds(1))


def test_a_register_is_asked_for_by_what_is_in_it() -> None:
    """Registrar, identity, contact, interval, way, and the headers that PJSIP does not write itself."""
    made = order(register(), register(), ROUTE)
    assert (made.verb, made.uri, made.impu, made.contact) == ("register", "sip:home.example", IMPU, CONTACT)
    assert (made.expires, made.everywhere, made.routes) == (600, False, (ROUTE,))
    assert [name for name, _ in made.headers] == ["Supported", "Authorization"]


def test_all_contacts_are_left_by_a_star() -> None:
    """PJSIP has a function of its own for it."""
    made = order(register(Wish(0, everywhere=True)), register(Wish(0, everywhere=True)), ROUTE)
    assert (made.everywhere, made.expires) == (True, 0)


def test_a_publish_keeps_its_route_and_its_expires() -> None:
    """Expires is the publication's, and PJSIP knows nothing of it."""
    made = order(publish(), publish(), ROUTE)
    assert (made.verb, made.method, made.routes) == ("request", "PUBLISH", (ROUTE, "<sip:orig@scscf;lr>"))
    assert dict(made.headers)["Expires"] == "3600"
    assert (made.type, made.body) == ("application/vnd.val.val-info+xml", "<val-info/>")


def test_the_parts_of_a_body_are_given_one_by_one() -> None:
    """PJSIP would leave out the boundary, and makes one of its own."""
    body = Body(*build_multipart([Part.create("text/xml", b"<a/>"), Part.create("text/plain", b"b")]))
    made = order(publish(body), publish(body), ROUTE)
    assert (made.type, made.body, made.parts) == ("multipart/mixed", "", (("text/xml", "<a/>"), ("text/plain", "b")))


def test_other_headers_may_be_changed() -> None:
    """What was put in goes in, what was taken out stays out."""
    changed = conduct.both(conduct.header("Event"), conduct.header("P-Asserted-Identity", "<sip:bob@home.example>"))
    assert changed.request is not None
    names = [name for name, _ in order(publish(), changed.request(publish()), ROUTE).headers]
    assert "Event" not in names
    assert "P-Asserted-Identity" in names


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (conduct.header("Call-ID", "1"), "lacks edited-requests: PJSIP writes Call-ID itself"),
        (conduct.header("From", "<sip:bob@home.example>;tag=1"), "PJSIP writes From itself"),
        (conduct.header("Route"), "PJSIP writes Route itself"),
        (Conduct(request=lambda request: request.with_uri("sip:bob@home.example")), "the request line itself"),
    ],
)
def test_what_pjsip_writes_cannot_be_changed(change: Conduct, sentence: str) -> None:
    """It says so, and which of the engine's abilities that would take."""
    assert change.request is not None
    with pytest.raises(Incapable, match=sentence):
        order(publish(), change.request(publish()), ROUTE)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (Body("text/plain;charset=latin-1", b"a"), "leaves out the parameters"),
        (Body("application/octet-stream", b"\xff"), "takes text"),
    ],
)
def test_a_body_that_would_arrive_otherwise_is_refused(body: Body, sentence: str) -> None:
    """Rather nothing than something else."""
    with pytest.raises(Incapable, match=sentence):
        order(publish(body), publish(body), ROUTE)


def test_a_register_has_one_document_at_most() -> None:
    """Its digest covers the body, whose boundary PJSIP would make up."""
    content_type, content = build_multipart([Part.create("text/xml", b"<a/>")])
    plain = register()
    headers = [(name, value) for name, value in plain.headers.items() if name != "Content-Length"]
    request = Request.create("REGISTER", plain.uri, headers, content, content_type)
    with pytest.raises(Incapable, match="no multipart body for a REGISTER"):
        order(request, request, ROUTE)


def test_limits_are_told_by_the_names_that_scenarios_use() -> None:
    """Each names what is lacking."""
    assert "lacks other-peers" in str(orders.elsewhere())
    large = Body("text/plain", b"x" * 3900)
    with pytest.raises(Incapable, match="lacks large-messages: a message of PJSIP's may have 4000 bytes"):
        order(publish(large), publish(large), ROUTE)
