"""Whether what is not to be there could be there at all: a slip of the pen is never found, and would be good news.

Claims and parameters of header fields must be known, or another step must speak of them as there. Of what anybody may
name in his own way, such as members of a JSON body, paths, media types and namespaces, slips are told that are close to
what is known.
"""

import difflib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from http import HTTPStatus

from attrs import evolve, frozen

from harness.expect.claiming import Claiming
from harness.expect.contents import PartIs
from harness.expect.headers import HeaderFields, Place
from harness.expect.http import Spoke
from harness.expect.paths import kind_of, unprefixed
from harness.expect.structure import name_of
from harness.expect.token import TokenSays
from harness.expect.wanted import Wanted
from harness.grammar.vocabulary import Arguments, Step, parts_of, within
from harness.language.known import CLAIMS, FIELDS, MEDIA_TYPES, NAMESPACES, OWN, PARAMETERS, PATHS
from harness.seen.cast import CMS, CORE, ELEMENTS_OF_CORE, GATEWAY, GMS, HSS, IDMS, KMS, PROXY, apart
from harness.seen.patterns import HttpPattern, Pattern
from valkit.settings import Document, Fault, Path
from valkit.sip.reasons import REASONS

CLOSE = 0.8
"""How alike two names are of which one is taken for a slip in the other."""

LIKE = 0.6
"""And of which one may have been meant where both cannot be."""

CLAIM, PARAMETER, FIELD, TYPE, NAMESPACE, PATH = "claim", "parameter", "field", "type", "namespace", "path"
ELEMENT = "element"
KINDS: Mapping[str, tuple[str, Collection[str], bool]] = {
    CLAIM: ("claim", CLAIMS, True),
    PARAMETER: ("parameter of a header field", PARAMETERS, True),
    FIELD: ("member of an HTTP message", FIELDS, False),
    TYPE: ("media type", MEDIA_TYPES, False),
    NAMESPACE: ("namespace", NAMESPACES, False),
    PATH: ("path", PATHS, False),
}
"""By what something is: what it is called, what is known, and whether it has to be."""


SLIP = "did you mean"
"""How a fault is told where it is known what was meant."""
NO_SIP = frozenset({HSS, IDMS, KMS, CMS, GMS, PROXY, GATEWAY})
NO_HTTP = ELEMENTS_OF_CORE | {CORE}
"""Who never sends or receives such messages."""


@frozen
class _Named:
    """Something that an expectation speaks of, and whether it is good news if that is not there."""

    kind: str
    name: str
    at: Path
    absent: bool


def unheard_of(steps: Iterable[Step], *, whole: bool = True) -> Iterator[Fault]:
    """Tell of everything that is not to be there and, as it is written, never could be.

    If these are not all steps, others may speak of it: then only what is like something that is known is told.
    """
    read = [(step, tuple(_named(step))) for step in steps]
    spoken = {(each.kind, each.name) for _, named in read for each in named if not each.absent}
    for step, named in read:
        for each in named:
            why = _why(each) if each.absent and (each.kind, each.name) not in spoken else ""
            if why and (whole or SLIP in why):
                yield step.document.fault(each.at, why, at_key=True)
        yield from _impossible(step)


def _why(named: _Named) -> str:
    """Say why nobody has ever heard of it; nothing if somebody may have."""
    if named.kind == ELEMENT:
        return (
            f"looks for {named.name} in no namespace, as names without a prefix are (expected `namespaces: {{m: ...}}`)"
        )
    what, known, must = KINDS[named.kind]
    if named.name in known or (named.kind == PARAMETER and named.name.startswith(OWN)):
        return ""
    close = difflib.get_close_matches(named.name, known, n=1, cutoff=LIKE if must else CLOSE)
    if not close and not must:
        return ""
    meant = f"{SLIP} {close[0]}?" if close else "expected another step to speak of it"
    told = "" if named.at[-1] == named.name else f"{named.name} "
    return f"{told}is no {what} that is known ({meant})"


def _named(step: Step) -> Iterator[_Named]:
    """Give all that a step speaks of; what a token is minted with is there."""
    if not step.expects:
        minted = getattr(step.told, "claims", {})
        yield from (_Named(CLAIM, name, step.place, value is None) for name, value in minted.items())
        return
    for place, told in parts_of(step):
        for each in _named_in(told, place, step.document):
            yield evolve(each, absent=True) if step.denies else each


def _named_in(told: Arguments, place: Path, document: Document) -> Iterator[_Named]:
    def at(name: str) -> Path:
        return within(place, name, document)

    if isinstance(told, Claiming):
        yield from _valued(CLAIM, told.claims, at("claims"))
    if isinstance(told, TokenSays):
        for part in ("claims", "id_token"):
            members = getattr(told, part).items()
            yield from (_Named(CLAIM, name, (*at(part), name), value is None) for name, value in members)
    if isinstance(told, Spoke):
        yield from _members(told, at)
    if isinstance(told, HeaderFields):
        yield from _parameters(told, at)
    if isinstance(told, PartIs):
        yield from _in_part(told, at)


def _members(told: Spoke, at: Callable[[str], Path]) -> Iterator[_Named]:
    """Give the members of an HTTP message, and its path."""
    yield from _valued(FIELD, told.fields, at("fields"))
    yield from (_Named(FIELD, name, at("without"), absent=True) for name in told.without)
    for path, value in told.document.items():
        yield _Named(FIELD, name_of(path), (*at("json"), path), value.present is False)
    if told.path is not None:
        yield _Named(PATH, told.path, at("path"), absent=False)


def _parameters(told: HeaderFields, at: Callable[[str], Path]) -> Iterator[_Named]:
    """Give the parameters of header fields that there are to be, or not."""
    written = [(name, (*at("headers"), name), value.present is False) for name, value in told.headers.items()]
    for name, where, absent in (*written, *((name, at("without"), True) for name in told.without)):
        field = Place.named(name)
        if field.parameter and not field.doubt():
            yield _Named(PARAMETER, field.parameter.lower(), where, absent)


def _valued(kind: str, asked: Mapping[str, Wanted | None], at: Path) -> Iterator[_Named]:
    for name, wanted in asked.items():
        yield _Named(kind, name, (*at, name), wanted is not None and wanted.present is False)


def _in_part(told: PartIs, at: Callable[[str], Path]) -> Iterator[_Named]:
    """Give the type of a part, and in which namespaces there is to be something or nothing."""
    if told.type is not None:
        yield _Named(TYPE, told.type, at("type"), told.count == 0)
    for path, wanted in told.xml.items():
        absent = wanted.present is False or told.count == 0 or kind_of(path, told.namespaces) != "nodes"
        used = (namespace for prefix, namespace in told.namespaces.items() if f"{prefix}:" in path)
        yield from (_Named(NAMESPACE, namespace, at("namespaces"), absent) for namespace in used)
        yield from (_Named(ELEMENT, name, (*at("xml"), path), absent) for name in unprefixed(path))


def _impossible(step: Step) -> Iterator[Fault]:
    """Tell of messages that nobody sends: by whom they are, and with which status."""
    for place, told in parts_of(step):
        if not isinstance(told, Pattern | HttpPattern):
            continue
        sip = isinstance(told, Pattern)
        for name, end in (("from", told.source), ("to", told.target)):
            if end is not None and apart(end)[1] in (NO_SIP if sip else NO_HTTP):
                what, other = ("SIP", "expect.http") if sip else ("HTTP", "expect.message")
                why = f"{end} speaks no {what} (expected another, or `{other}` and its like)"
                yield step.document.fault(within(place, name, step.document), why)
        known = REASONS if sip else set(HTTPStatus)
        if step.denies and told.status and told.status.isdecimal() and int(told.status) not in known:
            why = f"{told.status} is no status that is known (expected one, or a class such as 4xx)"
            yield step.document.fault(within(place, "status", step.document), why)
