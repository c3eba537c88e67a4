import pytest
from attrs import evolve
from lxml import etree

from sipcore_stub.hss.ifc import Criterion, RegistrationType
from sipcore_stub.scscf.third_party import STANDARD, Body, Call, Happening, Shape, build
from tests.sipcore_stub.parts import IMPU, SERVER_NAME, Phone, received
from valkit.ids import SeededIds
from valkit.sip.message import Request, parse
from valkit.sip.multipart import parts

SCSCF = "sip:127.0.0.23:5060"
REGISTER = (
    Phone()
    .register(
        body=b"the token",
        P_Access_Network_Info="IEEE-802.11",
        P_Visited_Network_ID='"home.example"',
        P_Charging_Vector='icid-value="1";orig-ioi=home.example',
    )
    .adding("Session-ID", "ab30317f1a784dc48ff824d0d3715d86;remote=00000000000000000000000000000000")
)
OK = REGISTER.answer(200, headers=[("P-Charging-Function-Addresses", "ccf=192.0.2.9")])
NEW = Happening(RegistrationType.INITIAL, IMPU, 3600, REGISTER, OK)
PLAIN = Criterion(SERVER_NAME)
BOTH = Criterion(
    SERVER_NAME, include_register_request=True, include_register_response=True, service_info="<blue & red>"
)


def built(criterion: Criterion, happening: Happening = NEW, shape: Shape = STANDARD) -> Request:
    """Give the third-party REGISTER as the server reads it."""
    made = build(criterion, happening, SCSCF, Call.fresh(SeededIds("third party")), shape)
    return received(made.adding("Via", "SIP/2.0/UDP 127.0.0.23;branch=z9hG4bKthird", first=True))


def test_it_speaks_of_the_user_for_the_scscf() -> None:
    """Request-URI is the server, From and Contact the S-CSCF, To the IMPU, Expires what was granted."""
    request = built(PLAIN)
    request.validate()
    assert (request.method, request.uri) == ("REGISTER", SERVER_NAME)
    assert (request.from_.uri, request.to.uri, request.expires) == (SCSCF, IMPU, 3600)
    assert request.headers.all("Contact") == (f"<{SCSCF}>",)
    assert (request.from_.tag is not None, request.to.tag) == (True, None)


def test_it_is_known_by_the_call_it_is_given() -> None:
    """Call-ID, tag and CSeq; a fresh one is nobody else's."""
    request = build(PLAIN, NEW, SCSCF, Call("kept", "tag", 7), STANDARD)
    assert (request.call_id, request.from_.tag, request.cseq.number) == ("kept", "tag", 7)
    ids = SeededIds("third party")
    first, second = Call.fresh(ids), Call.fresh(ids)
    assert len({first.call_id, second.call_id, REGISTER.call_id}) == 3
    assert (first.cseq, second.cseq) == (1, 1)


def test_some_cores_pass_the_ues_body_on_by_itself() -> None:
    """Whatever the criterion includes, and nothing when the registration is gone or had no body."""
    shape = Shape(body=Body.OWN)
    request = built(BOTH, shape=shape)
    assert (str(request.content_type), request.body) == ("text/plain", b"the token")
    assert built(BOTH, evolve(NEW, kind=RegistrationType.GONE, expires=0), shape).body == b""
    assert built(BOTH, evolve(NEW, request=Phone().register()), shape).content_type is None


def test_some_cores_send_other_headers() -> None:
    """Those of the UE's REGISTER they choose, and some of their own, malformed ones as they are."""
    shape = Shape(copied=("Via",), further=(("Event", "registration"), ("P-Associated-URI", "<sip:alice@home")))
    request = built(PLAIN, shape=shape)
    assert request.headers.all("Via")[1:] == REGISTER.headers.all("Via")
    assert request.headers.get("Event") == "registration"
    assert request.headers.get("P-Associated-URI") == "<sip:alice@home"
    assert "P-Visited-Network-ID" not in request.headers


def test_the_networks_headers_go_along() -> None:
    """Access, visited network and charging of the REGISTER, charging functions of the 200."""
    request = built(PLAIN)
    for name in ("P-Access-Network-Info", "P-Visited-Network-ID", "P-Charging-Vector", "Session-ID"):
        assert request.headers.all(name) == REGISTER.headers.all(name)
    assert request.headers.get("P-Charging-Function-Addresses") == "ccf=192.0.2.9"


def test_without_wishes_there_is_no_body() -> None:
    """A criterion that includes nothing gets the bare fact."""
    request = built(PLAIN)
    assert (request.body, request.content_type) == (b"", None)


def test_one_part_is_the_body_itself() -> None:
    """The UE's REGISTER goes as message/sip, every byte as the S-CSCF received it."""
    request = built(Criterion(SERVER_NAME, include_register_request=True))
    assert str(request.content_type) == "message/sip"
    assert request.body == bytes(REGISTER)


def test_several_parts_are_a_multipart_body() -> None:
    """Service information, request and response, each its own part."""
    request = built(BOTH)
    assert request.content_type is not None
    info, inner, answer = parts(request.body, request.content_type)
    assert [str(part.content_type) for part in (info, inner, answer)] == [
        "application/3gpp-ims+xml",
        "message/sip",
        "message/sip",
    ]
    assert etree.fromstring(info.body).findtext("service-info") == "<blue & red>"
    assert parse(inner.body) == REGISTER
    assert parse(answer.body) == OK


@pytest.mark.parametrize("criterion", [PLAIN, BOTH])
def test_a_registration_that_is_gone_has_no_body(criterion: Criterion) -> None:
    """De-registration tells Expires 0 and carries nothing (TS 24.229 5.4.1.7)."""
    request = built(criterion, evolve(NEW, kind=RegistrationType.GONE, expires=0))
    assert (request.expires, request.body) == (0, b"")


def test_without_a_200_there_is_none_to_include() -> None:
    """What ended by the clock has no response; nothing fails for it."""
    request = built(BOTH, evolve(NEW, response=None))
    assert request.content_type is not None
    assert len(parts(request.body, request.content_type)) == 2


def test_a_happening_shows_no_message() -> None:
    """The REGISTER holds a token and is not in what a log would print."""
    assert "REGISTER sip" not in repr(NEW)
