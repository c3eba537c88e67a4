"""How a token travels in SIP: found in bodies whatever they are wrapped in, and put into them.

`infos` has a row for each kind of XML document (val-info, mcptt-info) and reads and writes it; `parts` finds them in
a message whatever its shape, `usual` in one pass if the shape is the usual one; `finding` asks for no doubt. What the
token says is not looked at here.
"""

from valkit.carriers.errors import CarrierCause, CarrierError
from valkit.carriers.finding import CARRIERS, find_tokens, tokens_in
from valkit.carriers.infos import MCPTT_INFO, VAL_INFO, Carried, InfoDocument

val_info = VAL_INFO.write
mcptt_info = MCPTT_INFO.write

__all__ = [
    "CARRIERS",
    "MCPTT_INFO",
    "VAL_INFO",
    "Carried",
    "CarrierCause",
    "CarrierError",
    "InfoDocument",
    "find_tokens",
    "mcptt_info",
    "tokens_in",
    "val_info",
]
