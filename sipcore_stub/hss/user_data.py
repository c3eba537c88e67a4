"""A subscriber's service profiles in the standard's XML (TS 29.228 Annex B and E), as an HSS exports them.

Reads identities, barring and initial filter criteria with every kind of trigger; what the core has no use for
(charging, media policy, shared sets) is passed over. Every fault is told with its line.
"""

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from typing import ClassVar

from attrs import define, evolve, field, frozen
from lxml import etree

from sipcore_stub.hss.criteria import server
from sipcore_stub.hss.elements import Elements, children, content, document, local_name
from sipcore_stub.hss.hss import Identity
from sipcore_stub.hss.ifc import (
    CaseIs,
    Condition,
    Criterion,
    DefaultHandling,
    HeaderIs,
    HeaderLike,
    MethodIs,
    RegistrationType,
    SdpHas,
    SessionCase,
    Trigger,
    TriggerPoint,
    UriMatches,
)
from valkit.sip.message import METHODS
from valkit.sip.uri import SipUri, parse_uri

ROOT = "IMSSubscription"
TRIGGERS = ("RequestURI", "Method", "SIPHeader", "SessionCase", "SessionDescription")
"""The kinds of service point triggers."""
INCLUDED = ("IncludeRegisterRequest", "IncludeRegisterResponse")
"""Empty elements in the Extension of ApplicationServer: what the third-party REGISTER is to hold."""

KNOWN = {
    ROOT: ("PrivateID", "ServiceProfile", "Extension"),
    "ServiceProfile": ("PublicIdentity", "CoreNetworkServicesAuthorization", "InitialFilterCriteria", "Extension"),
    "PublicIdentity": ("BarringIndication", "Identity", "Extension"),
    "InitialFilterCriteria": ("Priority", "TriggerPoint", "ApplicationServer", "ProfilePartIndicator", "Extension"),
    "TriggerPoint": ("ConditionTypeCNF", "SPT", "Extension"),
    "SPT": ("ConditionNegated", "Group", *TRIGGERS, "Extension"),
    "SIPHeader": ("Header", "Content", "Extension"),
    "SessionDescription": ("Line", "Content", "Extension"),
    "ApplicationServer": ("ServerName", "DefaultHandling", "ServiceInfo", *INCLUDED, "Extension"),
}
"""What the elements that are read may have in them; an Extension may have anything (TS 29.228 Annex E)."""

SLIP = 0.85
"""How alike a name is to one that it was meant to be."""

is_plain = re.compile("[A-Za-z0-9-]+").fullmatch
"""Whether a header's name is just that, and no expression for names."""


def _named_server(text: str) -> str:
    """Give the SIP URI of an application server as it is, whatever its host. Raises ParseError."""
    return str(SipUri.parse(text))


@frozen
class UserData:
    """What the document says of a subscriber."""

    impi: str
    identities: tuple[Identity, ...]
    criteria: tuple[Criterion, ...]


def read(text: bytes, *, resolves: bool = False) -> UserData:
    """Read a document; ValueError with every fault in it, each with its line.

    A server may have a name only where the reader `resolves` names, or sends it nothing.
    """
    reader = _Reader(resolves=resolves)
    found = reader.subscription(document(text))
    if reader.faults:
        raise ValueError("; ".join(reader.faults))
    return found


@define
class _Reader(Elements):
    """Walks one document."""

    resolves: bool = field(default=False, kw_only=True)

    def subscription(self, root: etree._Element) -> UserData:
        """Read the whole of it."""
        if local_name(root) != ROOT:
            self.fault(root, f"is not {ROOT}")
        self.refuse_strangers(root, KNOWN)
        identities: list[Identity] = []
        criteria: list[Criterion] = []
        for profile in children(root, "ServiceProfile"):
            own = [self._identity(each) for each in children(profile, "PublicIdentity")]
            impus = frozenset(identity.impu for identity in own)
            found = [self._criterion(each) for each in children(profile, "InitialFilterCriteria")]
            self._refuse_twins(profile, found)
            identities += own
            criteria += [evolve(each, impus=impus) for each in found]
        if not identities and local_name(root) == ROOT:
            self.fault(root, "has no ServiceProfile with a PublicIdentity")
        return UserData(self.text(root, "PrivateID"), tuple(identities), tuple(criteria))

    def _identity(self, element: etree._Element) -> Identity:
        impu = self.read(element, "Identity", lambda text: parse_uri(text).aor(), "sip:alice@home.example")
        return Identity(impu or "", self.flag(element, "BarringIndication"))

    def _criterion(self, element: etree._Element) -> Criterion:
        point = next(children(element, "TriggerPoint"), None)
        target = next(children(element, "ApplicationServer"), None)
        if target is None:
            self.fault(element, "has no ApplicationServer")
            target = element
        for name in INCLUDED:
            if next(children(target, name), None) is not None:
                self.fault(target, f"has {name} itself (expected it in its Extension)")
        self._refuse_slips(target)
        wishes = {local_name(each) for extension in children(target, "Extension") for each in extension}
        handling = self.number(target, "DefaultHandling", range(2), 0)
        info = next(children(target, "ServiceInfo"), None)
        return Criterion(
            server_name=self._server_name(target),
            trigger=TriggerPoint() if point is None else self._trigger_point(point),
            priority=self.number(element, "Priority", range(1 << 31)),
            default_handling=DefaultHandling(handling),
            service_info=None if info is None else (info.text or ""),
            include_register_request=INCLUDED[0] in wishes,
            include_register_response=INCLUDED[1] in wishes,
        )

    def _server_name(self, target: etree._Element) -> str:
        if self.resolves:
            return self.read(target, "ServerName", _named_server, "sip:val.home.example") or ""
        return self.read(target, "ServerName", server, "sip:127.0.0.31:5060, an address and no name") or ""

    def _refuse_slips(self, target: etree._Element) -> None:
        """Refuse what is nearly an element that the core reads there: a server would wait for a token that never comes.

        Anything else in an Extension is somebody's own.
        """
        for element in (each for extension in children(target, "Extension") for each in extension):
            close = difflib.get_close_matches(local_name(element), INCLUDED, n=1, cutoff=SLIP)
            if close and close[0] != local_name(element):
                self.fault(element, f"is no element that is known (did you mean {close[0]}?)")

    def _trigger_point(self, element: etree._Element) -> TriggerPoint:
        triggers = tuple(trigger for each in children(element, "SPT") for trigger in self._trigger(each))
        if not triggers and next(children(element, "SPT"), None) is None:
            self.fault(element, "has no SPT (leave TriggerPoint out if the server is to get everything)")
        return TriggerPoint(triggers, conjunctive=self.flag(element, "ConditionTypeCNF", required=True))

    def _trigger(self, element: etree._Element) -> Iterator[Trigger]:
        groups = frozenset(self.whole(each, range(1 << 31)) for each in children(element, "Group"))
        if not groups:
            self.fault(element, "has no Group")
        kinds = [each for each in element if local_name(each) in self.CONDITIONS]
        if len(kinds) != 1:
            self.fault(element, f"has {len(kinds)} conditions (expected one of {', '.join(self.CONDITIONS)})")
            return
        condition = self.CONDITIONS[local_name(kinds[0])](self, kinds[0])
        if condition is not None:
            yield Trigger(condition, self.flag(element, "ConditionNegated"), groups)

    def _method(self, element: etree._Element) -> Condition:
        spt = element.getparent()
        assert spt is not None
        if content(element) not in METHODS:
            close = difflib.get_close_matches(content(element), METHODS, n=1)
            meant = f"did you mean {close[0]}?" if close else f"expected one of {', '.join(sorted(METHODS))}"
            self.fault(element, f"is {content(element)!r}, which is no method ({meant})")
        types = [each for extension in children(spt, "Extension") for each in children(extension, "RegistrationType")]
        registrations = frozenset(RegistrationType(self.whole(each, range(3))) for each in types)
        return MethodIs(content(element), registrations)

    def _header(self, element: etree._Element) -> Condition | None:
        name, pattern = self.text(element, "Header"), self.pattern(element, "Content")
        if is_plain(name):
            return HeaderIs(name, pattern)
        like = self.pattern(element, "Header", any_case=True)
        return None if like is None else HeaderLike(like, pattern)

    def _sdp(self, element: etree._Element) -> Condition | None:
        line = self.pattern(element, "Line", required=True)
        return None if line is None else SdpHas(line, self.pattern(element, "Content"))

    def _uri(self, element: etree._Element) -> Condition | None:
        pattern = self.expression(element)
        return None if pattern is None else UriMatches(pattern)

    def _case(self, element: etree._Element) -> Condition:
        return CaseIs(SessionCase(self.whole(element, range(4))))

    CONDITIONS: ClassVar[Mapping[str, Callable[..., Condition | None]]] = dict(
        zip(TRIGGERS, (_uri, _method, _header, _case, _sdp), strict=True)
    )
    """What reads each kind of service point trigger."""

    def _refuse_twins(self, profile: etree._Element, criteria: list[Criterion]) -> None:
        """Two criteria of one priority have no order (TS 29.228 B.2.2)."""
        priorities = [each.priority for each in criteria]
        for priority in sorted({each for each in priorities if priorities.count(each) > 1}):
            self.fault(profile, f"has more than one InitialFilterCriteria of Priority {priority}")
