"""One subscription to the registration of one IMPU, and what it comes to when it does not stand (RFC 3680, RFC 6665).

Values: what is known in, the next value and what follows out. A subscription is known by its Call-ID; one that has
failed is replaced by another. Only a document that says so ends a binding: a subscription that is refused, falls silent
or ends leaves it as it is. `subscribing` has our requests and their answers, `notifications` the notifier's.
"""

from enum import Enum
from math import inf
from typing import Final

from attrs import evolve, field, frozen

from valkit import reginfo
from valkit.ids import Ids
from valkit.sip import Request, Response
from valkit.sip.dialog import Dialog
from valserver.facts import Event
from valserver.records import Registration

PACKAGE: Final = "reg"
SUBSCRIBE: Final = "SUBSCRIBE"
SILENCE: Final = 32.0
"""Seconds in which the first NOTIFY has to come, and in which a document may be one that was sent before the last
REGISTER was: 64*T1, for as long a NOTIFY is sent again (RFC 6665 4.1.2.4)."""
FIRST_PAUSE: Final = 60.0
LONGEST_PAUSE: Final = 3_600.0
"""Seconds until a subscription that failed is tried again: each time twice as many, to within a half by chance."""
LONGEST_WAIT: Final = 14_400
"""Seconds for which a notifier may put off the next attempt (Retry-After): with more nobody would be followed."""
MOST_EXPIRES: Final = 2_592_000
"""Seconds of the longest subscription that is asked for, whatever a notifier calls too brief (Min-Expires)."""


class Phase(Enum):
    """How far a subscription is."""

    WAITING = "waiting"
    """It is to begin when it is due."""
    ASKED = "asked"
    """Its first SUBSCRIBE is under way."""
    STANDING = "standing"
    """There is a dialog, and it is due to be refreshed."""
    REFUSED = "refused"
    """It is not wanted there; the next REGISTER begins anew."""
    LEAVING = "leaving"
    """Nobody is bound any more: it is to end, and then its last NOTIFY is awaited."""


@frozen
class Watch:
    """One subscription."""

    impu: str
    registration: Registration
    """The last one told by a REGISTER."""
    heard_at: float
    """When that came."""
    call_id: str
    due: float
    """When it wants to be looked at, in epoch seconds."""
    phase: Phase = Phase.WAITING
    failures: int = 0
    """Attempts in a row that came to nothing."""
    asked: Request | None = None
    """The SUBSCRIBE that began it."""
    dialog: Dialog | None = None
    view: reginfo.View = field(factory=reginfo.View)
    told: bool = False
    """Whether a document has come."""
    doubted: bool = False
    """Whether all is asked for once more, since an end was told that may be older than the last REGISTER."""
    until: float = inf
    """When it runs out unless it is refreshed."""
    least: int = 0
    """Seconds below which the notifier takes no subscription."""
    said: str = ""
    """What was told last: followed or unfollowed."""


@frozen
class Step:
    """What follows: the subscription from now on, if there still is one, and what is to be done."""

    watch: Watch | None
    send: Request | None = None
    events: tuple[Event, ...] = ()
    ended: str = ""
    """Why the registration is over, if it is: the bindings are to end."""
    answer: Response | None = None
    """To the NOTIFY."""


def begun(impu: str, registration: Registration, now: float, ids: Ids, due: float) -> Watch:
    """Give a subscription that is to begin."""
    return Watch(impu, registration, now, ids.call_id(), due)


def heard(watch: Watch, registration: Registration, now: float, ids: Ids) -> Watch:
    """Take in what the core registered: one that is not wanted begins anew, one that waits or stands goes on."""
    if registration[:4] == watch.registration[:4]:
        return watch
    if watch.phase is Phase.REFUSED:
        return evolve(begun(watch.impu, registration, now, ids, now), least=watch.least, said=watch.said)
    return evolve(watch, registration=registration, heard_at=now, doubted=False)


def leaving(watch: Watch, now: float) -> Watch | None:
    """Let it end: at once, or when its first answer is there; None if nothing of it is known to anybody."""
    if watch.phase in {Phase.WAITING, Phase.REFUSED}:
        return None
    return evolve(watch, phase=Phase.LEAVING, due=now if watch.dialog is not None else inf)


def asking_again(watch: Watch, due: float) -> Watch:
    """Let all be asked for once more, and believe what is told then."""
    return evolve(watch, doubted=True, due=due)


def again(watch: Watch, ids: Ids, due: float) -> Watch:
    """Give the attempt after this one."""
    anew = begun(watch.impu, watch.registration, watch.heard_at, ids, due)
    return evolve(anew, failures=watch.failures, least=watch.least, said=watch.said)


def failed(watch: Watch, cause: str, ids: Ids, now: float, after: int = 0) -> Step:
    """Try again later."""
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(watch.failures, 10)) * (0.5 + _chance(ids))
    anew = again(watch, ids, now + max(pause, min(after, LONGEST_WAIT)))
    told, events = saying(evolve(anew, failures=watch.failures + 1, doubted=watch.doubted), "unfollowed", cause)
    return Step(told, events=events)


def refused(watch: Watch, cause: str) -> Step:
    """Ask no more before the next REGISTER. What was said to be over, and is now unknown there, is over."""
    refused, events = saying(evolve(watch, phase=Phase.REFUSED, due=inf, dialog=None, asked=None), "unfollowed", cause)
    return Step(refused, events=events, ended="registration terminated" if watch.doubted else "")


def runs_out(granted: int, asked: Request | None, now: float) -> float:
    """Say when a subscription ends: not later than was asked for, for a notifier may shorten it (RFC 6665 4.2.1.1)."""
    wanted = None if asked is None else asked.expires
    return now + (granted if wanted is None else min(granted, wanted))


def saying(watch: Watch, what: str, cause: str) -> tuple[Watch, tuple[Event, ...]]:
    """Tell what is new."""
    if watch.said == what:
        return watch, ()
    return evolve(watch, said=what), (Event(what, watch.impu, cause, via=SUBSCRIBE),)


def refresh(until: float, now: float, ids: Ids) -> float:
    """Refresh well before the end, and not together with all that began together."""
    return now + max(1.0, (until - now) * (0.8 + 0.1 * _chance(ids)))


def _chance(ids: Ids) -> float:
    return int.from_bytes(ids.nonce(2), "big") / 65_536
