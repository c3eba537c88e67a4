"""What a phone puts into REGISTER and PUBLISH: the token, the settings of its user, or both in one multipart; pure."""

from xml.sax.saxutils import quoteattr

from ue_sim.engine import Body
from ue_sim.settings import Carrier
from valkit import carriers
from valkit.sip.multipart import Part, build_multipart

POC_SETTINGS = "application/poc-settings+xml"
"""RFC 4354."""


def token_body(carrier: Carrier, token: str, client_id: str) -> Body:
    """Give the token in the document that the VAL service wants it in."""
    build = carriers.val_info if carrier is Carrier.VAL_INFO else carriers.mcptt_info
    return Body(*build(token, client_id))


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


def joined(bodies: list[Body]) -> Body | None:
    """Nothing, the one body, or all in a multipart/mixed."""
    if len(bodies) < 2:
        return bodies[0] if bodies else None
    parts = [Part.create(body.content_type, body.content) for body in bodies]
    return Body(*build_multipart(parts))
