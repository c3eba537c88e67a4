"""What a phone puts into REGISTER and PUBLISH: the token, the settings of its user, or both in one multipart; pure."""

from xml.sax.saxutils import quoteattr

from ue_sim.engine import Body
from ue_sim.settings import Carrier
from valkit.carriers import BY_NAME, InfoDocument
from valkit.migration import MEDIA_TYPE, MigrationRequest, ReturnRequest, written
from valkit.sip.multipart import Part, build_multipart

POC_SETTINGS = "application/poc-settings+xml"
"""RFC 4354."""


def token_body(carrier: Carrier, token: str, client_id: str) -> Body:
    """Give the token in the document that the VAL service wants it in, or in a header."""
    row = BY_NAME[carrier.value]
    if isinstance(row, InfoDocument):
        return Body(*row.write(token, client_id))
    return Body("", b"", (row.write(token),))


def statement_body(carrier: Carrier, user: str, client_id: str) -> Body | None:
    """Give the document without a token, which says whose settings these are (TS 24.379 7.2.3); none for a header."""
    row = BY_NAME[carrier.value]
    return Body(*row.write(None, client_id, user)) if isinstance(row, InfoDocument) else None


def settings_body(client_id: str) -> Body:
    """Say that this client answers automatically (RFC 4354 6.1, as in TS 24.379 7.2.2)."""
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\r\n'
        '<poc-settings xmlns="urn:oma:params:xml:ns:poc:poc-settings">'
        f"<entity id={quoteattr(client_id)}>"
        "<am-settings><answer-mode>automatic</answer-mode></am-settings>"
        "</entity></poc-settings>\r\n"
    )
    return Body(POC_SETTINGS, text.encode())


def migration_body(wanted: MigrationRequest | ReturnRequest) -> Body:
    """Say that the user migrates, or is back (clause 5.X.5)."""
    return Body(MEDIA_TYPE, written(wanted))


def joined(bodies: list[Body]) -> Body | None:
    """Nothing, the one body, or all in a multipart/mixed; header fields beside it."""
    headers = tuple(header for body in bodies for header in body.headers)
    bodies = [body for body in bodies if body.content_type]
    if len(bodies) > 1:
        parts = [Part.create(body.content_type, body.content) for body in bodies]
        return Body(*build_multipart(parts), headers)
    if bodies:
        return Body(bodies[0].content_type, bodies[0].content, headers)
    return Body("", b"", headers) if headers else None
