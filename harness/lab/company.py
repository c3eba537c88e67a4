"""Which of the branches that go on beside each other may take it that nothing more comes. Pure."""

from attrs import define, field, frozen


@frozen(order=True)
class Turn:
    """Who waits until all is quiet. Where all do, one goes on at a time: the first as they are written."""

    gives_up: bool
    """It fails when nothing more comes: whoever else waits may yet bring about what it waits for, and is first."""
    place: tuple[int, ...]
    """Which branch it is, and of which, from the outermost on."""


@define
class Company:
    """The branches of one scenario: how many go on, and which of these wait until all is quiet."""

    going: int = 1
    _waiting: dict[Turn, int] = field(factory=dict)
    """How much had happened when nothing came for each."""

    def goes_on(self, turn: Turn) -> None:
        """Let the others know that it waits no longer: something came."""
        self._waiting.pop(turn, None)

    def nothing_comes(self, turn: Turn, happened: int) -> bool:
        """Let the others know that nothing comes for one that has seen so much of what happened; whether it goes on.

        It does when all others wait too, each of them in vain up to now, and it is next.
        """
        self._waiting[turn] = happened
        unsure = any(each.gives_up and seen != happened for each, seen in self._waiting.items())
        if self.going != len(self._waiting) or unsure or turn != min(self._waiting):
            return False
        self.goes_on(turn)
        return True
