"""Who is at which address of loopback: 127.B.D.n, where B is the worker of a parallel run, and D the domain.

Who talks to another machine is at an address of this one instead. Values only. Ports are whatever is free: an address
says who is there, and two labs at the same addresses do not meet.
"""

from collections.abc import Mapping

from attrs import field, frozen, validators

from harness.seen.cast import CMS, DOMAINS, GATEWAY, GMS, HOME, ICSCF, IDMS, KMS, PCSCF, PROXY, SCSCF, VALSERVER, within

AUTHORIZATION = f"{IDMS}.authorization"
"""The identity server's authorization endpoint; its token endpoint has another address (clause 5.X.2.2)."""
TOKEN = f"{IDMS}.token"
IDMS_ADMIN = f"{IDMS}.admin"
VALSERVER_ADMIN = f"{VALSERVER}.admin"
KMS_ADMIN = f"{KMS}.admin"
CMS_ADMIN = f"{CMS}.admin"
GMS_ADMIN = f"{GMS}.admin"
VALSERVER_MIGRATION = f"{VALSERVER}.migration"
"""Where the VAL server hears its gateway; the gateway has a side towards it, and one towards other domains."""
GATEWAY_OUTER = f"{GATEWAY}.outer"

NUMBERS: Mapping[str, int] = {
    AUTHORIZATION: 2,
    TOKEN: 3,
    IDMS_ADMIN: 4,
    PCSCF: 21,
    ICSCF: 22,
    SCSCF: 23,
    VALSERVER: 31,
    VALSERVER_ADMIN: 32,
    VALSERVER_MIGRATION: 33,
    KMS: 41,
    KMS_ADMIN: 42,
    CMS: 51,
    CMS_ADMIN: 52,
    GMS: 61,
    GMS_ADMIN: 62,
    PROXY: 71,
    GATEWAY: 81,
    GATEWAY_OUTER: 82,
}
"""The last octet of each site. It is called as its part is, or has the part's name before a dot; the nine numbers after
that of a server are for its further sites."""

PHONES = (*range(11, 21), *range(101, 255))
"""The last octets of phones, in the order in which the lab names them."""


@frozen
class Hosts:
    """The addresses of one domain."""

    block: int = field(default=0, validator=[validators.ge(0), validators.le(255)])
    """Whose run it is, of several beside each other."""
    domain: str = field(default=HOME, validator=validators.in_(DOMAINS))
    moved: Mapping[str, str] = {}
    """Sites that are not on loopback, and at which addresses they are."""

    def of(self, site: str) -> str:
        """Give the address of a site."""
        return self.moved.get(site) or self._address(NUMBERS[site])

    def phone(self, nth: int) -> str:
        """Give the address of a phone, counted from 0."""
        return self._address(PHONES[nth])

    def parts(self) -> dict[str, str]:
        """Give who is at each address, by the names that a lab has for them; phones are not among them."""
        return {self.of(site): within(self.domain, site.partition(".")[0]) for site in NUMBERS}

    def _address(self, number: int) -> str:
        return f"127.{self.block}.{DOMAINS.index(self.domain)}.{number}"
