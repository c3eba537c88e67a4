"""What a lab's file says of a part that is not ours: where it is, whom to trust, what may be looked at. Values only."""

from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from valkit.settings import Duration, HttpsUrl, Settings, written_as
from valkit.sip.hop import Hop


def placed(text: str) -> Hop:
    """Read `transport:address:port`; ValueError or ParseError if it is not that."""
    hop = Hop.parse(text)
    return hop._replace(host=str(ip_address(hop.host)))


Host = Annotated[str, written_as(lambda text: str(ip_address(text)), "192.0.2.31, an address and no name")]
HopText = Annotated[Hop, written_as(placed, "udp:192.0.2.31:5060, with an address and no name")]
"""By their addresses traces tell who sent what to whom, and a VAL server whom to trust."""

Probe = Literal["options", "tcp", "no"]
"""How to tell that it is there: it answers OPTIONS in whatever way, takes a TCP connection, or nobody asks."""


class ExternalValServer(Settings):
    """A VAL server that is not ours."""

    address: HopText
    """Where it receives SIP: the core is told to send REGISTER and PUBLISH there."""
    hosts: tuple[Host, ...] = ()
    """Further addresses that it sends from."""
    admin: str | None = None
    """Where bindings and events may be looked at, if it has an admin site of the same shape as ours: `GET /bindings`,
    `GET /events`. Without it, what it binds and why it refuses is not observable."""
    probe: Probe = "options"
    """How to tell that it is there."""


class ExternalCore(Settings):
    """A SIP core that is not ours, with the lab's phones provisioned in its HSS, keys and all."""

    pcscf: HopText
    """Where phones send."""
    tls_port: int | None = None
    """Where its P-CSCF takes TLS, for phones that ask for a security agreement."""
    peers: tuple[Host, ...] = ()
    """Addresses of the elements that send to the VAL server, third-party REGISTERs first of all; without them, that of
    the P-CSCF."""
    probe: Probe = "options"
    """How to tell that it is there."""

    @property
    def hosts(self) -> tuple[str, ...]:
        """The addresses that send to the VAL server."""
        return self.peers or (self.pcscf.host,)


class ExternalIdms(Settings):
    """An identity server that is not ours, with the lab's users and a client for its phones."""

    issuer: HttpsUrl
    """`iss` of its tokens; its discovery document is looked for beneath."""
    authorities: Path
    """PEM file with whom to trust."""
    client_id: str = "val-client"
    """What it knows the phones' app by."""
    secret_file: Path | None = None
    """File with the app's secret, for a server that wants one; it is sent in the header."""
    redirect_uri: str = "http://127.0.0.1/signed-in"
    """Where codes may be sent, as it is registered there. Nobody has to listen: the phone looks at the address."""
    signing_key: Path | None = None
    """Private key, PEM or JWK, whose public half it publishes: with it scenarios may mint tokens, honest and broken.
    Without it, `token.mint` is not applicable."""
    probe: Literal["discovery", "no"] = "discovery"
    """How to tell that it is there; `no` where nobody is: then the lab has no more of it than its name and perhaps its
    key, and a scenario in which somebody signs in is not applicable."""


class ExternalUe(Settings):
    """A phone that is not ours. Each verb is a command to be run, or else somebody's doing that is waited for."""

    host: Host
    """The address that it sends from."""
    register_by: str | None = Field(None, alias="register")
    """Command line for REGISTER, run without a shell. In it stand `{core}` (host:port of the P-CSCF), `{transport}`,
    `{impu}`, `{impi}`, `{expires}`, `{body}` (a file with what the REGISTER is to carry, empty if nothing), `{type}`
    (its media type) and `{here}` (the working directory of `val run`; the command has a folder of the lab's)."""
    deregister_by: str | None = Field(None, alias="deregister")
    """The same for the end of a registration."""
    publish_by: str | None = Field(None, alias="publish")
    """The same for PUBLISH; `{event}` is its event package, `{target}` its Request-URI."""
    within: Duration = 30.0
    """How long one of these may take."""
