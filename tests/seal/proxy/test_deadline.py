"""A time that is moved on."""

from twisted.internet.task import Clock

from seal.proxy.deadline import Deadline


def test_who_is_renewed_is_not_late() -> None:
    """Later, and sooner; it rings once."""
    clock, late = Clock(), list[float]()
    deadline = Deadline(clock, lambda: late.append(clock.seconds()))
    deadline.renew(10)
    clock.advance(9)
    deadline.renew(10)
    clock.advance(9)
    assert late == []
    deadline.renew(2)
    clock.pump([1, 1, 20])
    assert late == [20.0]
    deadline.stop()


def test_no_renewal_leads_beyond_the_last() -> None:
    """Until that is taken away."""
    clock, late = Clock(), list[float]()
    deadline = Deadline(clock, lambda: late.append(clock.seconds()))
    deadline.at_most(5)
    deadline.renew(10)
    clock.pump([4, 1])
    assert late == [5.0]
    deadline.at_most(None)
    deadline.renew(10)
    clock.pump([9, 1])
    assert late == [5.0, 15.0]
    deadline.renew(1)
    deadline.stop()
    assert clock.getDelayedCalls() == []
