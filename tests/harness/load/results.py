"""A result as the tests of what shows it need it."""

from harness.load.profile import Profile
from harness.load.result import Asked, Result
from harness.load.tally import Tally
from harness.load.verdict import Limits


def asked(limits: Limits | None = None) -> Asked:
    """Ask for a load of three seconds."""
    return Asked(
        Profile.parse("2/s 3s"), "2/s 3s", ("register", "publish"), 4, "udp:192.0.2.1:5060", 2, 10, limits or Limits()
    )


def tally() -> Tally:
    """Count five journeys that succeeded and one that failed."""
    made = Tally()
    for number in range(6):
        second = made.at(number / 2)
        second.begun += 1
        second.lag.add(0.001)
        second.step("register").took.add(0.01 * (number + 1))
        if number == 5:
            second.failed += 1
            second.step("publish").fail("403 <b>\x1b[1m")
        else:
            second.succeeded += 1
            second.step("publish").took.add(0.005)
    return made


def result(limits: Limits | None = None) -> Result:
    """Give how it went."""
    return Result(asked(limits), tally(), 1_790_000_000.0, 3.0)
