"""Tokens that a phone obtains in a step: which phone, under which name, and whether it is to be refused."""

from collections.abc import Awaitable, Mapping
from typing import TypeVar

from pydantic import Field

from harness.errors import Finding, Unmet
from harness.explaining import claims_of
from harness.grammar.refusals import refused_so
from harness.grammar.vocabulary import Arguments
from harness.stage import Minted, Stage
from ue_sim.identity.errors import IdentityError, Refused
from ue_sim.identity.tokens import TokenSet


class Asked(Arguments):
    """Which phone, and what is to come of it."""

    short = "ue"

    ue: str
    """Which phone."""
    name: str = Field("default", alias="as")
    """What the scenario calls the token."""
    refused: str | None = None
    """It is to fail, with this OAuth error code, or with what the phone calls it: not signed in, unreachable,
    unusable, doubtful. Without it, it is to succeed."""

    def token_given(self) -> str | None:
        """Name the token that comes of it, if one is to."""
        return self.name if self.refused is None else None


T = TypeVar("T")


async def obtained(stage: Stage, told: Asked, work: Awaitable[TokenSet]) -> None:
    """Keep what comes of it, or hold the refusal against the one wanted."""
    tokens = await judged(stage, told, work)
    if tokens is not None:
        keep(stage, told.name, tokens)


async def judged(stage: Stage, told: Asked, work: Awaitable[T]) -> T | None:
    """Give what comes of it; None if it was refused as it was to be. Raises Unmet where it went otherwise."""
    try:
        found = await stage.lab.patience.during(work)
    except IdentityError as error:
        got = error.code if isinstance(error, Refused) else type(error).__name__
        if not refused_so(told.refused, got):
            raise Unmet(Finding(told.refused or "tokens", str(error))) from None
        return None
    if told.refused is not None:
        raise Unmet(Finding(f"a refusal: {told.refused}", "tokens"))
    return found


def keep(stage: Stage, name: str, tokens: TokenSet) -> None:
    """Let a scenario speak of these tokens by this name."""
    claims = claims_of(tokens.access_token)
    id_claims: Mapping[str, object] = claims_of(tokens.id_token) if tokens.id_token else {}
    stage.tokens[name] = Minted(name, str(claims.get("jti")), claims, id_claims)
    stage.granted[name] = tokens
