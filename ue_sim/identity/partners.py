"""The way into partner domains (clause 5.X.4.2): for each, a security token from home, then tokens of its own S-IdMS.

Whoever finds out that the user belongs elsewhere calls this: the user profile names a group in a partner domain, or the
user migrates (DOM-05). The connection to each partner's S-IdMS is direct (DOM-03).
"""

from collections.abc import Iterable, Mapping

from ue_sim.identity.client import IdentityClient
from ue_sim.identity.errors import IdentityError
from ue_sim.identity.tokens import TokenSet


async def tokens_at(home: IdentityClient, access_token: str, partner: IdentityClient) -> TokenSet:
    """Get tokens in one partner domain. Raises an IdentityError of whichever of the two servers gave none."""
    return await partner.present(await home.exchange(access_token, partner.issuer))


async def tokens_at_each(
    home: IdentityClient, access_token: str, partners: Iterable[IdentityClient]
) -> Mapping[str, TokenSet | IdentityError]:
    """Get tokens in every one of these domains, by issuer, each with a security token of its own (DOM-06, DOM-10).

    What goes wrong in one keeps nobody out of the others.
    """
    found: dict[str, TokenSet | IdentityError] = {}
    for partner in partners:
        try:
            found[partner.issuer] = await tokens_at(home, access_token, partner)
        except IdentityError as error:
            found[partner.issuer] = error
    return found
