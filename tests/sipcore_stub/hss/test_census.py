from attrs import evolve

from sipcore_stub.hss.census import MOST, census
from sipcore_stub.hss.hss import Identity, Subscriber
from sipcore_stub.hss.ifc import Criterion, TriggerPoint
from tests.sipcore_stub.parts import IMPU, subscriber

CRITERION = Criterion("sip:127.0.0.31", TriggerPoint())


def of(impu: str, criteria: int, *, barred: bool = False) -> Subscriber:
    """Give a subscriber with one identity and so many criteria."""
    return evolve(subscriber(), identities=(Identity(impu, barred),), criteria=(CRITERION,) * criteria)


def test_each_subscriber_is_told_with_its_number_of_criteria() -> None:
    """Who has none stands last and is told what that means."""
    assert list(census([of("sip:a@h", 0), of("sip:b@h", 1), of("sip:c@h", 2), of("sip:d@h", 1)])) == [
        "sip:c@h: 2 filter criteria",
        "sip:b@h, sip:d@h: 1 filter criterion",
        "sip:a@h: no filter criterion, so no application server hears of their registrations",
    ]


def test_a_set_that_nobody_can_register_is_told() -> None:
    """Every identity of it is barred."""
    *_, last = census([of(IMPU, 1, barred=True)])
    assert last == f"{IMPU}: cannot register, since every identity of the set is barred"


def test_a_line_has_an_end() -> None:
    """Of thousands a few are named."""
    (line,) = census(of(f"sip:{number}@h", 1) for number in range(MOST + 5))
    assert line.endswith(f"sip:{MOST - 1}@h and 5 more: 1 filter criterion")
