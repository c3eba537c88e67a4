"""Whose tokens each VAL service believes: the policy of an issuer's tokens for it, and all issuers kept up to date."""

from collections.abc import Mapping

from attrs import frozen

from valkit.net.trust.issuers import Issuers
from valkit.tokens import TokenPolicy
from valserver.profiles import Profile
from valserver.service_settings import TokenSettings


@frozen(eq=False)
class Trust:
    """The issuers of every VAL service, to be kept up to date together."""

    judges: Mapping[str, Issuers]

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
