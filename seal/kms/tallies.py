"""Which notes of a key management server are counted for its metrics, and by what."""

from seal.access.tallies import access_refused
from seal.kms.errors import Cause
from valkit.tallies import Tally

TALLIES = (
    Tally(
        "val_key_requests",
        "Requests that were granted",
        ["certificate given", "certificates given", "keys given", "key material kept"],
    ),
    access_refused(each.value for each in Cause),
)
