"""Where requests go: the own provider's servers by their host, and those of partners as far as the policy says."""

from collections.abc import Iterable, Mapping

from attrs import field, frozen

from seal.proxy.errors import Refusal, Refused
from seal.proxy.target import Target


@frozen
class Route:
    """One server behind the proxy."""

    name: str
    """What log and trace call it: its first host."""
    hosts: tuple[str, ...]
    """As `target.authority_of` writes them; `*.partner.example` stands for every name under it."""
    to: str
    """Where it is reached: `https://host:port`."""
    paths: tuple[str, ...] = ("/",)
    """What paths must begin with, one of these."""
    methods: frozenset[str] = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})
    partner: bool = False
    asserts: bool = True
    """Whether it is told the asserted identity of a network function."""

    def require(self, method: str, target: Target) -> None:
        """Raise Refused unless requests of this kind go there."""
        if method not in self.methods:
            raise Refused(Refusal.NOT_FORWARDED, f"{method} to {self.name}")
        if not any(target.plain_path.startswith(path) for path in self.paths):
            raise Refused(Refusal.NOT_FORWARDED, f"{target.plain_path} at {self.name}")


def _by_host(routes: Iterable[Route]) -> Mapping[str, tuple[Route, ...]]:
    found: dict[str, tuple[Route, ...]] = {}
    for route in routes:
        for host in route.hosts:
            found[host] = (*found.get(host, ()), route)
    return found


@frozen
class Routes:
    """All of them. Several may share a host if their paths differ; then the longest path that fits decides."""

    _hosts: Mapping[str, tuple[Route, ...]] = field(converter=_by_host)

    def find(self, method: str, target: Target) -> Route:
        """Give the route for a request. Raises Refused."""
        routes = self._hosts.get(target.authority) or self._wildcard(target.authority)
        if not routes:
            raise Refused(Refusal.UNKNOWN_HOST, target.authority)
        route = max(routes, key=lambda each: _fits(each, target.plain_path))
        route.require(method, target)
        return route

    def _wildcard(self, authority: str) -> tuple[Route, ...]:
        name, colon, port = authority.partition(":")
        while "." in name:
            name = name.partition(".")[2]
            routes = self._hosts.get(f"*.{name}{colon}{port}")
            if routes:
                return routes
        return ()


def _fits(route: Route, path: str) -> int:
    return max((len(each) for each in route.paths if path.startswith(each)), default=-1)
