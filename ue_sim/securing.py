"""The UE's side of the security agreement with its P-CSCF, pure (RFC 3329, TS 24.229 5.1.1.2.2, 5.1.1.5.1).

The mechanisms are agreed on and their parameters carried; with ipsec-3gpp there are no security associations beneath
them, with tls the requests go over TLS from the agreement on.
"""

from collections.abc import Iterator

from attrs import define, field, frozen

from valkit.ids import Ids
from valkit.sip.errors import ParseError
from valkit.sip.grammar import Params
from valkit.sip.hop import Hop
from valkit.sip.message import Request, Response
from valkit.sip.security import CLIENT, SEC_AGREE, SERVER, VERIFY, Mechanism, mechanisms

IPSEC = "ipsec-3gpp"
TLS = "tls"
ALGORITHMS = (("hmac-sha-1-96", "aes-cbc"), ("hmac-sha-1-96", "null"), ("hmac-md5-96", "null"))
"""Integrity and encryption algorithms of ipsec-3gpp that a phone offers (TS 33.203 7.2)."""


@frozen
class Wanted:
    """What a phone offers."""

    mechanisms: tuple[str, ...] = ()
    """None: it asks for no agreement."""
    tls_port: int = 5061
    """Where the P-CSCF takes TLS."""


NOTHING = Wanted()


@define
class Securing:
    """The agreement of one phone: what it offers now, and what the P-CSCF has offered."""

    _wanted: Wanted
    _own: Hop
    """Where the phone listens."""
    _ids: Ids
    client: tuple[Mechanism, ...] = field(init=False, default=())
    _server: tuple[Mechanism, ...] = field(init=False, default=())

    @property
    def agreed(self) -> bool:
        """Whether requests show an agreement."""
        return bool(self._server)

    def begin(self, *, anew: bool) -> None:
        """Offer with fresh parameters; `anew` for a UE without registration, which forgets what it had (5.1.1.4.1)."""
        self.client = tuple(self._offered())
        if anew:
            self._server = ()

    def challenged(self, response: Response) -> bool:
        """Take Security-Server of a 401; False if it is missing, or has nothing that was offered (5.1.1.5.1)."""
        if not self._wanted.mechanisms:
            return True
        try:
            self._server = mechanisms(response.headers.all(SERVER))
        except ParseError:
            self._server = ()
        return self._chosen is not None

    def headers(self) -> list[tuple[str, str]]:
        """Give what every REGISTER has."""
        if not self._wanted.mechanisms:
            return []
        return [*((CLIENT, str(mechanism)) for mechanism in self.client), *self._shown(always=True)]

    def secured(self, request: Request) -> Request:
        """Give a request of another method with what it has to show."""
        for name, value in self._shown(always=False):
            request = request.adding(name, value)
        return request

    def way(self, proxy: Hop) -> Hop:
        """Say where requests go: over TLS once that was agreed on."""
        chosen = self._chosen
        tls = chosen is not None and chosen.name == TLS
        return Hop("tls", proxy.host, self._wanted.tls_port) if tls else proxy

    @property
    def _chosen(self) -> Mechanism | None:
        """The best of the P-CSCF's mechanisms that the phone has offered (RFC 3329 2.2)."""
        known = [each for each in self._server if any(_fits(each, own) for own in self.client)]
        return max(known, key=lambda each: each.preference, default=None)

    def _shown(self, *, always: bool) -> Iterator[tuple[str, str]]:
        if always or self.agreed:
            yield "Require", SEC_AGREE
            yield "Proxy-Require", SEC_AGREE
        yield from ((VERIFY, str(mechanism)) for mechanism in self._server)

    def _offered(self) -> Iterator[Mechanism]:
        for name in self._wanted.mechanisms:
            if name != IPSEC:
                yield Mechanism(name)
                continue
            spi_c, spi_s = (str(256 + int.from_bytes(self._ids.nonce(4)) % (2**32 - 256)) for _ in range(2))
            ports = {"spi-c": spi_c, "spi-s": spi_s, "port-c": str(self._own.port), "port-s": str(self._own.port)}
            for algorithm, cipher in ALGORITHMS:
                values = {"alg": algorithm, "ealg": cipher, "prot": "esp", "mod": "trans"} | ports
                yield Mechanism(name, Params(tuple(values.items())))


def _fits(server: Mechanism, own: Mechanism) -> bool:
    """Say whether a mechanism of the P-CSCF's is one that the phone has offered."""
    same = all(server.get(name) == own.get(name) for name in ("alg", "ealg")) if own.name == IPSEC else True
    return server.name == own.name and same
