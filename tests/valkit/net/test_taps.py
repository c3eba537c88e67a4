from attrs import define, field

from tests.support import register
from valkit.net.taps import joined
from valkit.sip import Hop
from valkit.sip.message import Message

HERE, THERE = Hop("udp", "192.0.2.1", 5060), Hop("udp", "192.0.2.2", 5060)


@define
class Counting:
    """A tap that makes so many copies, and remembers how often it was asked."""

    copies: int
    asked: list[str] = field(factory=list)

    def sending(self, message: Message, source: Hop, target: Hop) -> int:
        """Give them."""
        self.asked.append("sending")
        return self.copies

    def received(self, message: Message, source: Hop, target: Hop) -> bool:
        """Let it in if there are any."""
        self.asked.append("received")
        return self.copies > 0


def test_where_there_is_one_tap_or_none_nothing_is_put_between() -> None:
    """So it costs what it costs alone."""
    one = Counting(1)
    assert joined(None, one, None) is one
    assert joined(None, None) is None


def test_taps_see_what_those_before_have_let_through() -> None:
    """Copies multiply; what one loses, the next does not see."""
    twice, lost, last = Counting(2), Counting(0), Counting(1)
    through, ended = joined(twice, last), joined(twice, lost, last)
    assert through is not None
    assert ended is not None
    assert (through.sending(register(), HERE, THERE), through.received(register(), HERE, THERE)) == (2, True)
    last.asked.clear()
    assert (ended.sending(register(), HERE, THERE), ended.received(register(), HERE, THERE)) == (0, False)
    assert last.asked == []
