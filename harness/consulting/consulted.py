"""All that a user hands to the doctor, put together: facts for the diagnoses, and what could not be looked at."""

from collections.abc import Iterable, Iterator
from functools import partial
from hashlib import sha256
from pathlib import Path

from attrs import define, field

from harness.consulting.files import Content
from harness.consulting.given import Authentication, Demands, key_set, token_seen
from harness.diagnosis.cards import Card
from harness.diagnosis.extraction import Knowledge, facts
from harness.diagnosis.facts import Asked, Challenge, Criteria, Fact
from harness.diagnosis.settings import CoreAndServer, PhoneAndCore, PhoneAndServer
from harness.evidence import Evidence
from sipcore_stub.settings import CoreSettings, SubscriberSettings
from ue_sim.settings import UeSettings
from valkit.aka.functions import Functions
from valkit.aka.password import Password
from valkit.aka.vectors import generate
from valkit.net.peers import TrustedPeers
from valkit.tokens import KeySet
from valserver.issuers import policy
from valserver.profiles import PROFILES
from valserver.settings import ServerSettings


@define
class Case:
    """What there is, by kind; each with its name."""

    now: float
    """When tokens are judged that come without a time."""
    given: Authentication = field(factory=Authentication)
    demands: Demands = field(factory=Demands)
    evidence: list[Evidence] = field(factory=list)
    cores: list[tuple[str, CoreSettings]] = field(factory=list)
    phones: list[tuple[str, UeSettings]] = field(factory=list)
    servers: list[tuple[str, ServerSettings]] = field(factory=list)
    criteria: list[Criteria] = field(factory=list)
    tokens: list[tuple[str, str]] = field(factory=list)
    remarks: list[str] = field(factory=list)
    """What could not be looked at, in sentences."""

    def add(self, name: str, content: Content) -> None:
        """Take in a file."""
        match content:
            case Evidence():
                self.evidence.append(content)
                self.remarks += content.remarks
            case tuple():
                self.evidence += content
            case CoreSettings():
                self.cores.append((name, content))
            case UeSettings():
                self.phones.append((name, content))
            case ServerSettings():
                self.servers.append((name, content))
            case Criteria():
                self.criteria.append(content)
            case str():
                self.tokens.append((name, content))

    def facts(self) -> Iterator[Fact | object]:
        """Give everything to look at. Raises NotUsable, OSError."""
        yield from self.given.facts()
        yield from self.criteria
        yield from self._pairs()
        known = self.knowledge()
        for name, token in self.tokens:
            yield token_seen(token, name, self.now, self.demands.asked(token) or known.asked)
        for evidence in self.evidence:
            yield from facts(evidence, known)

    def knowledge(self) -> Knowledge:
        """Give what is known beside the evidence. Raises NotUsable, OSError."""
        cards = dict(self._cards())
        servers = [server for _, server in self.servers]
        networks = [TrustedPeers(server.trusted_peers) for server in servers]
        taken = {name for server in servers for each in server.authorizations.values() for name in each.taken}
        told = Knowledge(cards, self.demands.asked() or tuple(self._asked()), at=self.now)
        if not servers:
            return told
        return Knowledge(cards, told.asked, frozenset(taken), partial(_is_trusted, networks), self.now)

    def _cards(self) -> Iterator[tuple[str, Card]]:
        """Give the keys that are known, those of the card itself before those of the HSS."""
        given = self.given.card()
        if given is not None:
            yield "", given
        for name, core in self.cores:
            for each in core.subscribers:
                yield each.impi, Card(each, f"the keys in {name}", amf=each.amf)
        for name, phone in self.phones:
            yield phone.impi, _phone_card(name, phone)

    def _asked(self) -> Iterator[Asked]:
        """Give every issuer that a server of the settings believes."""
        for name, server in self.servers:
            for service, each in server.authorizations.items():
                for tokens in each.issuers:
                    asked = policy(tokens, PROFILES[each.profile], each.val_service)
                    yield Asked(asked, self._keys(name, tokens.keys), service, frozenset(each.taken))

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

    def _pairs(self) -> Iterator[object]:
        """Give each two settings files that have to fit together."""
        for core_name, core in self.cores:
            for phone_name, phone in self.phones:
                place = f"{phone_name} and {core_name}"
                yield PhoneAndCore(phone, core, place)
                yield from _tried(phone_name, phone, core_name, core.subscribers)
            for server_name, server in self.servers:
                yield CoreAndServer(core, server, f"{core_name} and {server_name}")
        for phone_name, phone in self.phones:
            for server_name, server in self.servers:
                yield PhoneAndServer(phone, server, f"{phone_name} and {server_name}")


def _is_trusted(networks: Iterable[TrustedPeers], host: str) -> bool:
    return any(host in peers for peers in networks)


def _phone_card(name: str, phone: UeSettings) -> Card:
    return Card(phone.usim, f"the keys in {name}", sqn=phone.usim.sqn)


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
            yield Challenge(
                f"{core_name}: the first challenge of {each.impi}", rand, vector.autn, _phone_card(phone_name, phone)
            )
