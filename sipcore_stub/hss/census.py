"""What a core says of its subscribers when it starts: who of them no server would hear of, and who cannot register.

So whoever waits in vain for a third-party REGISTER finds the reason in the first lines of the log. Pure.
"""

from collections.abc import Iterable, Iterator, Mapping

from sipcore_stub.hss.hss import Subscriber

MOST = 10
"""Identities that one line names; of more it says how many."""


def census(subscribers: Iterable[Subscriber]) -> Iterator[str]:
    """Give a line for each number of filter criteria, and one for the sets that nobody can register."""
    by_number: dict[int, list[str]] = {}
    barred: list[str] = []
    for each in subscribers:
        by_number.setdefault(len(each.criteria), []).append(each.key.set)
        if not each.associated:
            barred.append(each.key.set)
    for number in sorted(by_number, reverse=True):
        yield _told(CRITERIA.get(number, f"{number} filter criteria"), by_number[number])
    if barred:
        yield _told("cannot register, since every identity of the set is barred", barred)


CRITERIA: Mapping[int, str] = {
    0: "no filter criterion, so no application server hears of their registrations",
    1: "1 filter criterion",
}


def _told(what: str, impus: list[str]) -> str:
    more = len(impus) - MOST
    return f"{', '.join(impus[:MOST])}{f' and {more} more' if more > 0 else ''}: {what}"
