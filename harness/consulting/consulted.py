"""All that a user hands to the doctor, put together: facts for the diagnoses, and what could not be looked at."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from hashlib import sha256
from itertools import product
from pathlib import Path
from typing import TypeVar

from attrs import define, evolve, field

from harness.consulting.files import Content, SettingsOfOurs
from harness.consulting.given import Authentication, Demands, key_set, token_seen
from harness.diagnosis.cards import Card
from harness.diagnosis.extraction import Knowledge, facts
from harness.diagnosis.facts import Asked, Challenge, Criteria, Fact
from harness.diagnosis.settings import CoreAndServer, IdentityAndPhone, IdentityAndServer, PhoneAndCore, PhoneAndServer
from harness.evidence import Evidence, placed_in
from seal.idms.settings import IdmsSettings
from sipcore_stub.hss.subscribers import SubscriberSettings
from sipcore_stub.settings import CoreSettings
from ue_sim.settings import UeSettings
from valkit.aka.functions import Functions
from valkit.aka.password import Password
from valkit.aka.vectors import generate
from valkit.net.peers import TrustedPeers
from valkit.tokens import KeySet
from valserver.issuers import policy
from valserver.profiles import PROFILES
from valserver.settings import ServerSettings

M = TypeVar("M", bound=SettingsOfOurs)

PAIRS: tuple[tuple[type[SettingsOfOurs], type[SettingsOfOurs], Callable[..., object]], ...] = (
    (UeSettings, CoreSettings, PhoneAndCore),
    (CoreSettings, ServerSettings, CoreAndServer),
    (UeSettings, ServerSettings, PhoneAndServer),
    (IdmsSettings, UeSettings, IdentityAndPhone),
    (IdmsSettings, ServerSettings, IdentityAndServer),
)
"""Settings that have to fit together, and the fact that two of them are."""


@define
class Case:
    """What there is, by kind; each with its name."""

    now: float
    """When tokens are judged that come without a time."""
    given: Authentication = field(factory=Authentication)
    demands: Demands = field(factory=Demands)
    evidence: list[tuple[str, Evidence]] = field(factory=list)
    """What was seen; of one file among several with its name, and otherwise with none."""
    settings: list[tuple[str, SettingsOfOurs]] = field(factory=list)
    criteria: list[Criteria] = field(factory=list)
    tokens: list[tuple[str, str]] = field(factory=list)
    remarks: list[str] = field(factory=list)
    """What could not be looked at, in sentences."""

    def add(self, name: str, content: Content) -> None:
        """Take in a file."""
        match content:
            case Evidence():
                self.evidence.append((name, content))
            case tuple():
                self.evidence += (("", each) for each in content)
            case Criteria():
                self.criteria.append(content)
            case str():
                self.tokens.append((name, content))
            case _:
                self.settings.append((name, content))

    def facts(self) -> Iterator[Fact | object]:
        """Give everything to look at. Raises NotUsable, OSError."""
        yield from self.given.facts()
        servers = frozenset((hop.host, hop.port) for _, server in self._of(ServerSettings) for hop in server.listen)
        yield from (evolve(each, servers=servers) for each in self.criteria)
        yield from self._pairs()
        known = self.knowledge()
        for name, token in self.tokens:
            yield token_seen(token, name, self.now, known.asked(token))
        for evidence in self._told_apart():
            yield from facts(evidence, known)

    def _told_apart(self) -> Iterator[Evidence]:
        """Give the evidence; where there are several files each place says which one it is in."""
        for name, evidence in self.evidence:
            apart = placed_in(name, evidence) if name and len(self.evidence) > 1 else evidence
            for remark in apart.remarks:
                self._remark(remark)
            yield apart

    def knowledge(self) -> Knowledge:
        """Give what is known beside the evidence. Raises NotUsable, OSError."""
        cards = dict(self._cards())
        servers = [server for _, server in self._of(ServerSettings)]
        networks = [TrustedPeers(server.trusted_peers) for server in servers]
        taken = {name for server in servers for each in server.authorizations.values() for name in each.taken}
        told = Knowledge(cards, self._judges(), at=self.now)
        if not servers:
            return told
        return evolve(told, looked=frozenset(taken), trusts=partial(_is_trusted, networks))

    def _judges(self) -> Callable[[str], tuple[Asked, ...]]:
        """Say who judges a token. What is asked on the command line comes before settings; keys alone go into them."""
        keys = self.demands.keys()
        settled = tuple(self._asked(keys)) if self.demands.are_none else ()
        return lambda token: settled or self.demands.asked(keys, token)

    def _cards(self) -> Iterator[tuple[str, Card]]:
        """Give the keys that are known, those of the card itself before those of the HSS."""
        given = self.given.card()
        if given is not None:
            yield "", given
        network = {each.impi: _core_card(name, each) for name, core in self._of(CoreSettings) for each in core.everyone}
        yield from network.items()
        for name, phone in self._of(UeSettings):
            yield phone.impi, _phone_card(name, phone, network.get(phone.impi))

    def _asked(self, given: KeySet | None) -> Iterator[Asked]:
        """Give every issuer that a server of the settings believes, with the keys that are given, or its own."""
        for name, server in self._of(ServerSettings):
            for service, each in server.authorizations.items():
                for tokens in each.issuers:
                    asked = policy(tokens, PROFILES[each.profile], each.val_service)
                    keys = self._keys(name, tokens.keys) if given is None else given
                    yield Asked(asked, keys, service, frozenset(each.taken))

    def _keys(self, name: str, path: Path | None) -> KeySet | None:
        if path is None:
            self._remark(f"{name} has keys fetched from a URL, which is not asked: give them with --jwks FILE.")
            return None
        try:
            return key_set(path)
        except OSError as error:
            self._remark(f"{name}: {path} cannot be read ({error.strerror}), so no signature is looked at.")
            return None

    def _remark(self, sentence: str) -> None:
        if sentence not in self.remarks:
            self.remarks.append(sentence)

    def _of(self, model: type[M]) -> list[tuple[str, M]]:
        """Give the settings of this kind, each with its name."""
        return [(name, settings) for name, settings in self.settings if isinstance(settings, model)]

    def _pairs(self) -> Iterator[object]:
        """Give each two settings files that have to fit together, and the challenge of a core to a phone."""
        for first, second, pair in PAIRS:
            for (one_name, one), (other_name, other) in product(self._of(first), self._of(second)):
                yield pair(one, other, f"{one_name} and {other_name}")
        for (phone_name, phone), (core_name, core) in product(self._of(UeSettings), self._of(CoreSettings)):
            yield from _tried(phone_name, phone, core_name, core.everyone)


def _is_trusted(networks: Iterable[TrustedPeers], host: str) -> bool:
    return any(host in peers for peers in networks)


def _core_card(name: str, subscriber: SubscriberSettings) -> Card:
    return Card(subscriber, f"the keys in {name}", amf=subscriber.amf, impi=subscriber.impi)


def _phone_card(name: str, phone: UeSettings, other: Card | None) -> Card:
    return Card(phone.usim, f"the keys in {name}", sqn=phone.usim.sqn, impi=phone.impi, other=other)


def _tried(
    phone_name: str, phone: UeSettings, core_name: str, subscribers: Iterable[SubscriberSettings]
) -> Iterator[Challenge]:
    """Give the challenge that the core would send to the phone, made as its HSS makes the first one."""
    for each in subscribers:
        functions: Functions | Password = each.functions
        if each.impi == phone.impi and not isinstance(functions, Password):
            rand = sha256(each.impi.encode()).digest()[:16]
            sqn = each.layout.after(int.from_bytes(each.sqn))
            vector = generate(functions, rand, sqn, each.amf)
            card = _phone_card(phone_name, phone, _core_card(core_name, each))
            yield Challenge(f"{core_name}: the first challenge of {each.impi}", rand, vector.autn, card)
