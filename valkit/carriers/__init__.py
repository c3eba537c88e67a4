"""How a token travels in SIP: found in bodies and headers whatever they are wrapped in, and put into them.

`known` has a row for each kind of XML document (val-info, mcptt-info and its like), which `infos` reads and writes, and
one for the header (`bearer`); `parts` finds them in a message whatever its shape, `usual` in one pass if the shape is
the usual one; `finding` asks for no doubt. What the token says is not looked at here.
"""

from valkit.carriers.errors import CarrierCause, CarrierError
from valkit.carriers.finding import find_tokens, statements_in, the_one, tokens_in
from valkit.carriers.infos import Carried, InfoDocument, Statement
from valkit.carriers.known import (
    BEARER,
    BY_NAME,
    CARRIERS,
    MCDATA_INFO,
    MCPTT_INFO,
    MCVIDEO_INFO,
    VAL_INFO,
    Carrier,
    by_kind,
)

val_info = VAL_INFO.write
mcptt_info = MCPTT_INFO.write

__all__ = [
    "BEARER",
    "BY_NAME",
    "CARRIERS",
    "MCDATA_INFO",
    "MCPTT_INFO",
    "MCVIDEO_INFO",
    "VAL_INFO",
    "Carried",
    "Carrier",
    "CarrierCause",
    "CarrierError",
    "InfoDocument",
    "Statement",
    "by_kind",
    "find_tokens",
    "mcptt_info",
    "statements_in",
    "the_one",
    "tokens_in",
    "val_info",
]
