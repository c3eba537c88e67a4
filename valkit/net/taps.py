"""Several taps in the place of one: a lab's wire, who counts, who exports."""

from attrs import frozen

from valkit.net.sip import Tap
from valkit.sip.hop import Hop
from valkit.sip.message import Message


@frozen
class Taps:
    """Each sees what the one before has let through."""

    taps: tuple[Tap, ...]

    def sending(self, message: Message, source: Hop, target: Hop) -> int:
        """Say how many copies go out: as many as all of them make of it together."""
        copies = 1
        for tap in self.taps:
            copies *= tap.sending(message, source, target)
            if not copies:
                break
        return copies

    def received(self, message: Message, source: Hop, target: Hop) -> bool:
        """Say whether it arrives: whether all let it."""
        return all(tap.received(message, source, target) for tap in self.taps)


def joined(*taps: Tap | None) -> Tap | None:
    """Give one tap for those that there are; None where there is none."""
    there = tuple(tap for tap in taps if tap is not None)
    if len(there) < 2:
        return there[0] if there else None
    return Taps(there)
