"""Who plays which part: from an address on the wire to a name, and from a name to the parts it may be called by.

A scenario says `from: ue` or `from: alice`, `to: core` or `to: scscf`. Where a lab has two domains, these are the parts
of the home domain; those of the other have its name before theirs, as in `partner.scscf`. Knows no message.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from attrs import frozen

from valkit.sip.hop import Hop

UE = "ue"
CORE = "core"
PCSCF = "pcscf"
ICSCF = "icscf"
SCSCF = "scscf"
HSS = "hss"
VALSERVER = "valserver"
IDMS = "idms"
KMS = "kms"
CMS = "cms"
GMS = "gms"
PROXY = "proxy"
GATEWAY = "gateway"

HOME = ""
"""The domain that every lab has."""
PARTNER = "partner"
"""The second domain of a lab, if it has one."""
DOMAINS = (HOME, PARTNER)

TITLES = {
    UE: "VAL UE",
    CORE: "SIP core",
    PCSCF: "P-CSCF",
    ICSCF: "I-CSCF",
    SCSCF: "S-CSCF",
    HSS: "HSS",
    VALSERVER: "VAL server",
    IDMS: "S-IdMS",
    KMS: "S-KMS",
    CMS: "S-CMS",
    GMS: "S-GMS",
    PROXY: "HTTP proxy",
    GATEWAY: "Gateway",
}
"""What a part is called in a ladder."""

ELEMENTS_OF_CORE = frozenset({PCSCF, ICSCF, SCSCF, HSS})


def within(domain: str, name: str) -> str:
    """Give the name by which a lab knows somebody of a domain."""
    return f"{domain}.{name}" if domain else name


def apart(name: str) -> tuple[str, str]:
    """Give the domain of somebody, and the name there."""
    own = name.removeprefix(f"{PARTNER}.")
    return (HOME if own == name else PARTNER), own


@frozen
class Cast:
    """The parts of one lab by the addresses they speak from, and the names of its UEs."""

    by_host: Mapping[str, str]
    ues: AbstractSet[str]

    def name(self, hop: Hop) -> str:
        """Who is at this address; the address itself where nobody of the lab is."""
        return self.host_name(hop.host)

    def host_name(self, host: str) -> str:
        """Who is at this host."""
        return self.by_host.get(host, host)

    def part(self, name: str) -> str:
        """Give the part that somebody plays in a figure: a UE, the SIP core, or what the name says."""
        if name in self.ues:
            return UE
        domain, own = apart(name)
        return within(domain, CORE) if own in ELEMENTS_OF_CORE else name

    def plays(self, name: str, wanted: str) -> bool:
        """Whether `wanted` may mean this one: by name or by part; a core all at one address is each of its elements."""
        if wanted in {name, self.part(name)}:
            return True
        (domain, own), (at, element) = apart(name), apart(wanted)
        return own == CORE and domain == at and element in ELEMENTS_OF_CORE

    def holder(self, name: str) -> str:
        """Give whose phone this is: with a subscription in a partner domain it is still the same person's."""
        own = apart(name)[1]
        return own if name in self.ues and own in self.ues else name

    def title(self, name: str) -> str:
        """Give what stands above its line in a ladder."""
        domain, own = apart(name)
        title = f"UE {own}" if name in self.ues else TITLES.get(own, own)
        return f"{domain.capitalize()} {title}" if domain else title
