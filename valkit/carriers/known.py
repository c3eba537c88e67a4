"""The carriers there are: one row for each kind of document, and the header.

The documents of the three mission critical services differ in the service's name only (TS 24.379, TS 24.281 annex F.1,
TS 24.282 annex D.1). SEAL names none for a VAL service (TS 24.546 6.2.2.1.1.1); val-info is ours, made after them.
"""

from collections.abc import Iterable, Mapping

from valkit.carriers.bearer import BearerHeader
from valkit.carriers.infos import InfoDocument

Carrier = InfoDocument | BearerHeader

VAL_INFO = InfoDocument(
    name="val-info",
    media_type="application/vnd.val.val-info+xml",
    namespace="urn:val:ns:val-info:1.0",
    above=("val-info",),
    element="val-access-token",
    client_element="val-client-id",
    user_element="val-user-id",
)


def _mission_critical(service: str) -> InfoDocument:
    return InfoDocument(
        name=f"{service}-info",
        media_type=f"application/vnd.3gpp.{service}-info+xml",
        namespace=f"urn:3gpp:ns:{service}Info:1.0",
        above=(f"{service}info", f"{service}-Params"),
        element=f"{service}-access-token",
        client_element=f"{service}-client-id",
        user_element=f"{service}-request-uri",
        wrapper=f"{service}String",
        user_wrapper=f"{service}URI",
    )


MCPTT_INFO = _mission_critical("mcptt")
MCVIDEO_INFO = _mission_critical("mcvideo")
MCDATA_INFO = _mission_critical("mcdata")
BEARER = BearerHeader()

BY_NAME: Mapping[str, Carrier] = {row.name: row for row in (VAL_INFO, MCPTT_INFO, MCVIDEO_INFO, MCDATA_INFO, BEARER)}
"""All of them, by what settings and scenarios call them."""


def by_kind(rows: Iterable[Carrier]) -> Mapping[str, Carrier]:
    """Arrange carriers as they are looked for: by media type, and the header by what stands for one."""
    return {row.kind: row for row in rows}


CARRIERS = by_kind(BY_NAME.values())
"""All of them, as they are looked for."""
