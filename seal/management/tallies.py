"""Which notes of a configuration or group management server are counted for its metrics, and by what."""

from seal.access.tallies import access_refused
from valkit.tallies import Tally

TALLIES = (
    Tally(
        "val_documents",
        "Documents given and changed",
        ["document given", "document created", "document changed", "document deleted"],
    ),
    access_refused(),
)
