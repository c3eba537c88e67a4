"""valkit.carriers.infos: the documents, read by the expression and by the parser alike."""

from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.valkit.carriers.support import CLIENT, OTHER, TOKEN
from valkit.carriers import (
    MCDATA_INFO,
    MCPTT_INFO,
    MCVIDEO_INFO,
    VAL_INFO,
    Carried,
    CarrierCause,
    CarrierError,
    InfoDocument,
)

ROWS = pytest.mark.parametrize("row", [VAL_INFO, MCPTT_INFO, MCVIDEO_INFO, MCDATA_INFO], ids=lambda row: row.name)

PUBLISHED = f"""\
<mcpttinfo xmlns="urn:3gpp:ns:mcpttInfo:1.0"><mcptt-Params>
  <mcptt-access-token type="Normal"><mcpttString>{TOKEN}</mcpttString></mcptt-access-token>
  <mcptt-client-id type="Normal"><mcpttString>{CLIENT}</mcpttString></mcptt-client-id>
</mcptt-Params></mcpttinfo>
"""
"""As TS 24.379 Annex F.1 has it."""


def cause_of(row: InfoDocument, body: str) -> CarrierCause:
    """Say why no token is taken from this document."""
    with pytest.raises(CarrierError) as caught:
        row.read(body.encode())
    assert TOKEN[:20] not in str(caught.value)
    return caught.value.cause


def by_parser(row: InfoDocument, body: bytes) -> Carried | CarrierCause | None:
    """Read a document by the parser alone."""
    try:
        return row._read_xml(body)
    except CarrierError as error:
        return error.cause


def val_info(inside: str, head: str = "") -> str:
    """Write a val-info document with this inside."""
    return f'{head}<val-info xmlns="urn:val:ns:val-info:1.0">{inside}</val-info>'


def token_element(text: str = TOKEN) -> str:
    """Write the element that holds the token."""
    return f"<val-access-token>{text}</val-access-token>"


@ROWS
@pytest.mark.parametrize("client", [CLIENT, None])
def test_what_is_written_is_read(row: InfoDocument, client: str | None) -> None:
    """Token and client come back, and the media type is the row's."""
    content_type, body = row.write(TOKEN, client)
    assert content_type == row.media_type
    assert row.read(body) == Carried(TOKEN, client, row.name)


@ROWS
def test_the_expression_reads_what_we_write(row: InfoDocument) -> None:
    """Our own documents take the quick way, or the figures of the bench would mean nothing."""
    assert row._scan.fullmatch(row.write(TOKEN, CLIENT)[1])
    assert row._scan.fullmatch(row.write(TOKEN)[1])


def test_the_published_form_of_mcptt_info() -> None:
    """Read by expression and parser alike."""
    assert MCPTT_INFO._scan.fullmatch(PUBLISHED.encode())
    assert (
        MCPTT_INFO.read(PUBLISHED.encode())
        == by_parser(MCPTT_INFO, PUBLISHED.encode())
        == Carried(TOKEN, CLIENT, "mcptt-info")
    )


@ROWS
def test_text_that_xml_writes_in_its_own_way(row: InfoDocument) -> None:
    """A client id with XML's own characters survives."""
    odd = "a<b>&\"c' é"
    assert row.read(row.write(TOKEN, odd)[1]) == Carried(TOKEN, odd, row.name)


def test_a_carried_token_does_not_show_itself() -> None:
    """Neither in a log nor in a traceback."""
    assert TOKEN not in repr(Carried(TOKEN, CLIENT, "val-info"))


@pytest.mark.parametrize(
    "body",
    [
        val_info(token_element(f"\n  {TOKEN}\n")),
        val_info(token_element(), head='<?xml version="1.0"?>\n'),
        val_info(token_element(), head='<?xml version="1.0" encoding="utf-8" standalone="yes"?>'),
        val_info(token_element(), head="<!-- a comment -->"),
        val_info("<other/>" + token_element() + '<more x="1">text</more>'),
        val_info(token_element(f"<![CDATA[{TOKEN}]]>")),
        val_info(token_element(TOKEN.replace("e", "&#x65;"))),
        val_info(f'<val-access-token type="Normal">{TOKEN}</val-access-token>'),
        f"<v:val-info xmlns:v='urn:val:ns:val-info:1.0'><v:val-access-token>{TOKEN}</v:val-access-token></v:val-info>",
    ],
)
def test_other_spellings_of_the_same(body: str) -> None:
    """What means the same to XML is read as the same."""
    assert VAL_INFO.read(body.encode()) == Carried(TOKEN, None, "val-info")


@pytest.mark.parametrize(
    "body",
    [
        val_info(""),
        val_info("<val-client-id>x</val-client-id>"),
        val_info(f"<o:val-access-token xmlns:o='urn:other'>{TOKEN}</o:val-access-token>"),
    ],
)
def test_a_document_without_a_token(body: str) -> None:
    """It is no fault: the token may come later."""
    assert VAL_INFO.read(body.encode()) is None


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        (val_info(token_element() * 2), CarrierCause.DUPLICATE),
        (val_info(token_element() + f"<x>{token_element(OTHER)}</x>"), CarrierCause.DUPLICATE),
        (val_info(token_element() + "<val-client-id>x</val-client-id>" * 2), CarrierCause.DUPLICATE),
        (val_info(f"<x>{token_element()}</x>"), CarrierCause.OTHER_DOCUMENT),
        (val_info(token_element()).replace("1.0", "2.0"), CarrierCause.OTHER_DOCUMENT),
        (token_element(), CarrierCause.OTHER_DOCUMENT),
        (val_info(token_element(TOKEN[:9] + "<!-- x -->" + TOKEN[9:])), CarrierCause.NOT_TEXT),
        (val_info(token_element(TOKEN[:9] + "<?x?>" + TOKEN[9:])), CarrierCause.NOT_TEXT),
        (val_info(token_element(f"<b>{TOKEN}</b>")), CarrierCause.NOT_TEXT),
        (val_info(token_element("")), CarrierCause.NOT_TEXT),
        (val_info(token_element(" \n ")), CarrierCause.NOT_TEXT),
        (val_info(token_element("a\nb")), CarrierCause.NOT_TEXT),
        (val_info("<val-access-token/>"), CarrierCause.NOT_TEXT),
        (val_info(token_element() + "<val-client-id>a&#10;b</val-client-id>"), CarrierCause.NOT_TEXT),
        (val_info(f'<val-access-token type="Encrypted">{TOKEN}</val-access-token>'), CarrierCause.XML_ENCRYPTED),
        (val_info(token_element(), head="<!DOCTYPE val-info>"), CarrierCause.DOCTYPE),
        (val_info(token_element("&x;")), CarrierCause.NOT_XML),
        (val_info(token_element())[:-1], CarrierCause.NOT_XML),
        (val_info(token_element()) + "x", CarrierCause.NOT_XML),
    ],
)
def test_a_document_that_leaves_a_doubt(body: str, cause: CarrierCause) -> None:
    """A comment in the middle of a token, a second one, one that stands elsewhere: none is believed."""
    assert cause_of(VAL_INFO, body) is cause


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        (('<mcptt-access-token type="Normal">', '<mcptt-access-token type="Encrypted">'), CarrierCause.XML_ENCRYPTED),
        (("<mcptt-Params>", "<mcptt-Params><mcptt-Params/>"), None),
        ((f"<mcpttString>{TOKEN}</mcpttString>", TOKEN), CarrierCause.NOT_TEXT),
        ((f"<mcpttString>{TOKEN}", f"x<mcpttString>{TOKEN}"), CarrierCause.NOT_TEXT),
        ((f"{TOKEN}</mcpttString>", f"{TOKEN}</mcpttString>x"), CarrierCause.NOT_TEXT),
        ((f"{TOKEN}</mcpttString>", f"{TOKEN}</mcpttString><mcpttString/>"), CarrierCause.NOT_TEXT),
        ((f"<mcpttString>{TOKEN}</mcpttString>", f"<mcpttURI>{TOKEN}</mcpttURI>"), CarrierCause.NOT_TEXT),
        (("mcptt-Params>", "other>"), CarrierCause.OTHER_DOCUMENT),
    ],
)
def test_mcptt_documents_that_leave_a_doubt(change: tuple[str, str], cause: CarrierCause | None) -> None:
    """Encrypted, without its mcpttString, with something beside it, in another place."""
    body = PUBLISHED.replace(*change)
    if cause is None:
        assert MCPTT_INFO.read(body.encode()) == Carried(TOKEN, CLIENT, "mcptt-info")
    else:
        assert cause_of(MCPTT_INFO, body) is cause


FRAGMENTS = st.sampled_from(
    [
        *['<val-info xmlns="urn:val:ns:val-info:1.0">', "</val-info>", "<val-access-token>", "</val-access-token>"],
        *["<val-client-id>", "</val-client-id>", '<?xml version="1.0" encoding="UTF-8"?>', "<!-- -->", "&amp;", "]]>"],
        *[TOKEN, CLIENT, " ", "\n", "\t", "\r", "\x0b", "\x0c", "x", "é", "<x/>", "<val-client-id/>", "\ufeff"],
    ]
)
USUAL = [val_info(token_element() + f"<val-client-id>{CLIENT}</val-client-id>"), val_info(token_element()), PUBLISHED]


@given(st.sampled_from(USUAL), st.integers(0, 400), st.integers(0, 20), st.lists(FRAGMENTS, max_size=3))
@example(USUAL[0], 0, 0, ["\n"])
@example(USUAL[1], 0, 0, [])
@example(USUAL[2], 0, 0, [])
def test_expression_and_parser_agree(usual: str, at: int, cut: int, put: list[str]) -> None:
    """Whatever is done to a usual document, the expression finds nothing that the parser would not have found."""
    body = (usual[:at] + "".join(put) + usual[at + cut :]).encode()
    for row in (VAL_INFO, MCPTT_INFO):
        if row._scan.fullmatch(body):
            assert row.read(body) == by_parser(row, body)


@given(st.lists(FRAGMENTS, max_size=12).map("".join))
def test_any_text_gives_a_token_nothing_or_an_error(text: str) -> None:
    """Only CarrierError comes out, and what is found holds no white space at its ends."""
    with suppress(CarrierError):
        carried = VAL_INFO.read(text.encode())
        assert carried is None or carried.token.strip() == carried.token != ""
