"""The configuration management client (SCM-C, TS 24.546 6.2): the user's profile, and what the UE is told (C-4)."""

from attrs import frozen

from ue_sim.documents.errors import Refused, Unusable
from ue_sim.documents.xcap import XcapClient
from valkit.documents import (
    NoSuchDocument,
    UeConfiguration,
    UserProfile,
    profile_selector,
    ue_configuration_selector,
)


@frozen
class ConfigurationClient:
    """One user's way to one configuration management server."""

    xcap: XcapClient

    async def profile(self, token: str | None, service: str, user: str, index: int | None = None) -> UserProfile:
        """Get the user's profile in a VAL service (TS 24.546 6.2.4). Raises a DocumentsError."""
        text, _ = await self.xcap.get(token, profile_selector(service, user, index))
        try:
            return UserProfile.read(text)
        except NoSuchDocument as error:
            raise Unusable(f"the profile is not understood: {error}") from None

    async def ue_configuration(self, token: str | None, service: str, user: str) -> UeConfiguration | None:
        """Get the UE configuration of a VAL service: the user's own, else the one for all; None where there is none.

        Raises a DocumentsError (TS 24.546 6.2.3).
        """
        for selector in (ue_configuration_selector(service, user), ue_configuration_selector(service)):
            try:
                text, _ = await self.xcap.get(token, selector)
            except Refused as refused:
                if refused.status == 404:
                    continue
                raise
            try:
                return UeConfiguration.read(text)
            except NoSuchDocument as error:
                raise Unusable(f"the UE configuration is not understood: {error}") from None
        return None
