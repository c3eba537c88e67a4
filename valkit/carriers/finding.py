"""The token of a message, if it has one, and no doubt which it is."""

from collections.abc import Mapping

from valkit.carriers.errors import CarrierCause, CarrierError
from valkit.carriers.infos import MCPTT_INFO, VAL_INFO, Carried, InfoDocument
from valkit.carriers.parts import documents
from valkit.carriers.usual import usual_documents
from valkit.sip.message import Message

CARRIERS: Mapping[str, InfoDocument] = {row.media_type: row for row in (VAL_INFO, MCPTT_INFO)}
"""The documents looked for, by media type."""


def find_tokens(message: Message, carriers: Mapping[str, InfoDocument] = CARRIERS) -> Carried | None:
    """Find the token of a message; None if there is none, CarrierError if there is a doubt which it is.

    The same token twice is one; two tokens, or one for two clients, leave a doubt.
    """
    found = tokens_in(message, carriers)
    if len(found) > 1 and len({(carried.token, carried.client_id) for carried in found}) > 1:
        raise CarrierError(CarrierCause.TWO_TOKENS)
    return found[0] if found else None


def tokens_in(message: Message, carriers: Mapping[str, InfoDocument] = CARRIERS) -> list[Carried]:
    """Give every token in the message, in the order of its parts; CarrierError if a part leaves a doubt."""
    places = usual_documents(message, carriers)
    if places is None:
        places = list(documents(message, carriers))
    found = [carriers[place.kind].read(place.body, place.speaker) for place in places]
    return [carried for carried in found if carried is not None]
