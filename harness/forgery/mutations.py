"""Each kind of wrong token as it is to travel, and how it ought to be refused; pure.

What is wrong with a token may be said of it otherwise by what it travels in: a document holds nothing but printable
text, and a header only the characters of RFC 6750. What cannot travel in a carrier at all is left out there.
"""

import re
from collections.abc import Callable, Iterable, Iterator

from attrs import field, frozen

from harness.forgery import FORGERIES, Forgery
from harness.forgery.documents import DAMAGES, Change
from harness.forgery.workshop import Workshop
from valkit.carriers import BEARER, CarrierCause
from valkit.tokens import Grant, mint

MUTATIONS = (*FORGERIES, *DAMAGES)
"""Every kind, by its name."""
LONGEST_LINE = 16_000
"""Characters of a token that still fits into a header line."""

_credentials = re.compile(r"[A-Za-z0-9\-._~+/]+=*").fullmatch
"""RFC 6750 2.1."""


@frozen
class Mutation:
    """One wrong token, what is done to its document, and how it ought to be refused."""

    kind: str
    token: str = field(repr=False)
    cause: str
    status: int
    change: Change | None = None

    def __str__(self) -> str:
        return f"{self.status} and the cause {self.cause}"


def planned(
    kinds: Iterable[str], carrier: str, workshop: Workshop, grant: Callable[[str], Grant]
) -> Iterator[Mutation]:
    """Give each of these kinds that can travel in this carrier, made when its turn has come of a grant of its own."""
    for kind in kinds:
        if kind in FORGERIES:
            forgery = FORGERIES[kind]
            token = forgery.make(workshop, grant(kind))
            yield from (
                _in_header(kind, token, forgery) if carrier == BEARER.name else [_in_document(kind, token, forgery)]
            )
        elif carrier != BEARER.name:
            damage = DAMAGES[kind]
            yield Mutation(kind, mint(workshop.key, grant(kind)), damage.cause.value, 403, damage.change)


def _in_document(kind: str, token: str, forgery: Forgery) -> Mutation:
    """Refuse the document before its token is looked at, where it holds more than a line of text."""
    cause = forgery.cause if token.isprintable() else CarrierCause.NOT_TEXT
    return Mutation(kind, token, cause.value, 403)


def _in_header(kind: str, token: str, forgery: Forgery) -> Iterator[Mutation]:
    """Answer with a challenge (RFC 8898 2.1.1), and refuse what is no token68; what breaks the line cannot be sent."""
    if len(token) > LONGEST_LINE or not token.isprintable():
        return
    if _credentials(token) is None:
        yield Mutation(kind, token, CarrierCause.UNREADABLE.value, 403)
    else:
        yield Mutation(kind, token, forgery.cause.value, 401)
