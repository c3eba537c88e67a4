"""The one rule that REGISTER and PUBLISH share: a token that holds is proof, any other refuses the request (5.X.3.2).

Who speaks is taken from the token alone, never from a name beside it in a body or header. Of several VAL services each
judges the tokens that come in its carriers and are of its issuers; a request is refused when no token in it holds for
any, so a valid token grants the use of its service whatever else is in the request.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from enum import Enum
from typing import Protocol

from attrs import field, frozen

from valkit.carriers import (
    BEARER,
    BY_NAME,
    Carried,
    CarrierCause,
    CarrierError,
    Statement,
    by_kind,
    statements_in,
    the_one,
    tokens_in,
)
from valkit.net.trust.errors import NotActive
from valkit.sip import NameAddr, ParseError, Request
from valkit.tokens import AccessToken, Cause, TokenRejected
from valserver.errors import Refusal, Refused
from valserver.facts import Event, Proof
from valserver.records import Grant
from valserver.requests.bodies import impu_of


class Mode(Enum):
    """What follows where something is not authorized; the value is what the settings say."""

    ENFORCE = "enforce"
    """It is refused."""
    LOG_ONLY = "log-only"
    """It is served as if it had come without a token, and told."""
    OFF = "off"
    """No token is looked at."""


NONE_CAME = "none came"
"""The cause of `no token` where there was none in any carrier."""


class Judge(Protocol):
    """Who says whether a token holds: the verifier of one issuer, or all issuers."""

    def verify(self, token: str, now: float) -> AccessToken:
        """Believe it, or raise TokenRejected, NotActive, or NotYet."""

    def names(self, token: str) -> bool:
        """Whether the token says that it is of an issuer that is judged here; TokenRejected if it cannot be read."""


ELSEWHERE = frozenset(
    each.value
    for each in (
        Cause.WRONG_ISSUER,
        Cause.WRONG_AUDIENCE,
        Cause.MISSING_SCOPE,
        Cause.NO_VAL_USER,
        Cause.NO_VAL_SERVICE,
    )
)
"""Causes for which a token may be good in another service."""


@frozen(eq=False)
class Service:
    """One VAL service."""

    judge: Judge
    name: str = ""
    """As the settings name it; empty if it is the only one."""
    carriers: frozenset[str] = frozenset(BY_NAME)
    mode: Mode = Mode.ENFORCE


@frozen
class Heard:
    """What the tokens of a request have proved, and what not, by service."""

    proofs: Mapping[str, Proof] = field(factory=dict)
    refused: Mapping[str, Refused] = field(factory=dict)
    """Refusals of services that enforce."""
    tolerated: Mapping[str, Refused] = field(factory=dict)
    """What services that only log would have refused."""

    def require(self, via: str) -> tuple[Event, ...]:
        """Give what is to be told; Refused if tokens were refused and none held."""
        if not self.refused and not self.tolerated:
            return ()
        events = [_event("tolerated", refused, via) for refused in self.tolerated.values()]
        if not self.refused:
            return tuple(events)
        first, *others = self.refused.values()
        events += [_event("refused", refused, via) for refused in others]
        if not self.proofs:
            first.beside = tuple(events)
            raise first
        return (_event("refused", first, via), *events)

    def __bool__(self) -> bool:
        """Whether there was any token."""
        return bool(self.proofs or self.refused or self.tolerated)


NOTHING = Heard()


class Authorizer:
    """Turns the tokens in a request into proof."""

    def __init__(self, services: Iterable[Service]) -> None:
        self.services = tuple(services)
        looking = [service for service in self.services if service.mode is not Mode.OFF]
        self._looking = {service.name: service for service in looking}
        names = [name for name in BY_NAME if any(name in service.carriers for service in looking)]
        self._carriers = by_kind(BY_NAME[name] for name in names)
        self._others = by_kind(row for name, row in BY_NAME.items() if name not in names)
        self._only = looking[0] if len(looking) == 1 else None
        self.verified = 0
        """How many tokens held; the others are events with their causes."""

    def heard(self, request: Request, impu: str, now: float) -> Heard:
        """Verify the tokens that the request carries. Raises NotYet if an issuer is being asked."""
        if not self._looking:
            return NOTHING
        try:
            found = tokens_in(request, self._carriers)
        except CarrierError as error:
            return self._sorted({}, {name: _refused(error, impu, name) for name in self._looking})
        if not found:
            return NOTHING
        return self._heard_by_one(self._only, found, impu, now) if self._only else self._heard_by_all(found, impu, now)

    def missed(self, request: Request, impu: str, via: str) -> Event | None:
        """Tell of a request that brought no token that is looked at; None where none is looked for."""
        if not self._looking:
            return None
        taken = ", ".join(row.name for row in self._carriers.values())
        brought = ", ".join(dict.fromkeys(each.carrier for each in self._elsewhere(request)))
        cause = f"a token came in {brought}, which this server does not take (carriers: {taken})"
        return Event("no token", impu, cause if brought else NONE_CAME, via=via)

    def _elsewhere(self, request: Request) -> list[Carried]:
        """Find the tokens that come where none is taken from; what cannot be read has none."""
        try:
            return tokens_in(request, self._others)
        except CarrierError:
            return []

    def statements(self, request: Request) -> Mapping[str, Statement]:
        """Give what the documents in a request say of user and client to each service; nothing where they cannot."""
        try:
            said = statements_in(request, self._carriers)
        except CarrierError:
            return {}
        return {
            service.name: statement
            for statement in said
            for service in self._looking.values()
            if statement.carrier in service.carriers
        }

    def _heard_by_one(self, service: Service, found: list[Carried], impu: str, now: float) -> Heard:
        try:
            carried = the_one(found)
            proof = None if carried is None else self._proof(service, carried, now)
        except (CarrierError, TokenRejected, NotActive) as error:
            return self._sorted({}, {service.name: _refused(error, impu, service.name, found[0])})
        return NOTHING if proof is None else Heard({service.name: proof})

    def _heard_by_all(self, found: list[Carried], impu: str, now: float) -> Heard:
        """Let each service judge the tokens that are meant for it; of two that are, neither is believed."""
        meant: dict[str, dict[Carried, Proof | Refused]] = {}
        for carried in dict.fromkeys(found):
            verdicts = {service.name: self._judged(service, carried, impu, now) for service in self._takers(carried)}
            for name in _meant(verdicts):
                meant.setdefault(name, {})[carried] = verdicts[name]
        proofs: dict[str, Proof] = {}
        refused: dict[str, Refused] = {}
        for name, verdicts_by_token in meant.items():
            verdict, *others = verdicts_by_token.values()
            if others and len({(carried.token, carried.client_id) for carried in verdicts_by_token}) > 1:
                verdict = _refused(CarrierError(CarrierCause.TWO_TOKENS), impu, name)
            if isinstance(verdict, Proof):
                proofs[name] = verdict
            else:
                refused[name] = verdict
        if _of_two_users(proofs.values()):
            refused |= {name: _refused(CarrierError(CarrierCause.TWO_USERS), impu, name) for name in proofs}
            proofs = {}
        return self._sorted(proofs, refused)

    def _judged(self, service: Service, carried: Carried, impu: str, now: float) -> Proof | Refused:
        try:
            return self._proof(service, carried, now)
        except (TokenRejected, NotActive) as error:
            return _refused(error, impu, service.name, carried)

    def _proof(self, service: Service, carried: Carried, now: float) -> Proof:
        token = service.judge.verify(carried.token, now)
        self.verified += 1
        return _proof(carried, token)

    def _takers(self, carried: Carried) -> list[Service]:
        """Give the services that a token may be meant for: by its carrier, and by its issuer if that leaves several."""
        takers = [service for service in self._looking.values() if carried.carrier in service.carriers]
        if len(takers) < 2:
            return takers
        try:
            return [service for service in takers if service.judge.names(carried.token)] or takers[:1]
        except TokenRejected:
            return takers[:1]

    def _sorted(self, proofs: Mapping[str, Proof], refused: Mapping[str, Refused]) -> Heard:
        enforced = {name: each for name, each in refused.items() if self._looking[name].mode is Mode.ENFORCE}
        return Heard(proofs, enforced, {name: each for name, each in refused.items() if name not in enforced})


def _proof(carried: Carried, token: AccessToken) -> Proof:
    client_id = carried.client_id or ""
    jti, exp = token.jti, token.exp
    grants = tuple([Grant(service, client_id, jti, exp) for service in token.val_service_ids])
    holder = f"{token.issuer} {token.subject}" if token.subject else ""
    return Proof(token.val_user_id, grants, client_id, jti, _entered(carried.speaker), holder)


def _of_two_users(proofs: Collection[Proof]) -> bool:
    """Say whether tokens are of two users: an identity speaks for one at a time.

    One user may have another name in each service, as an MCPTT ID and an MCVideo ID (TS 33.180 B.2.2): then it is the
    one to whom both were issued.
    """
    names = {proof.val_user_id for proof in proofs}
    holders = {proof.holder for proof in proofs if proof.holder}
    return len(names) > 1 and len(holders) > 1


def _meant(verdicts: Mapping[str, Proof | Refused]) -> list[str]:
    """Say for which services a token is meant: where it holds, or else where not only its claims point elsewhere."""
    held = [name for name, verdict in verdicts.items() if isinstance(verdict, Proof)]
    wrong = [name for name, each in verdicts.items() if isinstance(each, Refused) and each.cause not in ELSEWHERE]
    return held or wrong or list(verdicts)


def _refused(
    error: CarrierError | TokenRejected | NotActive, impu: str, service: str, carried: Carried | None = None
) -> Refused:
    in_header = carried is not None and carried.carrier == BEARER.name
    refused = Refused(Refusal.BEARER if in_header else Refusal.TOKEN, error.cause.value, impu=impu, service=service)
    refused.__cause__ = error
    refused.detail = str(error)
    return refused


def _event(what: str, refused: Refused, via: str) -> Event:
    return Event(
        what, refused.impu, refused.cause, via=via, jti=refused.jti, service=refused.service, detail=refused.detail
    )


_usual = re.compile(r"<(sip:[A-Za-z0-9\-_.+]+@[a-z0-9\-.]+)>").fullmatch


def _entered(speaker: str) -> str:
    """Give the IMPU in the UE's own To; nothing where it cannot be read, for nothing rests on it alone."""
    usual = _usual(speaker)
    if usual is not None:
        return usual[1]
    try:
        return impu_of(NameAddr.parse(speaker).uri) if speaker else ""
    except (ParseError, Refused):
        return ""
