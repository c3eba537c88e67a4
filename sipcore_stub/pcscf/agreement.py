"""The P-CSCF's security agreement with each UE: what it offers, and whether the UE keeps to it (RFC 3329, TS 33.203 7).

Pure. The mechanisms are agreed on and their parameters carried; there are no IPsec security associations beneath them.
A REGISTER that answers a challenge, and whatever a registered UE sends, has to show the agreement: so nobody between
the two can have taken the better mechanisms out of it.
"""

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Final

from attrs import define, field, frozen

from sipcore_stub.errors import Cause, Refused
from valkit.ids import Ids
from valkit.sip.grammar import Params
from valkit.sip.hop import Hop
from valkit.sip.message import Request, Response
from valkit.sip.security import CLIENT, SEC_AGREE, SERVER, VERIFY, Mechanism, mechanisms, mirrored

IPSEC: Final = "ipsec-3gpp"
TLS: Final = "tls"

MOST_PENDING = 10_000
"""Agreements that are offered and not yet taken up; the oldest go first."""


class Policy(Enum):
    """What is made of security agreements."""

    IGNORE = "ignore"
    """Nothing: a UE that requires one is refused (420)."""
    ACCEPT = "accept"
    """A UE that offers mechanisms gets one."""
    REQUIRE = "require"
    """A UE that offers none is refused (421), unless it comes over TLS."""


@frozen
class Offer:
    """What a P-CSCF can do, the best first."""

    policy: Policy = Policy.IGNORE
    mechanisms: tuple[str, ...] = (IPSEC, TLS)
    algorithms: tuple[str, ...] = ("hmac-sha-1-96", "hmac-md5-96")
    """Integrity algorithms of ipsec-3gpp."""
    ciphers: tuple[str, ...] = ("aes-cbc", "des-ede3-cbc", "null")
    """Encryption algorithms of ipsec-3gpp."""

    def takes(self, mechanism: Mechanism) -> bool:
        """Say whether a UE's mechanism is one of ours."""
        if mechanism.name not in self.mechanisms:
            return False
        if mechanism.name != IPSEC:
            return True
        kind = mechanism.get("prot") or "esp", mechanism.get("mod") or "trans"
        known = mechanism.get("alg") in self.algorithms and (mechanism.get("ealg") or "null") in self.ciphers
        return known and kind == ("esp", "trans")

    def liking(self, mechanism: Mechanism) -> tuple[int, int, int]:
        """Give its place in our own order."""
        if mechanism.name != IPSEC:
            return self.mechanisms.index(mechanism.name), 0, 0
        cipher = self.ciphers.index(mechanism.get("ealg") or "null")
        return self.mechanisms.index(IPSEC), self.algorithms.index(mechanism.get("alg") or ""), cipher


NOTHING: Final = Offer()


@frozen
class Agreement:
    """What was offered to a UE: what it said, what we said, and what follows from both."""

    client: tuple[Mechanism, ...]
    server: tuple[Mechanism, ...]
    """The best first."""

    @property
    def chosen(self) -> str:
        """The mechanism that the UE has to use: the best of ours, as we told it nothing that it cannot do."""
        return self.server[0].name

    def is_kept(self, request: Request, source: Hop) -> bool:
        """Say whether a request mirrors what we offered, and came by TLS if that was chosen."""
        shown = mirrored(mechanisms(request.headers.all(VERIFY)), self.server)
        return shown and (self.chosen != TLS or source.transport == "tls")


@define
class Agreements:
    """All agreements that are offered by one P-CSCF; one that is taken up goes into the UE's association."""

    offer: Offer
    _own: Hop
    _ids: Ids
    _pending: dict[tuple[str, str], Agreement] = field(factory=dict)
    """By the UE's host and the Call-ID of its REGISTER."""

    @property
    def options(self) -> frozenset[str]:
        """What a UE may require of us."""
        return frozenset() if self.offer.policy is Policy.IGNORE else frozenset({SEC_AGREE})

    def check_register(self, request: Request, source: Hop, standing: Agreement | None) -> Agreement | None:
        """Give the agreement that a REGISTER keeps, None if it is unprotected; raises Refused (TS 24.229 5.2.2)."""
        if self.offer.policy is Policy.IGNORE:
            return None
        if not _asks(request):
            self._check_without(request, source, standing)
            return None
        if len(request.vias) > 1:
            raise Refused(Cause.NOT_FIRST_HOP)
        agreed = self._pending.get((source.host, request.call_id))
        client = mechanisms(request.headers.all(CLIENT))
        if not any(map(self.offer.takes, client)):
            raise Refused(Cause.NO_AGREEMENT, "no mechanism in common", self._told(self._server(())))
        if not _answers(request) and VERIFY not in request.headers:
            return None
        same = agreed is None or mirrored(client, agreed.client)
        agreed = agreed or standing
        if agreed is None or not same or not agreed.is_kept(request, source):
            raise Refused(Cause.NO_AGREEMENT, source.host, self._told(agreed.server if agreed else self._server(())))
        return agreed

    def check(self, request: Request, source: Hop, standing: Agreement | None) -> None:
        """Refuse a registered UE's request that does not keep its agreement (RFC 3329 2.3.1)."""
        if standing is not None and not standing.is_kept(request, source):
            raise Refused(Cause.NO_AGREEMENT, source.host, self._told(standing.server))

    def challenged(self, request: Request, source: Hop, response: Response) -> Response:
        """Offer an agreement in the 401 to a REGISTER that asks for one."""
        if self.offer.policy is Policy.IGNORE or not _asks(request):
            return response
        agreement = Agreement(client := mechanisms(request.headers.all(CLIENT)), self._server(client))
        self._pending.pop((source.host, request.call_id), None)
        self._pending[source.host, request.call_id] = agreement
        for oldest in list(self._pending)[:-MOST_PENDING]:
            del self._pending[oldest]
        return response.with_header(SERVER, *map(str, agreement.server))

    def settled(self, request: Request, source: Hop) -> Agreement | None:
        """Give the agreement that a granted REGISTER has taken up."""
        return self._pending.pop((source.host, request.call_id), None)

    def _check_without(self, request: Request, source: Hop, standing: Agreement | None) -> None:
        """Refuse a REGISTER without a word of an agreement where there is one, or has to be.

        An answer to a challenge from who was offered one, or has one, has had it taken out on the way (RFC 3329 2.4).
        """
        agreed = self._pending.get((source.host, request.call_id)) or standing
        if agreed is not None and _answers(request):
            raise Refused(Cause.NO_AGREEMENT, source.host, self._told(agreed.server))
        if self.offer.policy is Policy.ACCEPT or source.transport == "tls":
            return
        supports = SEC_AGREE in request.headers.all("Supported")
        cause = Cause.NO_AGREEMENT if supports else Cause.AGREEMENT_REQUIRED
        raise Refused(cause, source.host, [*self._told(self._server(())), ("Require", SEC_AGREE)])

    def _server(self, client: Iterable[Mechanism]) -> tuple[Mechanism, ...]:
        """Give what we offer to a UE: what it can do as well, in our own order; or, to nobody, all there is."""
        wanted = [each for each in (client or self._all()) if self.offer.takes(each)]
        wanted.sort(key=self.offer.liking)
        return tuple(self._offered(each, place) for place, each in enumerate(wanted))

    def _all(self) -> Iterator[Mechanism]:
        for name in self.offer.mechanisms:
            ciphers = self.offer.ciphers if name == IPSEC else ("",)
            for algorithm in self.offer.algorithms if name == IPSEC else ("",):
                for cipher in ciphers:
                    pairs = (("alg", algorithm), ("ealg", cipher))
                    yield Mechanism(name, Params(tuple(pair for pair in pairs if pair[1])))

    def _offered(self, mechanism: Mechanism, place: int) -> Mechanism:
        q = ("q", f"{max(0.9 - place / 100, 0.01):.2f}")
        if mechanism.name != IPSEC:
            return Mechanism(mechanism.name, Params((q,)))
        spi_c, spi_s = (str(256 + int.from_bytes(self._ids.nonce(4)) % (2**32 - 256)) for _ in range(2))
        values = {
            "alg": mechanism.get("alg") or "",
            "ealg": mechanism.get("ealg") or "null",
            "prot": "esp",
            "mod": "trans",
            "spi-c": spi_c,
            "spi-s": spi_s,
            "port-c": str(self._own.port),
            "port-s": str(self._own.port),
        }
        return Mechanism(IPSEC, Params((q, *values.items())))

    @staticmethod
    def _told(server: Iterable[Mechanism]) -> list[tuple[str, str]]:
        return [(SERVER, str(mechanism)) for mechanism in server]


def without_agreement(request: Request) -> Request:
    """Give a copy as it goes on into the network: the agreement is the UE's and ours alone (RFC 3329 2.3.1)."""
    for name in (CLIENT, VERIFY):
        if name in request.headers:
            request = request.without(name)
    for name in ("Require", "Proxy-Require"):
        options = request.headers.all(name)
        if SEC_AGREE in options:
            request = request.with_header(name, *(option for option in options if option != SEC_AGREE))
    return request


def _asks(request: Request) -> bool:
    return any(SEC_AGREE in request.headers.all(name) for name in ("Require", "Proxy-Require"))


def _answers(request: Request) -> bool:
    """Say whether a REGISTER answers a challenge, so that it has to be protected."""
    credentials = request.authorization
    return credentials is not None and bool(credentials.get("nonce"))
