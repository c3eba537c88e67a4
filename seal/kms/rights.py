"""What who asks may have of a key management server: by the VAL services in the token, and by who its user is.

| who asks                               | own keys | another's keys | provision key material            |
|----------------------------------------|----------|----------------|-----------------------------------|
| a VAL user                             | yes      | no             | no                                |
| a VAL server, token without `SKeyProv` | yes      | no             | no                                |
| a VAL server, token with `SKeyProv`    | yes      | yes            | for the VAL services of its token |
| a network function without token       | no       | no             | no                                |
| whose VAL services are none of ours    | no       | no             | no                                |

`SKeyProv` is a claim of TS 33.434 A.2.2: it is there where a VAL server's key management client may provision. The type
of its value is not said, so any but false, zero and empty is a yes. Another's keys are those of a group that the VAL
server serves, or of a UE without a key management client; each time it is given some, that is noted. Pure.
"""

from attrs import field, frozen

from seal.access import Asker
from seal.kms.errors import Cause, KmsRefused
from valkit.keymanagement.errors import Unreadable
from valkit.keymanagement.keysets import ProvisionedKey
from valkit.keymanagement.resources import checked_uri


@frozen
class Services:
    """The VAL services that have keys here: all, or those that are listed, without those that are disabled."""

    listed: frozenset[str] = frozenset()
    """Empty: all."""
    disabled: frozenset[str] = frozenset()

    def among(self, val_service_ids: tuple[str, ...]) -> tuple[str, ...]:
        """Give those of these that have keys here."""
        return tuple(
            each for each in val_service_ids if each not in self.disabled and (not self.listed or each in self.listed)
        )


@frozen
class Rights:
    """Who asks, and for which VAL services."""

    user: str
    """The VAL user ID, which is the URI that keys are for."""
    services: tuple[str, ...]
    provisions: bool = field(default=False)

    def own(self, uri: str) -> bool:
        """Whether these keys are the asker's own."""
        return uri == self.user

    def require_keys_of(self, uri: str) -> None:
        """Raise KmsRefused unless the asker may have the keys of this user or group."""
        if not (self.own(uri) or self.provisions):
            raise KmsRefused(Cause.OTHERS_KEYS)

    def require_provisioning(self, keys: tuple[ProvisionedKey, ...]) -> None:
        """Raise KmsRefused unless the asker may provision these."""
        if not self.provisions:
            raise KmsRefused(Cause.NO_PROVISIONER)
        if not {key.val_service_id for key in keys} <= set(self.services):
            raise KmsRefused(Cause.OTHERS_SERVICE)


def rights_of(asker: Asker, services: Services) -> Rights:
    """Give what this asker may have. Raises KmsRefused where that is nothing."""
    if asker.is_network:
        raise KmsRefused(Cause.NO_TOKEN)
    granted = services.among(asker.val_service_ids)
    if not granted:
        raise KmsRefused(Cause.NO_SERVICE)
    try:
        user = checked_uri(asker.val_user_id)
    except Unreadable:
        raise KmsRefused(Cause.UNFIT_USER) from None
    claim = asker.claims.get("SKeyProv")
    return Rights(user, granted, bool(claim) and str(claim).lower() not in {"false", "0", "no"})
