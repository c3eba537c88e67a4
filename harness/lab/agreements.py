"""What the operators of two domains have agreed on, entered in both identity servers (clause 5.X.4.2, DOM-04).

Keys go from one to the other as certificates, out of band: by the operators' hands, and over no interface of the
standards.
"""

from harness.lab.domain import Domain
from harness.lab.identity import keys_in
from harness.plans.briefs import partner_brief
from seal.idms.tokens.certificates import certificate
from seal.idms.tokens.keys import KeyRing

CERTIFIED = 365 * 86_400.0
"""Seconds for which the partner is to believe a key."""


async def agree(one: Domain, other: Domain) -> None:
    """Let both operators enter what is agreed on; both servers run."""
    for domain, partner in ((one, other), (other, one)):
        place = domain.idms.place
        entry = partner_brief(domain.plan, partner.idms.place.issuer, certificates(partner))
        place.partners.append(entry)
        await place.operator().create("partners", entry)


def certificates(domain: Domain, *, newest: bool = False) -> str:
    """Give the certificates of all keys that a domain has published, or of the one that signs by now, in PEM."""
    place = domain.idms.place
    now = place.around.clock.seconds()
    keys = KeyRing(keys_in(place.brief), (), 0.0, now).signing()
    return "".join(certificate(key, place.issuer, now, CERTIFIED) for key in (keys[:1] if newest else keys))
