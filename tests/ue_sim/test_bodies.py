from xml.etree import ElementTree as ET

import pytest

from ue_sim.bodies import POC_SETTINGS, joined, settings_body, statement_body, token_body
from ue_sim.engine import Body
from ue_sim.settings import Carrier
from valkit.carriers import Statement, find_tokens, statements_in
from valkit.sip.headers import MediaType
from valkit.sip.message import Request
from valkit.sip.multipart import parts

ONE = Body("text/plain", b"one")
TWO = Body("text/html", b"two")


@pytest.mark.parametrize("carrier", list(Carrier))
def test_a_server_finds_token_and_client(carrier: Carrier) -> None:
    """What the phone puts in, the server's reader takes out."""
    body = token_body(carrier, "a.b.c", "urn:uuid:1")
    kind = body.content_type or None
    carried = find_tokens(Request.create("REGISTER", "sip:home.example", body.headers, body.content, kind))
    client = None if carrier is Carrier.BEARER else "urn:uuid:1"
    assert carried is not None
    assert (carried.token, carried.client_id, carried.carrier) == ("a.b.c", client, carrier.value)


def test_settings_may_say_whose_they_are() -> None:
    """In the document of the service, without a token; a header cannot (TS 24.379 7.2.3)."""
    body = statement_body(Carrier.MCPTT_INFO, "sip:me@mc.example", "urn:uuid:1")
    assert body is not None
    request = Request.create("PUBLISH", "sip:mc.example", [], body.content, body.content_type)
    assert statements_in(request) == [Statement("sip:me@mc.example", "urn:uuid:1", "mcptt-info")]
    assert find_tokens(request) is None
    assert statement_body(Carrier.BEARER, "sip:me@mc.example", "urn:uuid:1") is None


def test_a_header_goes_beside_the_bodies() -> None:
    """Alone, with one, or with several."""
    header = token_body(Carrier.BEARER, "a.b.c", "")
    assert joined([header]) == header
    assert joined([header, ONE]) == Body(ONE.content_type, ONE.content, header.headers)
    both = joined([ONE, header, TWO])
    assert both is not None
    assert (both.headers, both.content_type.startswith("multipart/")) == (header.headers, True)


def test_settings_are_a_poc_settings_document() -> None:
    """Automatic answer, for the client as entity, whatever characters its ID has (RFC 4354 6.1)."""
    body = settings_body('a"<&>b')
    root = ET.fromstring(body.content)
    namespace = "{urn:oma:params:xml:ns:poc:poc-settings}"
    entity = root.find(f"{namespace}entity")
    assert (body.content_type, root.tag) == (POC_SETTINGS, f"{namespace}poc-settings")
    assert entity is not None
    assert entity.get("id") == 'a"<&>b'
    assert entity.findtext(f"{namespace}am-settings/{namespace}answer-mode") == "automatic"


def test_one_body_stays_as_it_is() -> None:
    """Nothing is joined where there is nothing to join."""
    assert joined([]) is None
    assert joined([ONE]) == ONE


def test_two_bodies_are_parts_of_one() -> None:
    """Each keeps its type and bytes."""
    body = joined([ONE, TWO])
    assert body is not None
    found = parts(body.content, MediaType.parse(body.content_type))
    assert [(str(part.content_type), part.body) for part in found] == [("text/plain", b"one"), ("text/html", b"two")]
