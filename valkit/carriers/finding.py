"""The token of a message, if it has one, and no doubt which it is."""

from collections.abc import Mapping

from valkit.carriers.errors import CarrierCause, CarrierError
from valkit.carriers.infos import Carried, InfoDocument, Statement
from valkit.carriers.known import CARRIERS, Carrier
from valkit.carriers.parts import Document, documents
from valkit.carriers.usual import usual_documents
from valkit.sip.message import Message


def find_tokens(message: Message, carriers: Mapping[str, Carrier] = CARRIERS) -> Carried | None:
    """Find the token of a message; None if there is none, CarrierError if there is a doubt which it is."""
    return the_one(tokens_in(message, carriers))


def the_one(found: list[Carried]) -> Carried | None:
    """Give the one token of those found; None if there is none.

    The same token twice is one; two tokens, or one for two clients, leave a doubt, and are a CarrierError.
    """
    if len(found) > 1 and len({(carried.token, carried.client_id) for carried in found}) > 1:
        raise CarrierError(CarrierCause.TWO_TOKENS)
    return found[0] if found else None


def tokens_in(message: Message, carriers: Mapping[str, Carrier] = CARRIERS) -> list[Carried]:
    """Give every token in the message, in the order of its parts; CarrierError if a part leaves a doubt."""
    found = [carriers[place.kind].read(place.body, place.speaker) for place in _places(message, carriers)]
    return [carried for carried in found if carried is not None]


def statements_in(message: Message, carriers: Mapping[str, Carrier] = CARRIERS) -> list[Statement]:
    """Give what each document in the message says of user and client, whether or not it has a token."""
    rows = ((carriers[place.kind], place.body) for place in _places(message, carriers))
    return [row.statement(body) for row, body in rows if isinstance(row, InfoDocument)]


def _places(message: Message, carriers: Mapping[str, Carrier]) -> list[Document]:
    places = usual_documents(message, carriers)
    return list(documents(message, carriers)) if places is None else places
