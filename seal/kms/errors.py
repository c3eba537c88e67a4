"""Errors of this package, and the one table of what HTTP says for each.

SealError
`-- KmsRefused    the request is refused: its cause is for the log, its sentence for the peer
"""

from collections.abc import Mapping

from seal.errors import SealError
from valkit.causes import Explained


class Cause(Explained):
    """Why a request is refused of which it is known who asks; the sentences tell nobody's secret."""

    NO_RESOURCE = "no_resource", "there is nothing at this path"
    NOT_POST = "not_post", "requests are made by POST"
    UNREADABLE = "unreadable", "the request cannot be read"
    ANOTHER_KMS = "another_kms", "the request is for another KMS"
    ANOTHER_RESOURCE = "another_resource", "the request was made for another resource"
    STALE = "stale", "the request's time is not now"
    NOT_ONESELF = "not_oneself", "the request is in another's name"
    NO_TOKEN = "no_token", "an access token is needed"
    NO_SERVICE = "no_service", "none of the token's VAL services has keys here"
    UNFIT_USER = "unfit_user", "the token's VAL user ID cannot have keys"
    OTHERS_KEYS = "others_keys", "these keys are another's"
    A_GROUP = "a_group", "key material is kept of a group under this name, so it has no keys of a user"
    NO_PROVISIONER = "no_provisioner", "key material is provisioned by VAL servers whose token has SKeyProv"
    OTHERS_SERVICE = "others_service", "key material is provisioned for VAL services of the token"
    REVOKED = "revoked", "no keys are given for this identity any more"
    NO_SUCH_PERIOD = "no_such_period", "no keys are given for that time"
    NO_ROOM = "no_room", "there is no room for more key material"
    BUSY = "busy", "too many keys are being made; ask again"


STATUS: Mapping[Cause, int] = {
    Cause.NO_RESOURCE: 404,
    Cause.NOT_POST: 405,
    Cause.UNREADABLE: 400,
    Cause.ANOTHER_KMS: 400,
    Cause.ANOTHER_RESOURCE: 400,
    Cause.STALE: 400,
    Cause.NOT_ONESELF: 403,
    Cause.NO_TOKEN: 403,
    Cause.NO_SERVICE: 403,
    Cause.UNFIT_USER: 403,
    Cause.OTHERS_KEYS: 403,
    Cause.A_GROUP: 403,
    Cause.NO_PROVISIONER: 403,
    Cause.OTHERS_SERVICE: 403,
    Cause.REVOKED: 403,
    Cause.NO_SUCH_PERIOD: 404,
    Cause.NO_ROOM: 507,
    Cause.BUSY: 503,
}


class KmsRefused(SealError):
    """The request is refused. `detail` says more to the peer, and holds nothing that is not its own."""

    def __init__(self, cause: Cause, detail: str = "") -> None:
        super().__init__(f"{cause.sentence}: {detail}" if detail else cause.sentence)
        self.cause = cause

    @property
    def status(self) -> int:
        """What HTTP says for it."""
        return STATUS[self.cause]
