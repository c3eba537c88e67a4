"""What who asks may have of a key management server: by the VAL services in the token, and by who its user is.

| who asks                               | own keys | keys provisioned of a group | provision key material            |
|----------------------------------------|----------|-----------------------------|-----------------------------------|
| a VAL user                             | yes      | no                          | no                                |
| a VAL server, token without `SKeyProv` | yes      | no                          | no                                |
| a VAL server, token with `SKeyProv`    | yes      | in its VAL services         | for the VAL services of its token |
| a network function without token       | no       | no                          | no                                |
| whose VAL services are none of ours    | no       | no                          | no                                |
| whose name is a group's                | no       | as above                    | as above                          |

`SKeyProv` is a claim of TS 33.434 A.2.2: it is there where a VAL server's key management client may provision. The type
of its value is not said, so any but false, zero and empty is a yes. The keys that the KMS makes for an identity, with
which one is that identity, are given to nobody else, whatever the token says: who asks in good faith for a group may
have been told a user's URI. Of another, there is what was provisioned as a group's; each time it is given, that is
noted. Pure.
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
        """Raise KmsRefused unless the asker may ask for keys of this user or group."""
        if not (self.own(uri) or self.provisions):
            raise KmsRefused(Cause.OTHERS_KEYS)

    def require_no_group(self, uri: str, provisioned: tuple[ProvisionedKey, ...]) -> None:
        """Raise KmsRefused where what was provisioned under the asker's own URI, in any VAL service, is a group's.

        A guest may have got the name of a group from its home domain: as an identity it would be taken for the group.
        """
        if self.own(uri) and any(key.group for key in provisioned):
            raise KmsRefused(Cause.A_GROUP)

    def among(self, uri: str, provisioned: tuple[ProvisionedKey, ...]) -> tuple[ProvisionedKey, ...]:
        """Give what the asker may have of the key material provisioned of this user or group."""
        whose = not self.own(uri)  # a group's key is no identity's own, though the identity be called like the group
        allowed = self.provisions or self.own(uri)
        return tuple(
            key for key in provisioned if allowed and key.group is whose and key.val_service_id in self.services
        )

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
