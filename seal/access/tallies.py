"""How refusals of whoever asks a SEAL server are counted for its metrics: by cause, which no peer learns."""

from collections.abc import Iterable
from itertools import chain

from seal.access.errors import Cause
from valkit.net.trust.errors import Standing
from valkit.tallies import Tally
from valkit.tokens.errors import Cause as TokenCause

OPERATORS = ("unknown_requester", "not_the_operator")
"""Causes at the address for the operator."""


def access_refused(*more: Iterable[str]) -> Tally:
    """Count refusals; a server adds the causes that are its own."""
    causes = (each.value for each in chain(Cause, TokenCause, Standing))
    return Tally(
        "val_access_refused",
        "Requests refused, by cause",
        ["access refused"],
        {"cause": [*causes, *OPERATORS, *chain(*more)]},
    )
