"""The access tokens of the users of a load, had before it begins: given, minted with an issuer's key, or by log-in.

Who has no way to a token does without one.
"""

from collections.abc import Iterable
from typing import Any

from attrs import evolve, frozen
from twisted.internet.defer import DeferredSemaphore, FirstError, gatherResults

from harness.clients.signing_in import NotHad, had, way_of, without_browser
from harness.load.users import User
from ue_sim.identity.form import Answers
from valkit.ids import Ids
from valkit.tokens import Grant, SigningKey, mint

AT_ONCE = 8
"""Log-ins under way at once."""


@frozen
class Issuing:
    """Who issues minted tokens, and what they are to say."""

    key: SigningKey
    issuer: str
    audience: str
    services: tuple[str, ...]
    lifetime: float
    """Seconds; longer than the load takes."""


def minted(users: Iterable[User], issuing: Issuing, now: float, ids: Ids) -> list[User]:
    """Mint a token for each user that has none."""
    return [user if user.token else evolve(user, token=_mint(user, issuing, now, ids)) for user in users]


async def logged_in(reactor: Any, users: list[User]) -> list[User]:
    """Log each user in that has a log-in and no token (figure 5.X.2.3.2-1). Raises NotHad, with whose log-in it was."""
    few = DeferredSemaphore(AT_ONCE)

    async def one(user: User) -> User:
        if user.token is not None or user.login is None or (identity := user.settings.identity) is None:
            return user
        try:
            got = await had(without_browser(way_of(identity), Answers(*user.login))(reactor))
        except NotHad as error:
            raise NotHad(f"{user.login[0]}: {error}", error.code) from None
        return evolve(user, token=got.access_token)

    try:
        return list(await gatherResults([few.run(one, user) for user in users], consumeErrors=True))
    except FirstError as error:
        error.subFailure.raiseException()


def _mint(user: User, issuing: Issuing, now: float, ids: Ids) -> str:
    return mint(
        issuing.key,
        Grant(
            issuer=issuing.issuer,
            audience=issuing.audience,
            val_user_id=user.name,
            val_service_ids=issuing.services,
            jti=ids.nonce(16).hex(),
            issued_at=now,
            lifetime=issuing.lifetime,
        ),
    )
