"""Whether a script can show anything: it asks for something, and names tokens, header fields and events that there are.

What is not there is never found, so an expectation that something does *not* come would pass for a slip of the pen.
"""

import difflib
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet

from harness.expect.event import Happened
from harness.expect.headers import HeaderFields, Place
from harness.expect.http import Spoke
from harness.expect.message import ABSENT, MessageIs
from harness.expect.taking import Taken
from harness.expect.token import TokenSays
from harness.grammar.captured import spoken_of
from harness.grammar.vocabulary import Arguments, Item, Step, Together, every, parts_of, suggestion, within
from harness.language.absent import unheard_of
from harness.seen import notes
from valkit.settings import Document, Fault
from valkit.sip.errors import ParseError
from valkit.sip.names import SPELLED, key_of

FURTHER = """
    Additional-Identity Answer-Mode Cellular-Network-Info DC-Info Flow-Timer Geolocation-Error Geolocation-Routing
    Info-Package Max-Breadth Origination-Id P-Answer-State P-Charge-Info P-DCS-Billing-Info P-DCS-LAES P-DCS-OSPS
    P-DCS-Redirect P-DCS-Trace-Party-ID P-Early-Media P-Media-Authorization P-Private-Network-Indication
    P-Refused-URI-List P-User-Database Policy-Contact Policy-ID Priority-Share Priority-Verstat Priv-Answer-Mode
    Recv-Info Refer-Events-At Refer-Sub Relayed-Charge Resource-Share Response-Source Restoration-Info
    Service-Interact-Info Session-ID Suppress-If-Match User-to-User
"""
"""Names of IANA's table that no part of val reads."""

NAMES = SPELLED | {name.lower(): name for name in FURTHER.split()}
OF_PARTS = frozenset({"content-id", "content-description", "content-location"})
"""Fields that parts of a body have beside those of messages (RFC 2045, RFC 2557)."""
OWN = "x-"
"""Any name that begins so is somebody's own."""


def unsound(
    items: Iterable[Item],
    document: Document,
    *,
    figure: str | None,
    whole: bool = True,
    made: AbstractSet[str] | None = frozenset(),
) -> Iterator[Fault]:
    """Tell every reason why these steps do not show what they seem to; if they are not the whole, only what is sure.

    Steps that could not be read may give names to these tokens and captured values; None if nobody knows to which.
    """
    items = tuple(items)
    steps = tuple(every(items))
    if whole and figure is None and not any(map(judges, steps)):
        yield document.fault(("steps",), "ask for nothing, so this would pass whatever happens (expected an expect.*)")
    if whole:
        yield from _before_anything(items)
    if made is not None:
        yield from _uncaptured(items, set(made))
        yield from _unmade(steps, list(made))
    put = {key for step in steps if not step.expects for key in _keys(_mapping(step.told, "headers"))}
    yield from unheard_of(steps, whole=whole)
    for step in steps:
        yield from _anything(step)
        yield from _strange_headers(step, put)
        yield from _strange_events(step)
        yield from _tokens_of_answers(step)


def named_in(document: Document) -> frozenset[str]:
    """Name all to which steps of a document may give a name as they are written, whether they can be read or not."""
    return frozenset(_names_in(document.value))


def _names_in(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (str(value[key]) for key in ("as",) if key in value)
        yield from value["capture"] if isinstance(value.get("capture"), dict) else ()
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from _names_in(inner)


def _unmade(steps: Iterable[Step], made: list[str]) -> Iterator[Fault]:
    """Tell of tokens that no step before has made."""
    for step in steps:
        for name in (name for _, told in parts_of(step) for name in told.tokens_asked()):
            if name not in made:
                there = f"expected one of: {', '.join(made)}" if made else "no step before makes one"
                yield step.document.fault(step.place, f"speaks of a token {name}, and there is none ({there})")
        given = step.told.token_given()
        if given is not None:
            made.append(given)


def judges(step: Step) -> bool:
    """Whether the scenario can fail for what comes of this step: it expects something, or is to be refused."""
    return step.expects or step.told.judges or getattr(step.told, "refused", None) is not None


def _uncaptured(items: Iterable[Item], known: set[str]) -> Iterator[Fault]:
    """Tell of captured values that no step before has captured; what a branch captures is known there alone."""
    for item in items:
        if isinstance(item, Together):
            for branch in item.branches:
                yield from _uncaptured(branch, set(known))
            continue
        for place, name in spoken_of(item.document, item.place):
            if name not in known:
                there = suggestion(name, known) if known else "expected a `capture` in one"
                why = f"speaks of a captured value {name}, and no step before captures it ({there})"
                yield item.document.fault(place, why)
        known |= set(item.told.values_captured())


def _anything(step: Step) -> Iterator[Fault]:
    """Tell of an expectation that whatever comes would meet."""
    for place, told in parts_of(step) if step.expects and not step.denies else ():
        if isinstance(told, MessageIs | Spoke) and not _asked(told):
            yield step.document.fault(place, "asks for nothing, so that any message would do (say which one is meant)")
        if isinstance(told, TokenSays) and not _asked(told):
            yield step.document.fault(place, "asks nothing of the token (say what it says)")


def _asked(told: Arguments) -> set[str]:
    """Name what is asked: where and which is not, nor is an empty list of something."""
    return {name for name in type(told).model_fields if getattr(told, name) not in NOTHING} - {"since_start", "name"}


NOTHING: tuple[object, ...] = (None, (), {})


def _before_anything(items: Iterable[Item], *, acted: bool = False) -> Iterator[Fault]:
    """Tell of expectations that nothing comes where nothing has been done yet, nor is time to pass."""
    for item in items:
        acted = acted or any(step.verb.acts for step in every([item]))  # of branches each may wait for another's
        if isinstance(item, Together):
            for branch in item.branches:
                yield from _before_anything(branch, acted=acted)
        elif item.denies and not acted and not getattr(item.told, "lasts", 0):
            why = "looks at what has happened, and no step before does anything (expected one before it)"
            yield item.document.fault(item.place, why, at_key=True)


def _strange_headers(step: Step, put: set[str]) -> Iterator[Fault]:
    """Name header fields that nobody knows, unless a phone of this script puts them in, and what they cannot have."""
    for at, told in parts_of(step) if step.expects else ():
        for written in _places(told):
            place = Place.named(written)
            [key] = _keys([place.name]) or [""]
            if not (key in NAMES or key in put or key in OF_PARTS or key.startswith(OWN)):
                close = difflib.get_close_matches(place.name.lower(), NAMES, n=1)
                meant = f"did you mean {NAMES[close[0]]}?" if close else "a name of your own begins with X-"
                yield step.document.fault(at, f"{place.name} is no header field that is known ({meant})")
            elif why := place.doubt():
                yield step.document.fault(at, why)


def _tokens_of_answers(step: Step) -> Iterator[Fault]:
    """Tell of tokens that are not to come where there never is one."""
    for place, told in parts_of(step) if step.denies else ():
        if isinstance(told, MessageIs) and told.status is not None and told.token not in {None, ABSENT}:
            at = within(place, "token", step.document)
            yield step.document.fault(at, "is of an answer, and those carry none (expected no status)")


def _places(told: Arguments) -> Iterator[str]:
    """Name the header fields that are asked for, as they are written."""
    if isinstance(told, HeaderFields):
        yield from told.places()
    elif isinstance(told, Taken) and told.header is not None:
        yield told.header


def _strange_events(step: Step) -> Iterator[Fault]:
    """Tell of events that no program can note as it is asked for."""
    for place, told in parts_of(step):
        if isinstance(told, Happened):
            for part, name, why in notes.doubts(told.what, told.by, told.fields, told.cause):
                at = within(place, part, step.document)
                yield step.document.fault((*at, name), why, at_key=True) if name else step.document.fault(at, why)


def _mapping(told: Arguments, field: str) -> dict[str, str | None]:
    return getattr(told, field, {})


def _keys(names: Iterable[str]) -> list[str]:
    """Give the long names in lower case; what is no name at all has none."""
    keys = []
    for name in names:
        try:
            keys.append(key_of(name))
        except ParseError:
            continue
    return keys
