"""What an HTTP proxy can be told. It passes nothing on to a server that is not named here."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from seal.access.credentials import identity_in
from seal.proxy.errors import Refused
from seal.proxy.target import authority_of
from valkit.net.certificates import TlsSettings
from valkit.net.monitoring.settings import Monitored
from valkit.settings import Duration, Settings, YesNo, written_as

Network = Annotated[IPv4Network | IPv6Network, written_as(ip_network, "192.0.2.0/24")]
Method = Literal["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"]
METHODS: tuple[Method, ...] = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH")


def _origin(text: str) -> str:
    """Read where a server is: https, a host, no path."""
    parts = urlsplit(text)
    if parts.scheme != "https" or not parts.hostname or parts.path.strip("/") or parts.query or parts.username:
        raise ValueError(text)
    return f"https://{parts.netloc}"


def _host(text: str) -> str:
    """Read a host that requests name, or a wildcard."""
    star, name = ("*.", text[2:]) if text.startswith("*.") else ("", text)
    try:
        return star + authority_of(name.encode())
    except (Refused, UnicodeEncodeError) as error:
        raise ValueError(text) from error


def _identity(text: str) -> str:
    if not text or identity_in(text) != text:
        raise ValueError(text)
    return text


Origin = Annotated[str, written_as(_origin, "https://127.0.0.10:8446")]
Host = Annotated[str, written_as(_host, "skms.home.example, 127.0.0.10:8446 or *.partner.example")]
Identity = Annotated[str, written_as(_identity, "sip:val@home.example")]
PathStart = Annotated[str, Field(pattern=r"^/[\x21-\x7e]*$")]


class ServerRoute(Settings):
    """A server of one's own: the proxy is its reverse proxy."""

    hosts: Annotated[tuple[Host, ...], Field(min_length=1)]
    """The hosts in requests that are for it, with the port unless that is 443."""
    to: Origin
    """Where it is reached; its certificate is for the host in this."""
    paths: Annotated[tuple[PathStart, ...], Field(min_length=1)] = ("/",)
    """What paths must begin with, one of these. So servers can share a host."""
    methods: frozenset[Method] = frozenset(METHODS)
    """Methods that are passed on."""


class PartnerRoute(ServerRoute):
    """A server, or the HTTP proxy, of a partner: requests are forwarded as far as this says."""

    domain: str
    """The partner, for log and trace."""
    authorities: Path | None = None
    """PEM file with who vouches for the partner's certificate; by default those of `tls`."""
    asserts: YesNo = False
    """Whether the partner is told the asserted identity of a network function."""


class NetworkFunctionSettings(Settings):
    """A network function that may ask without a token: the proxy vouches for its identity."""

    identities: Annotated[tuple[Identity, ...], Field(min_length=1)]
    """What it may be: public service identities, VAL group IDs, VAL service IDs; the first if it does not say."""
    names: tuple[str, ...] = ()
    """Names, one of which its client certificate must have."""
    peers: tuple[Network, ...] = ()
    """Networks that it calls from. With `names` both are asked."""

    @model_validator(mode="after")
    def _known_by_something(self) -> Self:
        if not self.names and not self.peers:
            raise ValueError("a network function is known by names (of its certificate), peers (networks), or both")
        return self


class Limits(Settings):
    """How much a client may take, in bytes, time and number."""

    header: Annotated[int, Field(ge=1_024)] = 16_384
    """Bytes of a request's head."""
    body: Annotated[int, Field(ge=0)] = 16 * 1024 * 1024
    """Bytes of a request's body."""
    connections: Annotated[int, Field(ge=1)] = 400
    """Connections at a time."""
    per_host: Annotated[int, Field(ge=1)] = 100
    """Connections from one address among them."""
    per_server: Annotated[int, Field(ge=1)] = 100
    """Requests under way to one server; a further one is told 503."""
    per_server_and_host: Annotated[int, Field(ge=1)] = 25
    """Those from one address among them, so that no host has a server to itself with requests that do not end."""
    idle: Annotated[Duration, Field(gt=0)] = 60.0
    """How long a connection may be without a request; without its first one 10 s at most."""
    head: Annotated[Duration, Field(gt=0)] = 15.0
    """From the first byte of a request to the end of its head."""
    progress: Annotated[Duration, Field(gt=0)] = 30.0
    """How long a body that is under way may stand still, up or down."""
    answer: Annotated[Duration, Field(gt=0)] = 30.0
    """How long a server may take to begin its answer."""
    longest: Annotated[Duration, Field(gt=0)] = 600.0
    """How long request and answer may take altogether."""
    connecting: Annotated[Duration, Field(gt=0)] = 5.0
    """How long a connection to a server may take to stand."""


class ProxySettings(Monitored):
    """All settings of `val proxy`."""

    host: str = "127.0.0.9"
    """The IP address to listen on."""
    port: Annotated[int, Field(ge=0, le=65_535)] = 8_445
    """0 takes a free one."""
    name: str = "proxy.home.example"
    """This proxy's name: in Via and Forwarded, and beside `host` in the lab's certificate."""
    tls: TlsSettings = TlsSettings()
    client_certificates: Literal["none", "asked", "required"] = "asked"
    """Whether clients show certificates: `asked` takes UEs without and network functions with one, `required` wants one
    of everybody (the tunnel modes of TS 24.547 A.2.1)."""
    servers: tuple[ServerRoute, ...] = ()
    """The own provider's servers."""
    partners: tuple[PartnerRoute, ...] = ()
    """Servers of partners, as far as requests are forwarded there."""
    network_functions: tuple[NetworkFunctionSettings, ...] = ()
    """Who may ask without a token, as whom."""
    limits: Limits = Limits()
    log: Literal["events", "errors"] = "events"
    """What is logged: every request, or only what was refused or went wrong."""

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if not self.servers and not self.partners:
            raise ValueError("servers is missing: who is behind this proxy (hosts, to)")
        if self.client_certificates == "none" and any(each.names for each in self.network_functions):
            raise ValueError("network_functions have names, which are seen only where client_certificates are asked")
        taken = [(host, path) for each in (*self.servers, *self.partners) for host in each.hosts for path in each.paths]
        if len(set(taken)) != len(taken):
            raise ValueError("servers and partners have a host twice with the same path")
        return self
