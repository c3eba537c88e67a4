"""Makes key sets in threads, and remembers a bounded number of those that it has made last."""

from collections import OrderedDict

from attrs import define, field

from seal.kms.authority import Authority
from seal.kms.errors import Cause, KmsRefused
from seal.threads import Busy, Threads
from valkit.keymanagement.keysets import KeySet


@define
class KeyMaker:
    """Gives key sets."""

    authority: Authority
    _threads: Threads
    _remembered: int
    """Key sets that are remembered at most."""
    _made: OrderedDict[tuple[str, int], KeySet] = field(init=False, factory=OrderedDict, repr=False)

    async def key_set(self, uri: str, number: int) -> KeySet:
        """Give the keys of a user or group in a key period. Raises KmsRefused where too many wait for theirs."""
        made = self._made.get((uri, number))
        if made is None:
            try:
                made = await self._threads.run(self.authority.key_set, uri, number)
            except Busy:
                raise KmsRefused(Cause.BUSY) from None
            self._made[uri, number] = made
        self._made.move_to_end((uri, number))
        while len(self._made) > self._remembered:
            self._made.popitem(last=False)
        return made
