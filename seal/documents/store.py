"""The seam to what is kept: documents, each changed in one act, and subscriptions."""

from collections.abc import Callable
from typing import Protocol

from attrs import field, frozen

from seal.notifying.subscriptions import Subscriptions
from seal.xcap.errors import Conflicting
from seal.xcap.handling import Decision
from valkit.xcap import Condition, DocumentSelector

ROOM = 10_000
"""Documents in one directory at most."""

Decide = Callable[[bytes | None], Decision]
"""Says what becomes of a document as it is kept, None for one that is not there. Refuses by raising what
`seal.errors` has. It may be asked again, about another state, and does nothing else."""


@frozen
class Change:
    """What was decided of a document, and from what."""

    before: bytes | None = field(repr=False)
    decision: Decision


class Documents(Protocol):
    """XCAP documents."""

    async def document(self, selector: DocumentSelector) -> bytes | None:
        """Give one."""

    async def change(self, selector: DocumentSelector, decide: Decide) -> Change:
        """Read, decide and write in one act: nobody changes the document in between; when it returns, it is durable.

        Raises what `decide` raises, and Conflicting for a new document in a directory that is full.
        """

    async def naming(self, auid: str, name: str) -> tuple[DocumentSelector, ...]:
        """Give the documents of this usage in which somebody is named, by their paths."""


class Store(Documents, Subscriptions, Protocol):
    """All of it."""

    async def close(self) -> None:
        """Finish what waits, then let go of the database."""


def full(room: int) -> Conflicting:
    """Give what is said of a directory that can take no more."""
    return Conflicting(Condition.CONSTRAINT, f"there are {room} documents here already, and no more are taken")
