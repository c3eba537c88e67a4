"""Whose tokens each VAL service believes: the policy of an issuer's tokens for it, and all issuers kept up to date."""

from collections.abc import Mapping
from typing import Any

from attrs import evolve, frozen
from twisted.internet.interfaces import IReactorTime

from valkit.net.https import Agents
from valkit.net.trust.errors import UnusableTrust
from valkit.net.trust.issuers import Issuers, trusted
from valkit.tokens import TokenPolicy
from valserver.errors import CannotStart
from valserver.profiles import PROFILES, Profile
from valserver.service_settings import AuthorizationSettings, TokenSettings


@frozen(eq=False)
class Trust:
    """The issuers of every VAL service, to be kept up to date together."""

    judges: Mapping[str, Issuers]

    def beside(self, judges: Mapping[str, Issuers]) -> "Trust":
        """Give these and the issuers that the same services believe about migration."""
        return Trust({**self.judges, **{f"{name} migration": judge for name, judge in judges.items()}})

    def watch(self) -> None:
        """Keep all keys up to date from now on."""
        for issuers in self.judges.values():
            issuers.watch()

    def stop(self) -> None:
        """Keep nothing up to date any more."""
        for issuers in self.judges.values():
            issuers.stop()

    async def reload(self) -> bool:
        """Read or fetch all keys now; False if any cannot be had."""
        return all([await issuers.reload() for issuers in self.judges.values()])

    def faults(self) -> list[str]:
        """Say what is wrong with whose keys, each once."""
        return list(dict.fromkeys(fault for issuers in self.judges.values() for fault in issuers.faults()))


def issuers(
    settings: AuthorizationSettings,
    reactor: Any,
    clock: IReactorTime,
    agents: Agents | None = None,
    scope: str | None = None,
) -> Issuers:
    """Put the issuers of one VAL service together; `scope` is asked of their tokens in place of the service's own.

    CannotStart if a file is not as it must be.
    """
    profile = PROFILES[settings.profile]
    told = settings.issuers if settings.mode != "off" else ()
    asked = [policy(tokens, profile, settings.val_service) for tokens in told]
    asked = asked if scope is None else [evolve(each, scope=scope) for each in asked]
    try:
        return Issuers([trusted(*each, reactor, clock, agents) for each in zip(told, asked, strict=True)])
    except UnusableTrust as error:
        raise CannotStart(str(error)) from error


def policy(tokens: TokenSettings, profile: Profile, val_service: str | None = None) -> TokenPolicy:
    """Say what is asked of an issuer's tokens for a service of this profile."""
    return TokenPolicy(
        issuer=tokens.issuer,
        audience=tokens.audience,
        scope=tokens.chosen(profile, "scope"),
        algorithms=tokens.algorithms,
        typ=tokens.chosen(profile, "typ") or None,
        leeway=tokens.leeway,
        user_claim=tokens.chosen(profile, "user_claim"),
        services_claim=tokens.chosen(profile, "services_claim"),
        val_service=profile.val_service if val_service is None else val_service,
        required=tokens.chosen(profile, "required"),
    )
