"""valkit.carriers.known: each kind of document as its specification has it."""

import pytest

from tests.valkit.carriers.support import CLIENT, TOKEN
from valkit.carriers import BY_NAME, CARRIERS, MCDATA_INFO, MCPTT_INFO, MCVIDEO_INFO, VAL_INFO, Carried, InfoDocument


def published(service: str) -> str:
    """Write the document as TS 24.379 F.1, TS 24.281 F.1 and TS 24.282 D.1 have it, with what stands between."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{service}info xmlns="urn:3gpp:ns:{service}Info:1.0">\n'
        f"  <{service}-Params>\n"
        f'    <{service}-access-token type="Normal"><{service}String>{TOKEN}</{service}String>'
        f"</{service}-access-token>\n"
        f"    <session-type>prearranged</session-type>\n"
        f'    <{service}-request-uri type="Normal"><{service}URI>sip:me@mc.example</{service}URI>'
        f"</{service}-request-uri>\n"
        f'    <{service}-client-id type="Normal"><{service}String>{CLIENT}</{service}String></{service}-client-id>\n'
        f"  </{service}-Params>\n</{service}info>\n"
    )


@pytest.mark.parametrize(
    ("row", "service"), [(MCPTT_INFO, "mcptt"), (MCVIDEO_INFO, "mcvideo"), (MCDATA_INFO, "mcdata")]
)
def test_the_published_form(row: InfoDocument, service: str) -> None:
    """Token, client and user are found among the other elements."""
    assert row.media_type == f"application/vnd.3gpp.{service}-info+xml"
    assert row.read(published(service).encode()) == Carried(TOKEN, CLIENT, f"{service}-info")
    said = row.statement(published(service).encode())
    assert (said.user, said.client_id) == ("sip:me@mc.example", CLIENT)


def test_each_has_its_name_and_its_kind() -> None:
    """Those that settings and scenarios use."""
    assert list(BY_NAME) == ["val-info", "mcptt-info", "mcvideo-info", "mcdata-info", "bearer"]
    assert set(CARRIERS.values()) == set(BY_NAME.values())


@pytest.mark.parametrize("row", [VAL_INFO, MCPTT_INFO, MCVIDEO_INFO, MCDATA_INFO], ids=lambda row: row.name)
def test_a_document_without_a_token_says_who_it_is_about(row: InfoDocument) -> None:
    """As the settings of a user that is bound come (TS 24.379 7.2.3)."""
    _, body = row.write(None, CLIENT, "sip:me@mc.example")
    assert row.read(body) is None
    said = row.statement(body)
    assert (said.user, said.client_id, said.carrier) == ("sip:me@mc.example", CLIENT, row.name)
